//! One row, and where rows come from. Knows nothing of files.

mod cell;
mod csv_rows;
mod ndjson_rows;

pub use cell::{Cell, Row};
pub use csv_rows::CsvRows;
pub use ndjson_rows::NdjsonRows;

use std::fmt::Debug;

use async_trait::async_trait;

use crate::{Error, ErrorKind};

/// Where the rows of an export come from. It is opened anew for each attempt, and read once.
#[async_trait]
pub trait RowSource: Debug + Send + Sync + 'static {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rows`] where the source cannot be read.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing was read.
    async fn open(&self) -> Result<Box<dyn RowStream>, Error>;
}

/// Rows, a few at a time.
#[async_trait]
pub trait RowStream: Debug + Send + 'static {
    /// The columns that the rows have, where that is known before the first row is: a CSV file has a header also where
    /// there are no rows.
    fn columns(&self) -> Option<Vec<String>>;

    /// The next rows, at least one and at most some thousands; none where there are no more.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Rows`]: where in the source, and why. The stream has ended then.
    ///
    /// # Cancel safety
    ///
    /// Not safe: rows may be lost. Drop the stream.
    async fn next(&mut self) -> Result<Vec<Row>, Error>;
}

/// Rows that are at hand: for small reports, and tests.
#[derive(Clone, Debug)]
pub struct ReadyRows(Vec<Row>);

impl ReadyRows {
    /// These rows.
    #[must_use]
    pub fn new(rows: Vec<Row>) -> Self {
        Self(rows)
    }
}

#[async_trait]
impl RowSource for ReadyRows {
    async fn open(&self) -> Result<Box<dyn RowStream>, Error> {
        Ok(Box::new(Ready(
            self.0.chunks(1_000).map(<[Row]>::to_vec).rev().collect(),
        )))
    }
}

#[derive(Debug)]
struct Ready(Vec<Vec<Row>>);

#[async_trait]
impl RowStream for Ready {
    fn columns(&self) -> Option<Vec<String>> {
        None
    }

    async fn next(&mut self) -> Result<Vec<Row>, Error> {
        Ok(self.0.pop().unwrap_or_default())
    }
}

/// So many rows are handed on at a time.
const BATCH_ROWS: usize = 1_000;
/// The longest row that is read, in bytes.
const MAX_ROW: usize = 16 << 20;
/// So many bytes of text are handed on at a time, about.
const BATCH_BYTES: usize = 1 << 20;

fn failed(place: &str, problem: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Rows, format!("{place}: {problem}"))
}

#[cfg(test)]
mod tests;
