//! The testkit as a process.
fn main() {}
