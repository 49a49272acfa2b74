//! Records in a file, one JSON object a line, flushed to disk. An unfinished last line is what a crash left of an
//! append that was never acknowledged, and is passed over; any other line that cannot be read refuses the start.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Store;
use crate::outbox::Record;
use crate::{Error, ErrorKind};

/// Records in a file, which only one process may use at a time.
#[derive(Debug)]
pub struct FileStore {
    path: PathBuf,
    file: Option<File>,
}

impl FileStore {
    /// Records in `path`, which is made when the first is written. Its folder has to exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            file: None,
        }
    }

    fn open(&mut self) -> io::Result<&mut File> {
        let file = match self.file.take() {
            Some(file) => file,
            None => private().append(true).create(true).open(&self.path)?,
        };
        Ok(self.file.insert(file))
    }

    fn failed(&self, doing: &str, error: io::Error) -> Error {
        let message = format!("{doing} `{}`: {error}", self.path.display());
        Error::new(ErrorKind::Store, message).with_source(error)
    }
}

impl Store for FileStore {
    fn load(&mut self) -> Result<Vec<Record>, Error> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(self.failed("read", error)),
        };
        let whole = bytes
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |end| end + 1);
        let text = bytes.get(..whole).unwrap_or_default();
        let mut records = Vec::new();
        for (number, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if line.is_empty() {
                continue;
            }
            let record = serde_json::from_slice(line).map_err(|error| {
                let message = format!("read `{}`: line {}: {error}", self.path.display(), number + 1);
                Error::new(ErrorKind::Store, message).with_source(error)
            })?;
            records.push(record);
        }
        if whole < bytes.len() {
            // Else the next record would be glued to the unfinished line.
            self.replace(&records)?;
        }
        Ok(records)
    }

    fn append(&mut self, records: &[Record]) -> Result<(), Error> {
        let lines = lines(records)?;
        let written = self.open().and_then(|file| {
            let whole = file.metadata()?.len();
            let written = file.write_all(&lines).and_then(|()| file.sync_data());
            if written.is_err() {
                // A part of a line would be glued to the next one.
                file.set_len(whole)?;
            }
            written
        });
        written.map_err(|error| {
            self.file = None;
            self.failed("write", error)
        })
    }

    fn replace(&mut self, records: &[Record]) -> Result<(), Error> {
        let lines = lines(records)?;
        let beside = self.path.with_extension("new");
        self.file = None;
        let replaced = write_beside(&beside, &lines).and_then(|()| {
            std::fs::rename(&beside, &self.path)?;
            sync_folder(&self.path)
        });
        replaced.map_err(|error| self.failed("replace", error))
    }
}

fn lines(records: &[Record]) -> Result<Vec<u8>, Error> {
    let mut lines = Vec::new();
    for record in records {
        serde_json::to_writer(&mut lines, record)
            .map_err(|error| Error::new(ErrorKind::Store, format!("write a record: {error}")))?;
        lines.push(b'\n');
    }
    Ok(lines)
}

pub(crate) fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Made new, so that a link somebody put there is not followed.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = private().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()
}

/// Nobody else's: it names customers and their trouble.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}
