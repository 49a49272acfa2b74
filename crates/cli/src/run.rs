//! The parts of `bucketline run`: who may end it, what watches it, what is said at the end.

mod signals;
mod summary;
mod watch;

pub(crate) use summary::Summary;
pub(crate) use watch::{Findings, Watch};

pub(crate) use signals::listen;
