//! Integration tests of `bucketline-policy`: one binary, written as a customer of the crate would.
