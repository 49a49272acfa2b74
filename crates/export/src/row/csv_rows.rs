//! Rows from a CSV file with a header: every value is a text.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use csv_core::{ReadRecordResult, Reader};

use super::{BATCH_BYTES, BATCH_ROWS, Cell, MAX_ROW, Row, RowSource, RowStream, failed};
use crate::Error;
use crate::driver;

/// Rows from a CSV file (RFC 4180) whose first line names the columns.
#[derive(Clone, Debug)]
pub struct CsvRows {
    path: PathBuf,
}

impl CsvRows {
    /// The rows of the file at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

#[async_trait]
impl RowSource for CsvRows {
    async fn open(&self) -> Result<Box<dyn RowStream>, Error> {
        let path = self.path.clone();
        let (records, header) = driver::blocking(move || {
            let place = path.display().to_string();
            let file =
                File::open(&path).map_err(|error| failed(&place, "cannot be read").with_source(error))?;
            let mut records = Records {
                reader: Reader::new(),
                file: BufReader::with_capacity(1 << 16, file),
                place,
                line: 1,
                fields: Vec::new(),
            };
            let header = records.next()?.unwrap_or_default();
            Ok::<_, Error>((records, header))
        })
        .await??;
        let twice = |(at, name): &(usize, &String)| header.iter().take(*at).any(|other| other == *name);
        if let Some((_, name)) = header.iter().enumerate().find(twice) {
            let problem = format!("its header names `{}` twice", name.escape_debug());
            return Err(failed(&records.place, problem));
        }
        Ok(Box::new(CsvStream {
            columns: header.into_iter().map(Arc::from).collect(),
            records: Some(records),
        }))
    }
}

#[derive(Debug)]
struct CsvStream {
    columns: Arc<[Arc<str>]>,
    /// Away while rows are read off the task.
    records: Option<Records>,
}

#[async_trait]
impl RowStream for CsvStream {
    fn columns(&self) -> Option<Vec<String>> {
        Some(self.columns.iter().map(ToString::to_string).collect())
    }

    async fn next(&mut self) -> Result<Vec<Row>, Error> {
        let Some(mut records) = self.records.take() else {
            return Ok(Vec::new());
        };
        let columns = Arc::clone(&self.columns);
        let (records, rows) = driver::blocking(move || {
            let rows = records.batch(&columns);
            (records, rows)
        })
        .await?;
        let rows = rows?;
        self.records = Some(records);
        Ok(rows)
    }
}

struct Records {
    reader: Reader,
    file: BufReader<File>,
    place: String,
    /// Where the next record begins.
    line: u64,
    /// Room for the text of one record.
    fields: Vec<u8>,
}

impl std::fmt::Debug for Records {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Records")
            .field("place", &self.place)
            .finish_non_exhaustive()
    }
}

impl Records {
    fn batch(&mut self, columns: &[Arc<str>]) -> Result<Vec<Row>, Error> {
        let (mut rows, mut bytes) = (Vec::new(), 0);
        while rows.len() < BATCH_ROWS && bytes < BATCH_BYTES {
            let begins = self.line;
            let Some(record) = self.next()? else { break };
            if record.len() != columns.len() {
                let problem = format!(
                    "the record on line {begins} has {} fields; the header has {}",
                    record.len(),
                    columns.len()
                );
                return Err(failed(&self.place, problem));
            }
            bytes += record.iter().map(String::len).sum::<usize>() + record.len();
            rows.push(
                columns
                    .iter()
                    .cloned()
                    .zip(record.into_iter().map(Cell::Text))
                    .collect(),
            );
        }
        Ok(rows)
    }

    /// The fields of the next record; none at the end.
    fn next(&mut self) -> Result<Option<Vec<String>>, Error> {
        let begins = self.line;
        let (mut written, mut ended) = (0, 0);
        let mut ends = vec![0_usize; 64];
        self.fields.resize(1 << 12, 0);
        loop {
            let input = self
                .file
                .fill_buf()
                .map_err(|error| failed(&self.place, "cannot be read").with_source(error))?;
            let (result, read, wrote, ends_wrote) = self.reader.read_record(
                input,
                self.fields.get_mut(written..).unwrap_or_default(),
                ends.get_mut(ended..).unwrap_or_default(),
            );
            self.file.consume(read);
            written += wrote;
            ended += ends_wrote;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if written >= MAX_ROW => {
                    let problem = format!(
                        "the record on line {begins} has more than {MAX_ROW} bytes; is there a quote that is not closed?"
                    );
                    return Err(failed(&self.place, problem));
                }
                ReadRecordResult::OutputFull => self.fields.resize(2 * self.fields.len(), 0),
                ReadRecordResult::OutputEndsFull => ends.resize(2 * ends.len(), 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return Ok(None),
            }
        }
        self.line = self.reader.line();
        let text = std::str::from_utf8(self.fields.get(..written).unwrap_or_default())
            .map_err(|error| failed(&self.place, format!("line {begins} is not UTF-8")).with_source(error))?;
        let mut fields = Vec::with_capacity(ended);
        let mut from = 0;
        for end in ends.iter().take(ended) {
            let field = text
                .get(from..*end)
                .ok_or_else(|| failed(&self.place, format!("line {begins} is not UTF-8")))?;
            fields.push(field.to_owned());
            from = *end;
        }
        Ok(Some(fields))
    }
}
