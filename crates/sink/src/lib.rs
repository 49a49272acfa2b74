//! bucketline-sink
