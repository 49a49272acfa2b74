//! Integration tests of `bucketline`: one binary, written as a customer of the crate would.
