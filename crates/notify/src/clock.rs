//! The time and randomness that the notifier is given.

use std::fmt::Debug;

use crate::Timestamp;

/// What time it is, and a draw that spreads what would otherwise come back at one moment.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// A number from 0 (inclusive) to 1 (exclusive).
    fn draw(&self) -> f64;
}
