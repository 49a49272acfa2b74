//! A small file per source beside the spool: which bytes stood before the places that a run has read to.
//!
//! The spool remembers how far a source was read, and not what was there. An entry is written before its batch is handed
//! to the spool, so that a place that the spool knows has one; a lost entry costs the check, never an event.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use bucketline_spool::SourceId;

use super::source::Fingerprint;

/// Places kept per source: more than batches can be on their way at once.
const KEPT: usize = 64;
/// Entries appended before the file is written anew.
const APPENDED: usize = 4_096;

/// The noted places of one source.
#[derive(Debug)]
pub(crate) struct Marks {
    path: PathBuf,
    latest: VecDeque<(u64, Fingerprint)>,
    appended: usize,
    file: Option<File>,
}

impl Marks {
    /// Reads what is noted. A line that a crash cut short is passed over.
    ///
    /// # Errors
    /// What reading an existing file gave.
    pub(crate) fn load(spool: &Path, source: &SourceId) -> io::Result<Self> {
        let path = spool.join("inputs").join(source.to_string());
        let text = match fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut latest: VecDeque<_> = text.split_inclusive('\n').filter_map(entry).collect();
        latest.drain(..latest.len().saturating_sub(KEPT));
        Ok(Self {
            path,
            latest,
            appended: APPENDED,
            file: None,
        })
    }

    /// What stood before a place, if it is noted.
    pub(crate) fn at(&self, offset: u64) -> Option<Fingerprint> {
        self.latest
            .iter()
            .rev()
            .find(|(end, _)| *end == offset)
            .map(|(_, fingerprint)| *fingerprint)
    }

    /// The furthest place that was read to; whether all up to there was accepted is for the spool to say.
    pub(crate) fn furthest(&self) -> u64 {
        self.latest.iter().map(|(end, _)| *end).max().unwrap_or(0)
    }

    /// Notes a place. Where that fails, as on a full disk, the next one is tried afresh: what is lost is a check.
    pub(crate) fn note(&mut self, offset: u64, fingerprint: Fingerprint) {
        self.latest.push_back((offset, fingerprint));
        while self.latest.len() > KEPT {
            self.latest.pop_front();
        }
        let written = match &mut self.file {
            Some(file) if self.appended < APPENDED => {
                self.appended += 1;
                file.write_all(line(offset, fingerprint).as_bytes())
            }
            _ => self.rewrite(),
        };
        if written.is_err() {
            self.file = None;
        }
    }

    fn rewrite(&mut self) -> io::Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder)?;
        }
        let new = self.path.with_extension("new");
        let text: String = self
            .latest
            .iter()
            .map(|(offset, fingerprint)| line(*offset, *fingerprint))
            .collect();
        fs::write(&new, text)?;
        fs::rename(&new, &self.path)?;
        self.file = Some(OpenOptions::new().append(true).open(&self.path)?);
        self.appended = 0;
        Ok(())
    }
}

fn line(offset: u64, Fingerprint(fingerprint): Fingerprint) -> String {
    let mut line = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(line, "{offset} {fingerprint:016x}");
    line
}

fn entry(line: &str) -> Option<(u64, Fingerprint)> {
    let (offset, fingerprint) = line.strip_suffix('\n')?.split_once(' ')?;
    Some((
        offset.parse().ok()?,
        Fingerprint(u64::from_str_radix(fingerprint, 16).ok()?),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noted_places_survive_a_restart_and_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let source = SourceId::from_bytes([7; 16]);
        let mut marks = Marks::load(dir.path(), &source).unwrap();
        for n in 0..100 {
            marks.note(n, Fingerprint(n * 3));
        }
        let path = marks.path.clone();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"100 00000").unwrap();
        let again = Marks::load(dir.path(), &source).unwrap();
        assert_eq!(again.at(99), Some(Fingerprint(297)));
        assert_eq!(again.at(100), None);
        assert_eq!(again.at(10), None, "only the latest are kept");
    }
}
