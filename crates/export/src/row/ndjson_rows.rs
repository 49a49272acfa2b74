//! Rows from newline-delimited JSON in a file.

use std::path::PathBuf;

use async_trait::async_trait;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt, BufReader};

use super::{BATCH_BYTES, BATCH_ROWS, MAX_ROW, Row, RowSource, RowStream, failed};
use crate::Error;

/// Rows from a file with one JSON object a line.
#[derive(Clone, Debug)]
pub struct NdjsonRows {
    path: PathBuf,
}

impl NdjsonRows {
    /// The rows of the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl RowSource for NdjsonRows {
    async fn open(&self) -> Result<Box<dyn RowStream>, Error> {
        let place = self.path.display().to_string();
        let file = File::open(&self.path)
            .await
            .map_err(|error| failed(&place, "cannot be read").with_source(error))?;
        Ok(Box::new(Lines {
            reader: BufReader::with_capacity(1 << 16, file),
            place,
            line: 0,
        }))
    }
}

#[derive(Debug)]
struct Lines {
    reader: BufReader<File>,
    place: String,
    line: u64,
}

impl Lines {
    /// The next line that is not blank, with its line break; empty at the end.
    async fn line(&mut self) -> Result<Vec<u8>, Error> {
        let mut line = Vec::new();
        loop {
            let buffer = self
                .reader
                .fill_buf()
                .await
                .map_err(|error| failed(&self.place, "cannot be read").with_source(error))?;
            if buffer.is_empty() {
                return Ok(line);
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(buffer.len(), |end| end + 1);
            line.extend_from_slice(buffer.get(..taken).unwrap_or_default());
            self.reader.consume(taken);
            if line.len() > MAX_ROW {
                return Err(failed(
                    &self.place,
                    format!("line {} has more than {MAX_ROW} bytes", self.line + 1),
                ));
            }
            if end.is_none() {
                continue;
            }
            if !line.iter().all(u8::is_ascii_whitespace) {
                return Ok(line);
            }
            self.line += 1;
            line.clear();
        }
    }
}

#[async_trait]
impl RowStream for Lines {
    fn columns(&self) -> Option<Vec<String>> {
        None
    }

    async fn next(&mut self) -> Result<Vec<Row>, Error> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            let line = self.line().await?;
            if line.iter().all(u8::is_ascii_whitespace) {
                break;
            }
            self.line += 1;
            bytes += line.len();
            let row: Row = serde_json::from_slice(&line).map_err(|error| {
                failed(&self.place, format!("line {} is no JSON object", self.line)).with_source(error)
            })?;
            rows.push(row);
        }
        Ok(rows)
    }
}
