//! Nothing: the dependencies of this package are what it is for. It must not know anything.
//!
//! Cargo gives a dependency the features that the *selected* packages ask for. `-p CRATE -p feature-set` selects them all
//! and builds one crate's tests with the dependencies that the whole workspace has built; docs/design/0006 says why.

fn main() {}
