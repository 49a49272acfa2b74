//! Rows become the pieces of files, in order: bytes as they come, and each file's end. Pure.

use bytes::Bytes;

use crate::{Error, ExportFile, ExportJob, ExportKeys, Row, TakenJob, WrittenFile};

/// So many bytes are handed on at a time.
const PIECE: usize = 256 << 10;

/// A piece of a file.
#[derive(Debug)]
pub(crate) enum Piece {
    /// More of a file that goes on.
    Part {
        /// Which file.
        file: u64,
        /// Its bytes.
        bytes: Bytes,
    },
    /// The end of a file.
    End {
        /// Which file.
        file: u64,
        /// The rest of its bytes.
        bytes: Bytes,
        /// What it is in all.
        written: WrittenFile,
    },
}

/// Makes pieces of rows.
#[derive(Debug)]
pub(crate) struct Splitter {
    job: ExportJob,
    keys: ExportKeys,
    file: ExportFile,
    number: u64,
    limit: Option<u64>,
}

impl Splitter {
    /// Begins the first file.
    pub(crate) fn new(
        job: &TakenJob,
        keys: ExportKeys,
        columns_of_source: Option<Vec<String>>,
    ) -> Result<Self, Error> {
        let job = job.job.clone();
        Ok(Self {
            file: ExportFile::new(&job, &keys, 0, columns_of_source)?,
            limit: job.rows_per_file(),
            job,
            keys,
            number: 0,
        })
    }

    /// All rows in one file, however many the job wants in one: there is one link.
    pub(crate) fn in_one_file(mut self) -> Self {
        self.limit = None;
        self
    }

    /// Takes rows in; what can be written now.
    pub(crate) fn push(&mut self, rows: &[Row]) -> Result<Vec<Piece>, Error> {
        let mut pieces = Vec::new();
        for row in rows {
            if self.limit.is_some_and(|limit| self.file.rows() >= limit) {
                let next = self.file.next(&self.job, &self.keys, self.number + 1)?;
                let full = std::mem::replace(&mut self.file, next);
                pieces.push(ended(self.number, full)?);
                self.number += 1;
            }
            self.file.row(row)?;
            if self.file.waiting() >= PIECE {
                pieces.push(Piece::Part {
                    file: self.number,
                    bytes: self.file.take(),
                });
            }
        }
        Ok(pieces)
    }

    /// Ends the last file, which there is even where there were no rows.
    pub(crate) fn finish(self) -> Result<Piece, Error> {
        ended(self.number, self.file)
    }
}

fn ended(number: u64, file: ExportFile) -> Result<Piece, Error> {
    let (bytes, written) = file.finish()?;
    Ok(Piece::End {
        file: number,
        bytes,
        written,
    })
}

#[cfg(test)]
mod tests {
    use bucketline_notify::Timestamp;

    use super::*;
    use crate::ExportKind;

    fn splitter(rows_per_file: u64) -> Splitter {
        let kind = ExportKind::SegmentExport("s1".parse().unwrap());
        let job = ExportJob::new("acme".parse().unwrap(), kind).with_rows_per_file(rows_per_file);
        let id = "d9696570-dfb7-45ae-baa2-25e302a2da27".parse().unwrap();
        let taken = TakenJob::new(id, job, Timestamp::default());
        Splitter::new(&taken, ExportKeys::new(None, &taken, 0).unwrap(), None).unwrap()
    }

    fn rows(count: usize) -> Vec<Row> {
        let row = |n| serde_json::from_str(&format!("{{\"id\":{n}}}")).unwrap();
        (0..count).map(row).collect()
    }

    fn ends(mut splitter: Splitter, batches: &[usize]) -> Vec<(u64, u64)> {
        let mut pieces = Vec::new();
        for batch in batches {
            pieces.extend(splitter.push(&rows(*batch)).unwrap());
        }
        pieces.push(splitter.finish().unwrap());
        pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::End { file, written, .. } => Some((*file, written.rows)),
                Piece::Part { .. } => None,
            })
            .collect()
    }

    #[test]
    fn a_file_has_so_many_rows_and_none_is_empty_but_the_only_one() {
        assert_eq!(ends(splitter(5_000), &[0]), [(0, 0)]);
        assert_eq!(ends(splitter(5_000), &[1_000; 5]), [(0, 5_000)]);
        assert_eq!(
            ends(splitter(5_000), &[3_000, 3_000, 4_001]),
            [(0, 5_000), (1, 5_000), (2, 1)]
        );
        assert_eq!(ends(splitter(2), &[5]), [(0, 2), (1, 2), (2, 1)]);
        assert_eq!(ends(splitter(0), &[7_000]), [(0, 7_000)]);
        assert_eq!(ends(splitter(2).in_one_file(), &[5]), [(0, 5)]);
    }
}
