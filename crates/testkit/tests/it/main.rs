//! Integration tests of `bucketline-testkit`: one binary, written as a customer of the crate would.
