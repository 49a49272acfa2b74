//! The manifest: the last object of an export, which says what belongs to it. A reader who finds it finds all. Pure.

use bucketline_notify::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, TakenJob};

/// What belongs to an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Manifest {
    /// 1. What is added later may be passed over; what changes its meaning gets another number.
    pub version: u32,
    /// The job.
    pub id: String,
    /// `segment-export`, `csv-export`, `engagement-report`.
    pub kind: String,
    /// When it was asked for.
    pub started: Timestamp,
    /// Rows in all files together.
    pub rows: u64,
    /// Bytes in all files together.
    pub bytes: u64,
    /// The files, in the order of their rows.
    pub files: Vec<WrittenFile>,
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WrittenFile {
    /// Its key.
    pub key: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size, in bytes.
    pub bytes: u64,
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of a job whose files are all written.
    #[must_use]
    pub fn new(job: &TakenJob, files: Vec<WrittenFile>) -> Self {
        Self {
            version: 1,
            id: job.id.to_string(),
            kind: job.job.kind().name().to_owned(),
            started: job.started,
            rows: files.iter().map(|file| file.rows).sum(),
            bytes: files.iter().map(|file| file.bytes).sum(),
            files,
        }
    }

    /// Its text, which ends with a line break.
    ///
    /// # Errors
    ///
    /// None that is known: names and numbers alone are in it.
    pub fn to_text(&self) -> Result<String, Error> {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| {
            Error::new(ErrorKind::Storage, "the manifest cannot be written").with_source(error)
        })?;
        text.push('\n');
        Ok(text)
    }

    /// Reads one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] where it is none, or of a version that is not known.
    pub fn parse(text: &[u8]) -> Result<Self, Error> {
        let refuse = |what: String| Error::new(ErrorKind::Storage, what);
        let manifest: Self = serde_json::from_slice(text)
            .map_err(|error| refuse("this is no manifest of an export".to_owned()).with_source(error))?;
        if manifest.version != 1 {
            let message = format!("a manifest of version {}: this program knows 1", manifest.version);
            return Err(refuse(message));
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ExportJob, ExportKind};

    #[test]
    fn it_reads_back_and_counts() {
        let job = ExportJob::new("acme".parse().unwrap(), ExportKind::EngagementReport);
        let id = "d9696570-dfb7-45ae-baa2-25e302a2da27".parse().unwrap();
        let job = TakenJob::new(id, job, Timestamp::from_millis(1_556_044_807_000));
        let file = |key: &str, rows| WrittenFile {
            key: key.to_owned(),
            rows,
            bytes: 10 * rows,
            sha256: "00".to_owned(),
        };
        let manifest = Manifest::new(&job, vec![file("a", 2), file("b", 3)]);
        assert_eq!((manifest.rows, manifest.bytes), (5, 50));
        let text = manifest.to_text().unwrap();
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap(), manifest);
        let newer = text.replace("\"version\": 1", "\"version\": 2");
        assert!(
            Manifest::parse(newer.as_bytes())
                .unwrap_err()
                .to_string()
                .contains("version 2")
        );
    }
}
