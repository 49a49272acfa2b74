//! bucketline-connector
