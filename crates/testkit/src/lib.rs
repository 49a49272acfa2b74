//! bucketline-testkit
