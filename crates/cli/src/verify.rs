//! Proves, from the input and the buckets alone, that every accepted event arrived exactly once.
//!
//! `expected` is what the input's lines have to become, `object` checks one object by itself, `folder` reads all objects
//! of a connector against what is expected, `report` prints. Nothing here looks at the spool: what it says does not
//! depend on what the program believes that it delivered.

mod event;
mod expected;
mod folder;
mod object;
mod report;

pub(crate) use expected::Expected;
pub(crate) use folder::read as read_folder;
pub(crate) use report::Report;
