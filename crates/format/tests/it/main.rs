//! Integration tests of `bucketline-format`: one binary, written as a customer of the crate would.
