//! The `bucketline` program.
fn main() {}
