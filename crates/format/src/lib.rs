//! bucketline-format
