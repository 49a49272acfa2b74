//! The parts of `bucketline run`: what feeds the multiplexer, what watches it, what is said at the end.

mod feeder;
mod signals;
mod start;
mod summary;
mod watch;

pub(crate) use feeder::{Feeder, Totals};
pub(crate) use signals::Stop;
pub(crate) use start::{failed, start, unreadable};
pub(crate) use summary::Summary;
pub(crate) use watch::Watch;
