//! Working fakes with knobs and counters, for the tests of whoever uses this crate (feature `test-util`).

mod canary;
mod sts;
mod time;

pub use canary::{CANARY_ID, CANARY_SECRET, CANARY_TOKEN, canary_key};
pub use sts::{FakeSts, StsCall};
pub use time::{FixedJitter, ManualClock};
