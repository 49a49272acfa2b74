//! `Retired` and `Restored`: single facts that hold from now on.

use crate::wire::wire_fields;

/// A connector id is never used again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    /// The connector's id.
    pub connector: String,
}

/// This spool came from a backup: drops of what it holds are unknown until looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// What the operator said of it.
    pub note: String,
}

wire_fields!(Retired { connector: String });

wire_fields!(Restored { note: String });
