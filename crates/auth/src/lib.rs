//! bucketline-auth
