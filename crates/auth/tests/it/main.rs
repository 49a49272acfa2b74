//! Integration tests of `bucketline-auth`: one binary, written as a customer of the crate would.
