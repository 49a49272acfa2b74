//! `Group` and `Frame`: what is written together, and what is read back.
//! They must not know how either is encoded.

use crate::{Lsn, Record, SpoolTime};

/// Records that mean something only together: written in one append, recovered whole or not at all.
///
/// ```
/// use bucketline_spool::{Group, Retired};
///
/// let group = Group::from(Retired { connector: "5f1e0c2ab7d94e00a1b2c3d4".to_owned() });
/// assert_eq!(group.records().len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group(Vec<Record>);

impl Group {
    /// A group of these records; one without records writes nothing.
    #[must_use]
    pub const fn new(records: Vec<Record>) -> Self {
        Self(records)
    }

    /// The records, in the order in which they are written.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.0
    }

    /// The records themselves, without a copy, for whoever goes on with them after the append.
    #[must_use]
    pub fn into_records(self) -> Vec<Record> {
        self.0
    }
}

impl<R: Into<Record>> From<R> for Group {
    fn from(record: R) -> Self {
        Self(vec![record.into()])
    }
}

impl FromIterator<Record> for Group {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        Self(records.into_iter().collect())
    }
}

/// A record as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Frame {
    /// Where it stands.
    pub lsn: Lsn,
    /// The spool time at which it was appended.
    pub time: SpoolTime,
    /// What it says.
    pub record: Record,
}

impl Frame {
    /// A frame, for a log other than [`Spool`](crate::Spool).
    #[must_use]
    pub const fn new(lsn: Lsn, time: SpoolTime, record: Record) -> Self {
        Self { lsn, time, record }
    }
}
