//! bucketline-spool
