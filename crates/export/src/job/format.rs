//! How rows are written and files are packed. Writes nothing.

use serde::{Deserialize, Serialize};

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FileFormat {
    /// Comma-separated values (RFC 4180), with a header; a field that a spreadsheet would take for a formula gets a
    /// leading apostrophe.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

impl FileFormat {
    /// The ending of a file's name, before it is packed.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "json",
        }
    }
}

/// How files are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Packing {
    /// A zip archive with one entry.
    Zip,
    /// Gzip.
    Gzip,
}

impl Packing {
    /// The ending of a packed file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Gzip => "gz",
        }
    }
}
