//! What is exported, and what follows from it alone. Knows nothing of rows.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::SegmentId;

/// What is exported.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExportKind {
    /// The users of a segment, for programs: many files below a prefix of their own.
    SegmentExport(SegmentId),
    /// The users of a segment, for people: one CSV file.
    CsvExport(SegmentId),
    /// How messages did, for people: one CSV file.
    EngagementReport,
}

impl ExportKind {
    /// The segment, of which one export may run at a time.
    #[must_use]
    pub fn segment(&self) -> Option<&SegmentId> {
        match self {
            Self::SegmentExport(segment) | Self::CsvExport(segment) => Some(segment),
            Self::EngagementReport => None,
        }
    }

    /// The word for it in files, metrics and messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::SegmentExport(_) => "segment-export",
            Self::CsvExport(_) => "csv-export",
            Self::EngagementReport => "engagement-report",
        }
    }
}

/// As a person reads it: `segment export of abc56c0c`.
impl fmt::Display for ExportKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SegmentExport(segment) => write!(f, "segment export of {segment}"),
            Self::CsvExport(segment) => write!(f, "CSV export of {segment}"),
            Self::EngagementReport => f.write_str("engagement report"),
        }
    }
}
