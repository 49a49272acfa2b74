//! The driver of inputs: one thread per input reads ahead, in batches, as fast as its consumer takes them.
//! The only module of the input side that starts threads or draws randomness.

use std::fs::File;
use std::io::{self, Read};

use bucketline_spool::{ContentProof, SourceId};
use tokio::sync::mpsc;

use super::change::{Remembered, Watch};
use super::content::{self, Content, Packing};
use super::ending::is_whole;
use super::known::Replaced;
use super::lines::{Line, Mark, Splitter};
use super::places::Places;
use super::proof::Verdict;
use super::sequencer::Sequencer;
use super::{OpenFile, Opened, Origin, Resume, cut_off};
use crate::{Error, Problem};

/// A batch is one frame of the spool and one share of an fsync: large enough that the fsync costs little per event,
/// small enough that several are on their way at once.
const BATCH_LINES: usize = 2_000;
const BATCH_BYTES: usize = 1_048_576;
const READ_BYTES: usize = 262_144;
/// Batches that wait to be taken. With those on their way they bound what an input holds in memory.
const AHEAD: usize = 2;

/// Consecutive lines of an input.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) lines: Vec<Line>,
    /// The place after the last of them, and after blank lines that follow.
    pub(crate) end: Mark,
    /// What was consumed with them.
    pub(crate) proof: Option<ContentProof>,
    /// What their producer's numbers say, where it numbers them.
    pub(crate) numbers: Option<Numbers>,
}

/// What the numbers of a batch's lines say.
#[derive(Debug)]
pub(crate) struct Numbers {
    /// The last one that is accepted with the batch.
    pub(crate) end: u64,
    /// Lines that were accepted before, and are not among the batch's.
    pub(crate) duplicate: u64,
    /// Lines without one that can be read.
    pub(crate) without: Vec<Line>,
}

/// The batches of one input, in order.
#[derive(Debug)]
pub(crate) struct Feed {
    name: String,
    pieces: mpsc::Receiver<io::Result<Piece>>,
    end: End,
}

/// How reading ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All was read.
    All,
    /// All but the last line, by number, which has no end yet: it was left for later.
    Cut(u64),
    /// What was read is no longer what stands there. What was given is good; the rest has to be opened anew.
    Changed(Replaced),
    /// A stream is not the one that was read under its name before. Nothing of it was given.
    OtherStream(Replaced),
}

/// What comes of reading.
#[derive(Debug)]
enum Piece {
    Batch(Batch),
    End(End),
}

impl Feed {
    /// Starts to read.
    ///
    /// # Errors
    /// The thread cannot be started.
    #[expect(
        clippy::disallowed_methods,
        reason = "the driver of inputs: reads block, so they have a thread"
    )]
    pub(crate) fn start(opened: Opened) -> Result<Self, Error> {
        let (sender, pieces) = mpsc::channel(AHEAD);
        let name = opened.name;
        let (source, from) = (opened.source, opened.from);
        let origin = opened.origin;
        std::thread::spawn(move || {
            let read = match origin {
                Origin::File(file) => read_file(*file, source, from, &sender),
                Origin::Stream(path, resume) => {
                    File::open(path).and_then(|stream| read_stream(stream, from, resume, &sender))
                }
                Origin::Standard(resume) => read_stream(io::stdin(), from, resume, &sender),
            };
            // A consumer that has gone does not want to know.
            let _ = sender.blocking_send(read.map(Piece::End));
        });
        Ok(Self {
            name,
            pieces,
            end: End::All,
        })
    }

    /// The next batch, or nothing at the input's end.
    ///
    /// # Errors
    /// Reading failed: what was read so far is kept and a next run reads on from there.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, Error> {
        match self.pieces.recv().await {
            None => Ok(None),
            Some(Ok(Piece::Batch(batch))) => Ok(Some(batch)),
            Some(Ok(Piece::End(End::OtherStream(how)))) => Err(Error::input(
                Problem::new(format!(
                    "the stream is not the one that was read under this name before: {how}"
                ))
                .at(format!("--source {}", self.name))
                .advice(
                    "nothing of it was taken: send the same stream again from its beginning, give another stream another \
                     name, or number its lines and say `--sequenced`",
                ),
            )),
            Some(Ok(Piece::End(end))) => {
                self.end = end;
                Ok(None)
            }
            Some(Err(error)) if error.kind() == io::ErrorKind::UnexpectedEof => Err(cut_off(&self.name)),
            Some(Err(error)) => Err(Error::input(
                Problem::new(format!("the input cannot be read on: {error}"))
                    .at(&self.name)
                    .advice("what was read is kept"),
            )),
        }
    }

    /// How it ended, once it has.
    pub(crate) const fn end(&self) -> End {
        self.end
    }
}

type Sender = mpsc::Sender<io::Result<Piece>>;

fn read_file(file: OpenFile, source: SourceId, from: Mark, sender: &Sender) -> io::Result<End> {
    let OpenFile {
        watch,
        prover,
        places,
        ..
    } = file;
    let (text, from) = text_from(watch.content(), from)?;
    Reading {
        splitter: Splitter::proving(from, prover),
        watched: Some(Watched {
            watch,
            remembered: Remembered::from(from.offset),
            places,
            source,
        }),
        sequencer: None,
        batch: Batch::default(),
        bytes: 0,
        sender,
    }
    .read(text)
}

