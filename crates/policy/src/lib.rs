//! bucketline-policy
