//! Segments of users, and where their rows are.

use std::path::PathBuf;

use bucketline_connector::WorkspaceId;
use bucketline_export::SegmentId;
use serde::{Deserialize, Serialize};

/// A segment whose users may be asked for by the API.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Segment {
    /// Whose it is.
    pub workspace: WorkspaceId,
    /// Its id, which another workspace's may have too.
    pub id: SegmentId,
    /// Where its users are.
    pub rows: RowsAt,
}

/// Where rows are. No secret is in it: it is remembered with a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RowsAt {
    /// A file with one JSON object a line.
    Ndjson(PathBuf),
    /// A CSV file with a header.
    Csv(PathBuf),
}
