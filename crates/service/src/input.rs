//! Where events are read from: files that are read on where they were left, and streams that cannot be.
//! Knows lines and places; what a line means is decided in the library.

mod change;
mod content;
mod ending;
mod known;
mod lines;
mod places;
mod proof;
mod reader;
mod sequencer;
mod stream;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use bucketline_connector::KnownSource;
use bucketline_spool::SourceId;

use crate::{Error, Problem};
use change::Watch;
use content::Content;
use known::{Found, KnownInputs, Replaced, Which};
use places::Places;
use proof::{Proofs, Prover};

pub(crate) use ending::is_whole;
pub use lines::Mark;
pub(crate) use lines::{Line, Splitter};
pub use proof::Thoroughness;
pub(crate) use reader::{Batch, End, Feed, random_source};
pub(crate) use stream::Resume;
pub use stream::{NamedStream, StreamName, StreamPlaces};

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

impl Input {
    /// Whether it is a file that is read on where it was left, and no stream.
    #[must_use]
    pub fn is_regular_file(&self) -> bool {
        match self {
            Self::Standard => false,
            Self::File(path) => path.is_file(),
        }
    }
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
pub(crate) struct Opened {
    name: String,
    source: SourceId,
    from: Mark,
    origin: Origin,
    notes: Vec<String>,
    /// Where it is read on, for those who did not just see it read.
    place: Option<String>,
    /// Where that is now which was at this path before, if it lies beside it.
    moved_to: Option<PathBuf>,
    was_read_further: bool,
}

/// What is read.
#[derive(Debug)]
enum Origin {
    /// A regular file: it has places, and its content proves which one it is.
    File(Box<OpenFile>),
    /// A pipe, a terminal, a device: read once. To open one may wait for its writer, so that is left to who reads.
    Stream(PathBuf, Resume),
    Standard(Resume),
}

#[derive(Debug)]
struct OpenFile {
    watch: Watch,
    prover: Prover,
    places: Places,
    length: Option<u64>,
}

/// Where an input is read on that was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Continuity {
    /// Where it was left.
    File,
    /// Nowhere: what is sent again is new.
    None,
    /// Where it was left, once all of it is sent again.
    FromBeginning,
    /// After the last number.
    FromSequence,
}

/// What is known of inputs when one is opened.
#[derive(Debug)]
pub(crate) struct Knowledge<'a> {
    /// The spool's folder.
    pub(crate) spool: &'a Path,
    /// Every source that the log knows.
    pub(crate) sources: Vec<KnownSource>,
    pub(crate) thoroughness: Thoroughness,
    /// What a stream is called by its producer.
    pub(crate) stream: Option<&'a NamedStream>,
}

