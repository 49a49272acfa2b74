//! `Elapsed`: that time has passed, where no other frame tells of it.

use crate::SpoolTime;
use crate::wire::wire_fields;

/// The log's time went on while nothing happened: its frame says until when. Without it, a program that is restarted now and then, and
/// accepts and delivers nothing in between, would never come to the end of a retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed {
    /// What the log's time was when it was last told.
    pub since: SpoolTime,
}

wire_fields!(Elapsed { since: SpoolTime });
