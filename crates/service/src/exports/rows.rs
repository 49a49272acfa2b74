//! Where the rows of a job are, in words that are remembered with it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bucketline_export::{CsvRows, Error, ErrorKind, NdjsonRows, RowSource, Sources, TakenJob};
use serde::Deserialize;

use crate::model::RowsAt;

/// Where rows are, as a person writes it: one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rows {
    ndjson: Option<PathBuf>,
    csv: Option<PathBuf>,
}

impl Rows {
    /// Where they are, relative paths relative to `folder`; or what to write instead.
    pub(crate) fn resolve(self, folder: &Path) -> Result<RowsAt, String> {
        let beside = |file: PathBuf| {
            let file = folder.join(file);
            // The process that goes on with a job may stand in another folder.
            std::path::absolute(&file).map_err(|error| format!("`{}`: {error}", file.display()))
        };
        match (self.ndjson, self.csv) {
            (Some(file), None) => Ok(RowsAt::Ndjson(beside(file)?)),
            (None, Some(file)) => Ok(RowsAt::Csv(beside(file)?)),
            _ => Err(
                "`rows` takes one of `ndjson` and `csv`, as in `rows = { ndjson = \"users.ndjson\" }`"
                    .to_owned(),
            ),
        }
    }
}

impl RowsAt {
    /// As it is remembered.
    pub(crate) fn to_words(&self) -> String {
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
