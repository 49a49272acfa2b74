//! Integration tests of `bucketline-check`, against an AWS that evaluates policies.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

mod scene;
mod steps;
