//! The driver of inputs: one thread per input reads ahead, in batches, as fast as its consumer takes them.
//! The only module of the input side that starts threads or draws randomness.

use std::fs::File;
use std::io::{self, Read};

use bucketline_spool::SourceId;
use tokio::sync::mpsc;

use super::lines::{Line, Mark, Splitter};
use super::marks::Marks;
use super::source::Fingerprint;
use super::{Opened, Origin};
use crate::failure::{Failure, Outcome, Problem};

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
    batches: mpsc::Receiver<io::Result<Batch>>,
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
    pub(crate) fn start(opened: Opened) -> Outcome<Self> {
        let (sender, batches) = mpsc::channel(AHEAD);
        let name = opened.name;
        let from = opened.from;
        let origin = opened.origin;
        std::thread::spawn(move || {
            let read = match origin {
                Origin::File { file, marks, .. } => read_file(file, marks, from, &sender),
                Origin::Stream(file) => read_stream(file, &sender),
                Origin::Standard => read_stream(io::stdin(), &sender),
            };
            if let Err(error) = read {
                // A consumer that has gone does not want to know.
                let _ = sender.blocking_send(Err(error));
            }
        });
        Ok(Self { name, batches })
    }

    /// The next batch, or nothing at the input's end.
    ///
    /// # Errors
    /// Reading failed: exit code 2, since what was read so far is kept and a next run reads on from there.
    pub(crate) async fn next(&mut self) -> Outcome<Option<Batch>> {
        self.batches.recv().await.transpose().map_err(|error| {
            Failure::usage(
                Problem::new(format!("the input cannot be read on: {error}"))
                    .at(&self.name)
                    .advice("what was read is kept; run the same command again to read on"),
            )
        })
    }
}

type Sender = mpsc::Sender<io::Result<Batch>>;

/// Whole batches alone: a file does not make anybody wait.
fn read_file(mut file: File, mut marks: Marks, from: Mark, sender: &Sender) -> io::Result<()> {
    io::Seek::seek(&mut file, io::SeekFrom::Start(from.offset))?;
    let places = file.try_clone()?;
    let from = within_line(&places, from)?;
    let mut send = |batch: Batch| {
        if let Some(fingerprint) = Fingerprint::before(&places, batch.end.offset)? {
            marks.note(batch.end.offset, fingerprint);
        }
        Ok(sender.blocking_send(Ok(batch)).is_ok())
    };
    read(file, Splitter::new(from), &mut send, |_| false)
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

/// What has come is sent at once when it can be taken at once: a slow stream is not held back to fill a batch.
fn read_stream(stream: impl Read, sender: &Sender) -> io::Result<()> {
    let mut send = |batch| Ok(sender.blocking_send(Ok(batch)).is_ok());
    read(stream, Splitter::new(Mark::default()), &mut send, |_| {
        sender.capacity() > 0
    })
}

/// Reads to the end. `send` answers whether anybody still listens; `early` whether to send a batch that is not full.
fn read(
    mut stream: impl Read,
    mut splitter: Splitter,
    send: &mut dyn FnMut(Batch) -> io::Result<bool>,
    early: impl Fn(&Batch) -> bool,
) -> io::Result<()> {
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
                    return Ok(());
                }
            }
        }
        if !batch.lines.is_empty() && early(&batch) {
            batch.end = splitter.mark();
            bytes = 0;
            if !send(std::mem::take(&mut batch))? {
                return Ok(());
            }
        }
    }
    batch.lines.extend(splitter.finish());
    if !batch.lines.is_empty() {
        batch.end = splitter.mark();
        send(batch)?;
    }
    Ok(())
}

/// An identity for a stream: new each time.
///
/// # Errors
/// The system gives no randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "the driver of inputs: a stream's identity is drawn here"
)]
pub(super) fn random_source() -> Outcome<SourceId> {
    let mut id = [0; 16];
    getrandom::fill(&mut id)
        .map_err(|error| Failure::usage(format!("the system gives no random numbers: {error}")))?;
    Ok(SourceId::from_bytes(id))
}
