//! One file of an export, made row by row: text, packed, counted, with its checksum. Pure; it holds no more than what was
//! not taken yet.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::hex::hex;
use crate::pack::Packer;
use crate::text::TextWriter;
use crate::{Error, ExportJob, ExportKeys, Row, WrittenFile};

/// One file of an export, made row by row.
///
/// ```
/// use bucketline_export::{ExportFile, ExportJob, ExportKeys, ExportKind, Row, TakenJob};
/// use bucketline_notify::Timestamp;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let job = ExportJob::new("acme".parse()?, ExportKind::EngagementReport);
/// let started = Timestamp::from_millis(1_793_491_200_000);
/// let taken = TakenJob::new("d9696570-dfb7-45ae-baa2-25e302a2da27".parse()?, job, started);
/// let keys = ExportKeys::new(None, &taken, 0)?;
///
/// let row: Row = serde_json::from_str(r#"{"campaign": "spring", "opens": 12}"#)?;
/// let mut file = ExportFile::new(&taken.job, &keys, 0, None)?;
/// file.row(&row)?;
/// let mut bytes = file.take().to_vec(); // as often as there is enough of it
/// let (rest, written) = file.finish()?;
/// bytes.extend_from_slice(&rest);
/// assert_eq!((written.rows, written.bytes), (1, bytes.len() as u64));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct ExportFile {
    text: TextWriter,
    begun: bool,
    packer: Packer,
    key: String,
    rows: u64,
    bytes: u64,
    hasher: Sha256,
    /// Text of one row, used again for the next.
    line: Vec<u8>,
}

impl ExportFile {
    /// The `number`-th file of a job (from 0), whose source has these columns, where it says so.
    ///
    /// # Errors
    ///
    /// [`Invalid`](crate::ErrorKind::Invalid) where its key would be too long.
    pub fn new(
        job: &ExportJob,
        keys: &ExportKeys,
        number: u64,
        columns_of_source: Option<Vec<String>>,
    ) -> Result<Self, Error> {
        let text = TextWriter::new(job.format(), job.wanted_columns(), columns_of_source);
        Self::begin(job, keys, number, text)
    }

    /// The file after this one, with the same columns.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn next(&self, job: &ExportJob, keys: &ExportKeys, number: u64) -> Result<Self, Error> {
        Self::begin(job, keys, number, self.text.clone())
    }

    fn begin(job: &ExportJob, keys: &ExportKeys, number: u64, text: TextWriter) -> Result<Self, Error> {
        Ok(Self {
            text,
            begun: false,
            packer: Packer::new(job.packing(), &keys.entry(number))?,
            key: keys.file(number)?.to_string(),
            rows: 0,
            bytes: 0,
            hasher: Sha256::new(),
            line: Vec::new(),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    ///
    /// [`Rows`](crate::ErrorKind::Rows) where the row has no place for a column of its own.
    pub fn row(&mut self, row: &Row) -> Result<(), Error> {
        self.line.clear();
        if !self.begun {
            self.begun = true;
            self.text.begin(Some(row), &mut self.line)?;
        }
        self.text.row(row, &mut self.line)?;
        self.rows += 1;
        self.packer.write(&self.line)
    }

    /// How many rows are in it.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many bytes wait to be taken.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.packer.waiting()
    }

    /// The bytes that wait.
    pub fn take(&mut self) -> Bytes {
        let bytes = self.packer.take();
        self.count(&bytes);
        bytes
    }

    /// Ends the file: the rest of its bytes, and what it is in all.
    ///
    /// # Errors
    ///
    /// None that is known: it is written into memory.
    pub fn finish(mut self) -> Result<(Bytes, WrittenFile), Error> {
        if !self.begun {
            self.line.clear();
            self.text.begin(None, &mut self.line)?;
            self.packer.write(&self.line)?;
        }
        let Self {
            packer,
            key,
            rows,
            mut bytes,
            mut hasher,
            ..
        } = self;
        let rest = packer.finish()?;
        hasher.update(&rest);
        bytes += rest.len() as u64;
        let sha256 = hex(&hasher.finalize());
        Ok((
            rest,
            WrittenFile {
                key,
                rows,
                bytes,
                sha256,
            },
        ))
    }

    fn count(&mut self, bytes: &Bytes) {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use bucketline_notify::Timestamp;

    use super::*;
    use crate::{ExportKind, TakenJob};

    fn taken() -> TakenJob {
        let job = ExportJob::new(
            "acme".parse().unwrap(),
            ExportKind::CsvExport("s1".parse().unwrap()),
        );
        let id = "d9696570-dfb7-45ae-baa2-25e302a2da27".parse().unwrap();
        TakenJob::new(id, job, Timestamp::from_millis(1_793_491_200_000))
    }

    fn unzipped(bytes: &[u8]) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_index(0).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn without_rows_it_still_has_the_header() {
        let taken = taken();
        let keys = ExportKeys::new(None, &taken, 0).unwrap();
        let columns = Some(vec!["id".to_owned(), "-x".to_owned()]);
        let file = ExportFile::new(&taken.job, &keys, 0, columns).unwrap();
        let (bytes, written) = file.finish().unwrap();
        assert_eq!(unzipped(&bytes), "id,'-x\r\n");
        assert_eq!((written.rows, written.bytes), (0, bytes.len() as u64));
    }

    #[test]
    fn the_next_file_has_the_columns_of_the_first() {
        let taken = taken();
        let keys = ExportKeys::new(None, &taken, 0).unwrap();
        let row = |text: &str| serde_json::from_str::<Row>(text).unwrap();
        let mut first = ExportFile::new(&taken.job, &keys, 0, None).unwrap();
        first.row(&row(r#"{"b": 1, "a": 2}"#)).unwrap();
        let mut second = first.next(&taken.job, &keys, 1).unwrap();
        second.row(&row(r#"{"a": 3}"#)).unwrap();
        let (bytes, written) = second.finish().unwrap();
        assert_eq!(unzipped(&bytes), "b,a\r\n,3\r\n");
        assert_eq!(written.key, keys.file(1).unwrap().as_str());
        assert_eq!(written.sha256, hex(&Sha256::digest(&bytes)));
    }
}
