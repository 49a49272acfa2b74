//! Integration tests of `bucketline-connector`: one binary, written as a customer of the crate would.
