//! The same access in other words: actions one by one, fewer words, several documents. What cannot be proven to be the same
//! is refused. Never imports the linter.

mod expand;
mod minimise;
mod proof;
mod split;
mod wildcard;

pub use expand::{Expanded, expand};
pub use minimise::{Wildcards, minimise};
pub use split::split;