/// The text from a place on. The last line of a file counts also without a line break: one that was written behind it since
/// ends that same line.
fn text_from(content: &Content, from: Mark) -> io::Result<(Box<dyn Read + Send>, Mark)> {
    let Some(before) = from.offset.checked_sub(1) else {
        return Ok((content.consume_from(0)?, from));
    };
    let mut text = content.consume_from(before)?;
    let mut byte = [0];
    let is_inside = text.read(&mut byte)? == 1 && byte != *b"\n";
    let lines = from.lines - u64::from(is_inside && from.lines > 0);
    Ok((text, Mark { lines, ..from }))
}

fn read_stream(stream: impl Read + Send, from: Mark, resume: Resume, sender: &Sender) -> io::Result<End> {
    let (begin, stream) = content::peek(stream)?;
    let mut text = Packing::of(&begin)?.unpack(stream)?;
    let (splitter, sequencer) = match resume {
        Resume::Never => (Splitter::new(Mark::default()), None),
        Resume::Sequence(after) => (Splitter::new(Mark::default()), Some(Sequencer::after(after))),
        Resume::Proved(proofs) => match proofs.pass_over(&mut text)? {
            Verdict::Same(prover) => (Splitter::proving(from, *prover), None),
            Verdict::Shorter => return Ok(End::OtherStream(Replaced::Shorter)),
            Verdict::Other => return Ok(End::OtherStream(Replaced::Other)),
        },
    };
    Reading {
        splitter,
        watched: None,
        sequencer,
        batch: Batch::default(),
        bytes: 0,
        sender,
    }
    .read(text)
}

/// A file that may change, and what is noted of it.
struct Watched {
    watch: Watch,
    remembered: Remembered,
    places: Places,
    source: SourceId,
}

/// An input while it is read. A file makes nobody wait, and may be written on to behind its end; whoever writes to a stream may
/// wait long before the next line, and its end is the end.
struct Reading<'a> {
    splitter: Splitter,
    watched: Option<Watched>,
    sequencer: Option<Sequencer>,
    batch: Batch,
    /// Bytes of the batch.
    bytes: usize,
    sender: &'a Sender,
}

impl Reading<'_> {
    /// Reads to the end.
    fn read(mut self, mut text: impl Read) -> io::Result<End> {
        let mut chunk = vec![0; READ_BYTES];
        let failed = loop {
            let read = match text.read(&mut chunk) {
                Ok(0) => break None,
                Ok(read) => chunk.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // The lines before it are good.
                Err(error) => break Some(error),
            };
            self.splitter.feed(read);
            if let Some(watched) = &mut self.watched {
                watched.remembered.read(read);
            }
            while let Some(line) = self.splitter.next() {
                self.bytes += line.text.as_ref().map_or(0, bytes::Bytes::len);
                self.batch.lines.push(line);
                if (self.batch.lines.len() >= BATCH_LINES || self.bytes >= BATCH_BYTES)
                    && let Some(end) = self.send()?
                {
                    return Ok(end);
                }
            }
            if self.watched.is_none()
                && let Some(end) = self.send()?
            {
                return Ok(end);
            }
        };
        if let Some(end) = self.send()? {
            return Ok(end);
        }
        if let Some(error) = failed {
            return Err(error);
        }
        self.finish()
    }

    /// What the end says of the last line.
    fn finish(mut self) -> io::Result<End> {
        let mut end = End::All;
        match self.splitter.finish() {
            Some(line) if self.watched.is_some() && !is_whole(&line) => end = End::Cut(line.number),
            last => {
                self.batch.lines.extend(last);
                if let Some(end) = self.send()? {
                    return Ok(end);
                }
            }
        }
        if let Some(watched) = &mut self.watched
            && let Some(how) = watched.watch.check(&mut watched.remembered, None, true)?
        {
            return Ok(End::Changed(how));
        }
        Ok(end)
    }

    /// Hands the batch over, if there is any of it and it still stands in its file. An end, where reading ends with it.
    fn send(&mut self) -> io::Result<Option<End>> {
        if self.batch.lines.is_empty() {
            return Ok(None);
        }
        let mut batch = std::mem::take(&mut self.batch);
        batch.end = self.splitter.mark();
        batch.proof = self.splitter.proof();
        self.bytes = 0;
        if let Some(watched) = &mut self.watched {
            if let Some(how) = watched.watch.check(&mut watched.remembered, batch.proof, false)? {
                return Ok(Some(End::Changed(how)));
            }
            watched.places.read(&watched.source, batch.end.offset);
        }
        let mut broken = None;
        if let Some(sequencer) = &mut self.sequencer {
            let sequenced = sequencer.take(std::mem::take(&mut batch.lines));
            batch.lines = sequenced.new;
            batch.numbers = Some(Numbers {
                end: sequenced.end,
                duplicate: sequenced.duplicate,
                without: sequenced.without,
            });
            broken = sequenced.backwards;
        }
        let is_wanted = self.sender.blocking_send(Ok(Piece::Batch(batch))).is_ok();
        if let Some(backwards) = broken {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, backwards));
        }
        Ok((!is_wanted).then_some(End::All))
    }
}

/// An identity for a stream: new each time.
///
/// # Errors
/// The system gives no randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver of inputs: a stream's identity is drawn here"
)]
pub(crate) fn random_source() -> Result<SourceId, Error> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)
        .map_err(|error| Error::input(format!("the system gives no random numbers: {error}")))?;
    Ok(SourceId::from_bytes(id))
}

#[cfg(test)]
mod tests;
