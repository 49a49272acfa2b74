//! Integration tests of `bucketline-sink`: one binary, written as a customer of the crate would.
