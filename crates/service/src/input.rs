//! Where events are read from: files that are read on where they were left, and streams that cannot be.
//! Knows lines and places; what a line means is decided in the library.

mod ending;
mod lines;
mod marks;
mod reader;
mod source;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bucketline_spool::SourceId;

use crate::{Error, Problem};
use marks::Marks;
use source::{Fingerprint, Identity};

pub(crate) use ending::is_whole;
pub use lines::Mark;
pub(crate) use lines::{Line, Splitter};
pub(crate) use reader::{Batch, Feed};

/// Where events are read from.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a name stands for a file, or for standard input"
)]
pub enum Input {
    /// `-`: a stream without a place to resume from.
    Standard,
    /// A file, a pipe, a device.
    File(PathBuf),
}

impl From<&OsStr> for Input {
    fn from(text: &OsStr) -> Self {
        if text == "-" {
            Self::Standard
        } else {
            Self::File(text.into())
        }
    }
}

impl From<OsString> for Input {
    fn from(text: OsString) -> Self {
        Self::from(text.as_os_str())
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standard => f.write_str("standard input"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// An input that is open, with its identity and the place to read on from.
#[derive(Debug)]
pub struct Opened {
    name: String,
    source: SourceId,
    from: Mark,
    origin: Origin,
    note: Option<String>,
}

/// What is read.
#[derive(Debug)]
enum Origin {
    /// A regular file: it has an identity and places.
    File {
        file: File,
        marks: Marks,
        length: u64,
    },
    /// A pipe, a terminal, a device: read once. To open one may wait for its writer, so that is left to who reads.
    Stream(PathBuf),
    Standard,
}

impl Opened {
    /// Opens an input. `resume` tells how far a source was read before, as the spool knows it.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or what is noted beside the spool cannot.
    pub fn open(
        input: &Input,
        spool: &Path,
        resume: impl Fn(&SourceId) -> Option<Mark>,
    ) -> Result<Self, Error> {
        let name = input.to_string();
        let Input::File(path) = input else {
            let note =
                "standard input has no place to resume from: a stream that is sent again is new events";
            return Ok(Self {
                name,
                source: reader::random_source()?,
                from: Mark::default(),
                origin: Origin::Standard,
                note: Some(note.to_owned()),
            });
        };
        let unreadable = |error: io::Error| {
            Error::input(Problem::new(format!("the input cannot be read: {error}")).at(path.display()))
        };
        let metadata = path.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(Error::input(
                Problem::new("the input is a folder")
                    .at(path.display())
                    .advice("name its files"),
            ));
        }
        if !metadata.is_file() {
            let note =
                format!("`{name}` has no place to resume from: a stream that is sent again is new events");
            return Ok(Self {
                name,
                source: reader::random_source()?,
                from: Mark::default(),
                origin: Origin::Stream(path.clone()),
                note: Some(note),
            });
        }
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let identity = Identity::of(&file, &metadata).map_err(unreadable)?;
        let length = metadata.len();
        let latest = (0..u32::MAX)
            .map_while(|edition| Some((edition, resume(&identity.edition(edition))?)))
            .last();
        let (edition, from, note) = match latest {
            None => (0, Mark::default(), None),
            Some((edition, mark)) => {
                match changed(&file, length, mark, spool, &identity.edition(edition)).map_err(unreadable)? {
                    None if mark.offset < length => {
                        let note = format!(
                            "`{name}`: reading on after line {}, where it was left",
                            mark.lines
                        );
                        (edition, mark, Some(note))
                    }
                    None => (
                        edition,
                        mark,
                        Some(format!(
                            "`{name}` was already read to its end, {} lines",
                            mark.lines
                        )),
                    ),
                    Some(how) => {
                        let note = format!("`{name}` is read from its beginning as a new input: {how}");
                        (edition + 1, Mark::default(), Some(note))
                    }
                }
            }
        };
        let source = identity.edition(edition);
        let marks = Marks::load(spool, &source).map_err(|error| {
            Error::data_directory(
                Problem::new(format!("what is noted of `{name}` cannot be read: {error}"))
                    .at(spool.join("inputs").display()),
            )
        })?;
        Ok(Self {
            name,
            source,
            from,
            origin: Origin::File { file, marks, length },
            note,
        })
    }

    /// How the input is called in messages and in the list of refused lines.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its identity in the spool.
    pub const fn source(&self) -> SourceId {
        self.source
    }

    /// Where reading begins.
    pub const fn from(&self) -> Mark {
        self.from
    }

    /// How long a file was when it was opened.
    pub const fn length(&self) -> Option<u64> {
        match &self.origin {
            Origin::File { length, .. } => Some(*length),
            _ => None,
        }
    }

    /// Whether an earlier run read further than where reading begins now: it was stopped in between, or the spool has lost
    /// what it accepted.
    pub fn was_read_further(&self) -> bool {
        match &self.origin {
            Origin::File { marks, .. } => marks.furthest() > self.from.offset,
            _ => false,
        }
    }

    /// What a person should know before it is read.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

/// Whether the file is no longer the one that was read to `mark`, and how that shows.
fn changed(
    file: &File,
    length: u64,
    mark: Mark,
    spool: &Path,
    source: &SourceId,
) -> io::Result<Option<&'static str>> {
    if length < mark.offset {
        return Ok(Some("it is shorter than what was read of it before"));
    }
    let noted = Marks::load(spool, source)?.at(mark.offset);
    let found = Fingerprint::before(file, mark.offset)?;
    Ok(match (noted, found) {
        (Some(noted), Some(found)) if noted != found => {
            Some("it holds other bytes than were read of it before")
        }
        _ => None,
    })
}