impl Opened {
    /// Opens an input, and tells by its content which one it is.
    ///
    /// # Errors
    ///
    /// The input cannot be read, or is no text.
    pub(crate) fn open(input: &Input, knowledge: Knowledge<'_>) -> Result<Self, Error> {
        let name = input.to_string();
        let Input::File(path) = input else {
            return Self::stream(name.clone(), &name, Origin::Standard, &knowledge);
        };
        let unreadable = |error: io::Error| unreadable(path, &error);
        let metadata = path.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err(Error::input(
                Problem::new("the input is a folder")
                    .at(path.display())
                    .advice("name its files"),
            ));
        }
        if !metadata.is_file() {
            let shown = format!("`{name}`");
            return Self::stream(
                name,
                &shown,
                |resume| Origin::Stream(path.clone(), resume),
                &knowledge,
            );
        }
        let file = File::open(path).map_err(unreadable)?;
        let metadata = file.metadata().map_err(unreadable)?;
        let content = Content::of(file).map_err(unreadable)?;
        let length = content.is_plain().then_some(metadata.len());
        let mut watch = Watch::new(content).map_err(unreadable)?;
        let canonical = path.canonicalize().map_err(unreadable)?;
        let mut places = Places::load(knowledge.spool).map_err(|error| {
            Error::data_directory(
                Problem::new(format!("where inputs were seen cannot be read: {error}"))
                    .at(knowledge.spool.join("inputs").display())
                    .advice("it may be deleted: inputs are then known by their content alone"),
            )
        })?;
        let known = KnownInputs::new(knowledge.sources, &places, knowledge.thoroughness);
        let which = known
            .which(watch.content(), &canonical, &metadata)
            .map_err(unreadable)?;
        let (mut notes, mut place, mut moved_to) = (Vec::new(), None, None);
        let (source, from, prover, was_read_further) = match which {
            Which::Known(found) => {
                notes.extend(moved(&name, &found));
                place = Some(where_left(&name, &found, length));
                let Found {
                    source,
                    from,
                    proofs,
                    prover,
                    ..
                } = *found;
                watch.proved(proofs, from.offset);
                let further = places.of(&source).is_some_and(|seen| seen.furthest > from.offset);
                (source, from, prover, further)
            }
            Which::New { replaced } => {
                if let Some((source, mark, how)) = replaced {
                    moved_to = known.moved_to(&source);
                    notes.push(replaced_by(&name, mark, how, moved_to.as_deref()));
                }
                let further = replaced.is_none() && known.lost_at(&canonical);
                watch.proved(Proofs::default(), 0);
                (random_source()?, Mark::default(), Prover::from(0), further)
            }
        };
        places.note(source, &canonical, &metadata);
        Ok(Self {
            name,
            source,
            from,
            origin: Origin::File(Box::new(OpenFile {
                watch,
                prover,
                places,
                length,
            })),
            notes,
            place,
            moved_to,
            was_read_further,
        })
    }

    fn stream(
        name: String,
        shown: &str,
        origin: impl FnOnce(Resume) -> Origin,
        knowledge: &Knowledge<'_>,
    ) -> Result<Self, Error> {
        let (name, note, (source, from, resume)) = match knowledge.stream {
            None => {
                let note =
                    format!("{shown} has no place to resume from: a stream that is sent again is new events");
                let new = (random_source()?, Mark::default(), Resume::Never);
                (name, note, new)
            }
            Some(stream) => {
                let resumed = stream.resume(&knowledge.sources)?;
                (stream.name().to_string(), stream.note(resumed.1), resumed)
            }
        };
        Ok(Self {
            name,
            source,
            from,
            origin: origin(resume),
            notes: vec![note],
            place: None,
            moved_to: None,
            was_read_further: false,
        })
    }

    /// How the input is called in messages and in the list of refused lines.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Its identity in the spool.
    pub(crate) const fn source(&self) -> SourceId {
        self.source
    }

    /// Where it is read on the next time.
    pub(crate) const fn continuity(&self) -> Continuity {
        match &self.origin {
            Origin::File(_) => Continuity::File,
            Origin::Stream(_, resume) | Origin::Standard(resume) => match resume {
                Resume::Never => Continuity::None,
                Resume::Proved(_) => Continuity::FromBeginning,
                Resume::Sequence(_) => Continuity::FromSequence,
            },
        }
    }

    /// Where reading begins.
    pub(crate) const fn from(&self) -> Mark {
        self.from
    }

    /// How long a file of plain text was when it was opened.
    pub(crate) const fn length(&self) -> Option<u64> {
        match &self.origin {
            Origin::File(file) => file.length,
            _ => None,
        }
    }

    /// Whether an earlier run read further than where reading begins now: it was stopped in between, or the spool has lost
    /// what it accepted.
    pub(crate) const fn was_read_further(&self) -> bool {
        self.was_read_further
    }

    /// What a person should know before it is read.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Where it is read on.
    pub(crate) fn place(&self) -> Option<&str> {
        self.place.as_deref()
    }

    /// Where that is now which was at this path before, if it lies beside it.
    pub(crate) fn moved_to(&self) -> Option<&Path> {
        self.moved_to.as_deref()
    }
}

/// The whole text of a file, whatever it is packed with.
///
/// # Errors
/// It cannot be read, or is no text.
pub(crate) fn text(path: &Path) -> io::Result<Box<dyn io::Read + Send>> {
    let (begin, file) = content::peek(File::open(path)?)?;
    content::Packing::of(&begin)?.unpack(file)
}

fn unreadable(path: &Path, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return cut_off(&path.display().to_string());
    }
    let problem = Problem::new(format!("the input cannot be read: {error}")).at(path.display());
    Error::input(if error.kind() == io::ErrorKind::InvalidData {
        problem.advice(
            "give newline-delimited JSON, one object a line (`jq -c` makes it): plain, with gzip or zstd, or in UTF-16 with a byte \
             order mark",
        )
    } else {
        problem
    })
}

/// Of what is compressed and ends before its end.
pub(crate) fn cut_off(name: &str) -> Error {
    Error::input(
        Problem::new("the input is compressed and ends in the middle")
            .at(name)
            .advice("what was read is kept; once it is whole, run the same command again to read on"),
    )
}

/// What is said of a known input that bears another name.
fn moved(name: &str, found: &Found) -> Option<String> {
    let from = found.moved_from.as_ref()?.display();
    Some(format!(
        "`{name}` is what was read as `{from}` before: it was moved or rotated"
    ))
}

/// What is said of where a known input is read on.
fn where_left(name: &str, found: &Found, length: Option<u64>) -> String {
    let lines = found.from.lines;
    if length == Some(found.from.offset) {
        format!("`{name}` was already read to its end, {lines} lines")
    } else {
        format!("`{name}`: reading on after line {lines}, where it was left")
    }
}

/// What is said where something else is at a path than before.
fn replaced_by(name: &str, mark: Mark, how: Replaced, moved_to: Option<&Path>) -> String {
    let before = match moved_to {
        Some(path) => format!(
            "; what was read of it before, to line {}, is now in `{}`: what may be left of it is read with `--follow`, or where that is named",
            mark.lines,
            path.display()
        ),
        None => String::new(),
    };
    format!("`{name}` is read from its beginning as a new input: {how} before{before}")
}
