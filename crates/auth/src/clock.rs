//! The two things that decisions are given and never take themselves: the time, and a random number.
//! Knows nothing of what is decided with them.

use std::fmt::Debug;
use std::time::SystemTime;

/// What time it is. The program's is [`SystemClock`](crate::SystemClock); tests set their own.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The time now.
    fn now(&self) -> SystemTime;
}

/// By how much to spread what would otherwise happen everywhere at once.
pub trait Jitter: Debug + Send + Sync + 'static {
    /// A number from 0 (inclusive) to 1 (exclusive).
    fn draw(&self) -> f64;
}
