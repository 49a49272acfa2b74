//! The list of refused lines, one JSON object per line: a projection of the spool's log. It may be deleted at any time,
//! and is made anew at every start; so it never lists a line twice, however often the program was killed.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bucketline_connector::{Multiplexer, RejectFeed};
use bucketline_spool::{Lsn, Rejects};
use serde::Serialize;
use tempfile::NamedTempFile;

use crate::{Error, Problem, chain};

/// How every line begins.
const OURS: &[u8] = b"{\"input\":";

/// One refused line as it is listed.
#[derive(Debug, Serialize)]
struct Listed<'a> {
    input: &'a str,
    line: u64,
    offset: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    workspace: Option<&'a str>,
    reason: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    /// Where it is no UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    text_base64: Option<String>,
}

/// The list, kept up with the log.
#[derive(Debug)]
pub struct Projection {
    path: PathBuf,
    out: BufWriter<File>,
    feed: RejectFeed,
    /// The last record that was read from the log; those before it come from the feed once more.
    last: Option<Lsn>,
}

impl Projection {
    /// Makes the list anew from the log.
    ///
    /// # Errors
    ///
    /// The file is something else, or cannot be written.
    pub async fn begin(path: &Path, multiplexer: &Multiplexer) -> Result<Self, Error> {
        refuse_foreign(path)?;
        let feed = multiplexer.watch_rejects();
        let entries = multiplexer.rejects(Lsn::ZERO).await.map_err(|error| {
            Error::data_directory(format!(
                "the refused lines cannot be read from the spool: {}",
                chain(&error)
            ))
        })?;
        let unwritable = |error: io::Error| unwritable(path, &error);
        // A pipe or a device is written to as it is: nothing may take its place.
        let is_special = path.metadata().is_ok_and(|metadata| !metadata.is_file());
        let (out, new) = if is_special {
            (OpenOptions::new().write(true).open(path), None)
        } else {
            let new = beside(path).map_err(unwritable)?;
            (new.reopen(), Some(new))
        };
        let mut projection = Self {
            path: path.to_owned(),
            out: BufWriter::new(out.map_err(unwritable)?),
            feed,
            last: entries.last().map(|entry| entry.lsn),
        };
        for entry in &entries {
            projection.add(&entry.rejects)?;
        }
        projection.flush()?;
        if let Some(new) = new {
            new.persist(path).map_err(|error| unwritable(error.error))?;
        }
        Ok(projection)
    }

    /// Lists what has become durable since.
    ///
    /// # Errors
    ///
    /// The file cannot be written.
    pub fn catch_up(&mut self) -> Result<(), Error> {
        while let Some(entry) = self.feed.try_next() {
            if self.last.is_none_or(|last| entry.lsn > last) {
                self.add(&entry.rejects)?;
            }
        }
        self.flush()
    }

    fn add(&mut self, rejects: &Rejects) -> Result<(), Error> {
        for line in &rejects.lines {
            let kept = line
                .text
                .as_deref()
                .map(|kept| std::str::from_utf8(kept).map_err(|_| kept));
            let listed = Listed {
                input: &rejects.input,
                line: line.number,
                offset: line.offset,
                workspace: line.workspace.as_deref(),
                reason: &line.reason,
                path: &line.path,
                text: kept.and_then(Result::ok),
                text_base64: kept.and_then(Result::err).map(|kept| BASE64.encode(kept)),
            };
            serde_json::to_writer(&mut self.out, &listed)
                .map_err(io::Error::from)
                .and_then(|()| self.out.write_all(b"\n"))
                .map_err(|error| unwritable(&self.path, &error))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Error> {
        self.out.flush().map_err(|error| unwritable(&self.path, &error))
    }
}

/// A new file beside `path` that was not there before, under a name of its own: nothing of anybody's is written over.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder)?;
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    tempfile::Builder::new()
        .prefix(&prefix)
        .suffix(".new")
        .tempfile_in(folder)
}

/// A file that is no list of refused lines is somebody's data: it is left alone. So is what a link leads to.
fn refuse_foreign(path: &Path) -> Result<(), Error> {
    let is_link = path.symlink_metadata().is_ok_and(|link| link.is_symlink());
    if is_link && path.metadata().map_or(true, |file| file.is_file()) {
        return Err(Error::configuration(
            Problem::new("the file for refused lines is a symbolic link, which is not followed")
                .at(path.display())
                .advice("name the file itself with `--rejects FILE`"),
        ));
    }
    if !path.metadata().is_ok_and(|metadata| metadata.is_file()) {
        return Ok(());
    }
    let mut begin = Vec::new();
    File::open(path)
        .and_then(|file| BufReader::new(file.take(OURS.len() as u64)).read_until(b'\n', &mut begin))
        .map_err(|error| unwritable(path, &error))?;
    // A crash may have cut the first line short.
    if OURS.starts_with(&begin) {
        return Ok(());
    }
    Err(Error::configuration(
        Problem::new("the file for refused lines holds something else, which would be lost")
            .at(path.display())
            .advice("name another one with `--rejects FILE`"),
    ))
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::data_directory(
        Problem::new(format!("the list of refused lines cannot be written: {error}"))
            .at(path.display())
            .advice("make room, or name another file with `--rejects FILE`"),
    )
}
