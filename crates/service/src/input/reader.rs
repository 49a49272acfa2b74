//! The driver of inputs: one thread per input reads ahead, in batches, as fast as its consumer takes them.
//! The only module of the input side that starts threads or draws randomness.

use std::fs::File;
use std::io::{self, Read};

use bucketline_spool::SourceId;
use tokio::sync::mpsc;

use super::ending::is_whole;
use super::lines::{Line, Mark, Splitter};
use super::marks::Marks;
use super::source::Fingerprint;
use super::{Opened, Origin};
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
}

/// The batches of one input, in order.
#[derive(Debug)]
pub(crate) struct Feed {
    name: String,
    pieces: mpsc::Receiver<io::Result<Piece>>,
    cut: Option<u64>,
}

/// What comes of reading.
#[derive(Debug)]
enum Piece {
    Batch(Batch),
    /// The last line, by number, is not whole yet.
    Cut(u64),
}

/// What is read, which decides when a batch is sent and what its end means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// It makes nobody wait, and may be written on to behind its end.
    File,
    /// Whoever writes to it may wait long before the next line; its end is the end.
    Stream,
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
        let from = opened.from;
        let origin = opened.origin;
        std::thread::spawn(move || {
            let read = match origin {
                Origin::File { file, marks, .. } => read_file(file, marks, from, &sender),
                Origin::Stream(path) => File::open(path).and_then(|stream| read_stream(stream, &sender)),
                Origin::Standard => read_stream(io::stdin(), &sender),
            };
            if let Err(error) = read {
                // A consumer that has gone does not want to know.
                let _ = sender.blocking_send(Err(error));
            }
        });
        Ok(Self {
            name,
            pieces,
            cut: None,
        })
    }

    /// The next batch, or nothing at the input's end.
    ///
    /// # Errors
    /// Reading failed:  what was read so far is kept and a next run reads on from there.
    pub(crate) async fn next(&mut self) -> Result<Option<Batch>, Error> {
        loop {
            match self.pieces.recv().await {
                None => return Ok(None),
                Some(Ok(Piece::Batch(batch))) => return Ok(Some(batch)),
                Some(Ok(Piece::Cut(line))) => self.cut = Some(line),
                Some(Err(error)) => {
                    return Err(Error::input(
                        Problem::new(format!("the input cannot be read on: {error}"))
                            .at(&self.name)
                            .advice("what was read is kept; run the same command again to read on"),
                    ));
                }
            }
        }
    }

    /// The number of the last line of a file, if its writer has not got to its end: it was left for the next run.
    pub(crate) const fn cut(&self) -> Option<u64> {
        self.cut
    }
}

type Sender = mpsc::Sender<io::Result<Piece>>;

/// Whole batches alone: a file does not make anybody wait.
fn read_file(mut file: File, mut marks: Marks, from: Mark, sender: &Sender) -> io::Result<()> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(from.offset))?;
    let places = file.try_clone()?;
    let from = within_line(&places, from)?;
    let mut send = |batch: Batch| {
        if let Some(fingerprint) = Fingerprint::before(&places, batch.end.offset)? {
            marks.note(batch.end.offset, fingerprint);
        }
        Ok(sender.blocking_send(Ok(Piece::Batch(batch))).is_ok())
    };
    if let Some(line) = read(file, Splitter::new(from), &mut send, Nature::File)? {
        // A consumer that has gone does not want to know.
        let _ = sender.blocking_send(Ok(Piece::Cut(line)));
    }
    Ok(())
}

/// The last line of a file counts also without a line break. One that was written behind it since ends that same line.
fn within_line(file: &File, from: Mark) -> io::Result<Mark> {
    use std::os::unix::fs::FileExt as _;
    let Some(before) = from.offset.checked_sub(1) else {
        return Ok(from);
    };
    let mut byte = [0];
    let ended = file.read_at(&mut byte, before)? == 0 || byte == *b"\n";
    let lines = if ended {
        from.lines
    } else {
        from.lines.saturating_sub(1)
    };
    Ok(Mark { lines, ..from })
}

fn read_stream(stream: impl Read, sender: &Sender) -> io::Result<()> {
    let mut send = |batch| Ok(sender.blocking_send(Ok(Piece::Batch(batch))).is_ok());
    read(stream, Splitter::new(Mark::default()), &mut send, Nature::Stream)?;
    Ok(())
}

/// Reads to the end. `send` answers whether anybody still listens. The number of the last line, if that was left.
fn read(
    mut stream: impl Read,
    mut splitter: Splitter,
    send: &mut dyn FnMut(Batch) -> io::Result<bool>,
    nature: Nature,
) -> io::Result<Option<u64>> {
    let mut chunk = vec![0; READ_BYTES];
    let mut batch = Batch::default();
    let mut bytes = 0;
    loop {
        let read = match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        splitter.feed(chunk.get(..read).unwrap_or_default());
        while let Some(line) = splitter.next() {
            bytes += line.text.as_ref().map_or(0, bytes::Bytes::len);
            batch.lines.push(line);
            if batch.lines.len() >= BATCH_LINES || bytes >= BATCH_BYTES {
                batch.end = splitter.mark();
                bytes = 0;
                if !send(std::mem::take(&mut batch))? {
                    return Ok(None);
                }
            }
        }
        if nature == Nature::Stream && !batch.lines.is_empty() {
            batch.end = splitter.mark();
            bytes = 0;
            if !send(std::mem::take(&mut batch))? {
                return Ok(None);
            }
        }
    }
    batch.end = splitter.mark();
    let mut cut = None;
    match splitter.finish() {
        Some(line) if nature == Nature::File && !is_whole(&line) => cut = Some(line.number),
        last => {
            batch.lines.extend(last);
            batch.end = splitter.mark();
        }
    }
    if !batch.lines.is_empty() {
        send(batch)?;
    }
    Ok(cut)
}

/// An identity for a stream: new each time.
///
/// # Errors
/// The system gives no randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver of inputs: a stream's identity is drawn here"
)]
pub(super) fn random_source() -> Result<SourceId, Error> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)
        .map_err(|error| Error::input(format!("the system gives no random numbers: {error}")))?;
    Ok(SourceId::from_bytes(id))
}
