//! Integration tests of `bucketline-spool`: one binary, written as a customer of the crate would.
