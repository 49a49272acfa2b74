//! What is measured as it happens, for whoever keeps metrics. What can be asked for at any time ([`Multiplexer::status`], the ledger) is
//! not told here.
//!
//! [`Multiplexer::status`]: crate::Multiplexer::status

use std::fmt;
use std::time::Duration;

use bucketline_spool::{Learnt, Rejects};

/// Takes measurements. It is called by those who do the work: it should be quick, and must not block.
pub trait Meter: fmt::Debug + Send + Sync + 'static {
    /// An object is known to exist, durably; not one that was given up and then found, which the ledger alone counts.
    fn delivered(&self, delivery: &Delivered);

    /// Lines were refused, durably.
    fn refused(&self, rejects: &Rejects);

    /// A group of records was written and flushed.
    fn flushed(&self, took: Duration);
}

/// An object that is known to exist.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivered {
    /// Whose it is.
    pub connector: String,
    /// How many events it holds.
    pub events: u64,
    /// Its size.
    pub bytes: u64,
    /// How long the oldest of its events was held.
    pub delay: Duration,
    /// How it was learnt that it exists.
    pub learnt: Learnt,
}
