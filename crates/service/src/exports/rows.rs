//! Where the rows of a job are, in words that are remembered with it.

use std::path::PathBuf;
use std::sync::Arc;

use bucketline_export::{CsvRows, Error, ErrorKind, NdjsonRows, RowSource, Sources, TakenJob};
use serde::{Deserialize, Serialize};

/// Where rows are. No secret is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum RowsAt {
    /// A file with one JSON object a line.
    Ndjson(PathBuf),
    /// A CSV file with a header.
    Csv(PathBuf),
}

impl RowsAt {
    /// As it is remembered.
    pub(super) fn to_words(&self) -> String {
        // INVARIANT: a name and a path: there is nothing that JSON cannot write, but a path that is no text, which fails
        // to be found later.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Finds rows by those words.
#[derive(Debug)]
pub(super) struct InstallationRows;

impl Sources for InstallationRows {
    fn rows(&self, job: &TakenJob) -> Result<Arc<dyn RowSource>, Error> {
        let at = serde_json::from_str(job.job.rows_place()).map_err(|error| {
            let message = "where the rows are was written by another program, or a newer one";
            Error::new(ErrorKind::Rows, message).with_source(error)
        })?;
        Ok(match at {
            RowsAt::Ndjson(path) => Arc::new(NdjsonRows::new(path)),
            RowsAt::Csv(path) => Arc::new(CsvRows::new(path)),
        })
    }
}
