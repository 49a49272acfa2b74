//! Takes the batches of an input to the multiplexer: several at once, in order, no faster than they are accepted.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;

use async_trait::async_trait;
use bucketline_connector::{Accepted, Batch, Line, Multiplexer};
use bucketline_spool::{Sequence, SourceId};

use super::{Stop, failed};
use crate::Error;
use crate::input::{self, End, Feed, Input, Knowledge, Mark, Opened, Thoroughness};
use crate::model::Installation;

/// Batches handed over and not yet durable: while one is flushed, the next is encoded and a third is read.
const UNDER_WAY: usize = 4;

/// A batch that is on its way to the log, and the place in the input behind it.
type Submitted = (
    Pin<Box<dyn Future<Output = Result<Accepted, bucketline_connector::Error>> + Send>>,
    Mark,
);

/// What became of the lines that were read in this run.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Totals {
    /// Lines that became events.
    pub accepted: u64,
    /// Lines that were accepted before.
    pub duplicate: u64,
    /// Lines that were refused.
    pub rejected: u64,
}

impl Totals {
    const fn add(&mut self, accepted: Accepted) {
        self.accepted += accepted.accepted;
        self.duplicate += accepted.duplicate;
        self.rejected += accepted.rejected;
    }
}

/// Sees how far it is, for people to see.
#[async_trait]
pub trait Observer: Send {
    /// An input begins; a file has a length, in bytes.
    fn reading(&mut self, input: &str, length: Option<u64>);

    /// The input was accepted to here.
    fn read(&mut self, at: Mark);

    /// What became of the lines so far.
    ///
    /// # Errors
    ///
    /// Where that cannot be listed, reading ends.
    fn totals(&mut self, totals: Totals) -> Result<(), Error>;

    /// Something worth a line.
    fn note(&mut self, text: &str);

    /// Something that a person should look at.
    fn warning(&mut self, text: &str);

    /// Waits for the next moment to look, then looks.
    ///
    /// # Cancel safety
    ///
    /// It is given up whenever something happens.
    async fn tick(&mut self);
}

/// Feeds inputs, one after the other.
#[derive(Debug)]
pub struct Feeder<'a> {
    installation: &'a Installation,
    multiplexer: &'a Multiplexer,
    stop: Stop,
    totals: Totals,
    thoroughness: Thoroughness,
    manner: Manner,
}

/// How an input is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// To its end.
    Once,
    /// Again and again, with what was moved away from its path: what is usual is not said each time.
    Following,
}

/// How often an input is opened anew in one go because it was changed while it was read.
const CHANGES: usize = 100;

impl<'a> Feeder<'a> {
    /// Feeds `multiplexer`, until somebody asks to stop.
    #[must_use]
    pub fn new(installation: &'a Installation, multiplexer: &'a Multiplexer, stop: Stop) -> Self {
        Self {
            installation,
            multiplexer,
            stop,
            totals: Totals::default(),
            thoroughness: Thoroughness::default(),
            manner: Manner::Once,
        }
    }

    /// How much of an input is read again to prove that it is the one that was read before.
    #[must_use]
    pub fn thoroughness(mut self, thoroughness: Thoroughness) -> Self {
        self.thoroughness = thoroughness;
        self
    }

    /// What became of the lines that were read.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// Opens an input and reads it on from where it was left, to its end, or until somebody asks to stop. Everything
    /// that is counted is durable.
    ///
    /// # Errors
    ///
    /// The input cannot be read on, or the spool takes no more.
    ///
    /// # Cancel safety
    ///
    /// Given up, what was accepted is kept, and the input is read on from there the next time.
    pub async fn feed(&mut self, input: &Input, observer: &mut dyn Observer) -> Result<(), Error> {
        for _ in 0..CHANGES {
            let opened = self.open(input)?;
            for text in opened.notes() {
                observer.note(text);
            }
            if self.manner == Manner::Following
                && let Some(path) = opened.moved_to()
            {
                // Its rest first, so that the order stays.
                let rest = self.open(&Input::File(path.to_owned()))?;
                self.read(rest, observer).await?;
                continue;
            }
            if self.manner == Manner::Once
                && let Some(text) = opened.place()
            {
                observer.note(text);
            }
            if opened.was_read_further() && self.multiplexer.ledger().unreadable().stretches > 0 {
                observer.warning(&format!(
                    "`{}` was read further before, and the damaged spool may have lost that: what of it was delivered then \
                     arrives a second time",
                    opened.name()
                ));
            }
            if self.read(opened, observer).await? == Next::Done {
                return Ok(());
            }
        }
        observer.warning(&format!(
            "`{input}` changes all the time: the rest of it is left for the next run"
        ));
        Ok(())
    }

    /// Goes on reading files as they grow and are rotated, until somebody asks to stop: what was moved aside is read to its end
    /// first, then what stands at the path now. How often it looks is up to the observer's ticks.
    ///
    /// # Errors
    ///
    /// As [`feed`](Self::feed).
    ///
    /// # Cancel safety
    ///
    /// As [`feed`](Self::feed).
    pub async fn follow(&mut self, inputs: &[Input], observer: &mut dyn Observer) -> Result<(), Error> {
        self.manner = Manner::Following;
        let mut seen = HashMap::new();
        while !self.stop.asked() {
            for input in inputs {
                // One that is not there is about to come back: it is being rotated.
                let Some(stamp) = stamp(input) else {
                    continue;
                };
                if seen.insert(input.to_string(), stamp) != Some(stamp) {
                    self.feed(input, observer).await?;
                }
            }
            for _ in 0..TICKS {
                tokio::select! {
                    biased;
                    () = self.stop.wait() => return Ok(()),
                    () = observer.tick() => {}
                }
            }
        }
        Ok(())
    }

    fn open(&self, input: &Input) -> Result<Opened, Error> {
        Opened::open(
            input,
            Knowledge {
                spool: &self.installation.spool.dir,
                sources: self.multiplexer.known_sources(),
                thoroughness: self.thoroughness,
            },
        )
    }

    async fn read(&mut self, opened: Opened, watch: &mut dyn Observer) -> Result<Next, Error> {
        let (source, name, length, begin) = (
            opened.source(),
            opened.name().to_owned(),
            opened.length(),
            opened.from(),
        );
        tracing::info!(input = name, from = begin.offset, length, "an input is read");
        let is_stream = opened.is_stream();
        watch.reading(&name, length);
        let mut feed = Feed::start(opened)?;
        let mut under_way: VecDeque<Submitted> = VecDeque::new();
        let (mut reading, mut stopped, mut at, mut broken) = (true, false, begin, None);
        let mut begins = begin;
        watch.read(begin);
        while reading || !under_way.is_empty() {
            tokio::select! {
                biased;
                (accepted, end) = oldest(&mut under_way), if !under_way.is_empty() => {
                    under_way.pop_front();
                    self.totals.add(accepted.map_err(|error| failed(&error))?);
                    at = end;
                    watch.read(end);
                    watch.totals(self.totals)?;
                }
                () = self.stop.wait(), if reading => (reading, stopped) = (false, true),
                batch = feed.next(), if reading && under_way.len() < UNDER_WAY => match batch {
                    Ok(None) => reading = false,
                    // What was read before it is good.
                    Err(error) => (reading, broken) = (false, Some(error)),
                    Ok(Some(batch)) => {
                        let end = batch.end;
                        // The call puts it in line; the future only waits for its answer.
                        let answer = self.multiplexer.submit(convert(begins, batch, source, &name));
                        begins = end;
                        under_way.push_back((Box::pin(answer), end));
                    }
                },
                () = watch.tick() => {}
            }
        }
        if let Some(error) = broken {
            return Err(error);
        }
        if stopped {
            watch.note(&match is_stream {
                false => format!(
                    "`{name}` was read to line {}: run the same command again to read on",
                    at.lines
                ),
                true => format!(
                    "`{name}` was read to line {}: what came before is kept, so send only what follows it",
                    at.lines
                ),
            });
        }
        match feed.end() {
            End::Cut(_) if self.manner == Manner::Following => {}
            End::Cut(line) => watch.warning(&format!(
                "`{name}`: line {line}, its last, has no end yet: it is left until the rest of it, or a line break, is there"
            )),
            End::Changed(how) if !stopped => {
                watch.warning(&format!(
                    "`{name}` was changed while it was read: {how}; it was read to line {}",
                    at.lines
                ));
                return Ok(Next::Again);
            }
            _ => {}
        }
        Ok(Next::Done)
    }
}

/// Ticks between two looks at a file that is followed.
const TICKS: usize = 2;

/// What differs once a file has grown, or another one has taken its place; nothing of what is no file.
fn stamp(input: &Input) -> Option<[i64; 4]> {
    use std::os::unix::fs::MetadataExt as _;
    let Input::File(path) = input else {
        return None;
    };
    let file = path.metadata().ok().filter(std::fs::Metadata::is_file)?;
    Some([
        file.ino().cast_signed(),
        file.size().cast_signed(),
        file.ctime(),
        file.ctime_nsec(),
    ])
}

/// What is to do with an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Done,
    /// Something else stands there now.
    Again,
}

/// The answer to the batch that was submitted first. Cancel safe: it stays in the queue.
async fn oldest(
    under_way: &mut VecDeque<Submitted>,
) -> (Result<Accepted, bucketline_connector::Error>, Mark) {
    match under_way.front_mut() {
        Some((answer, end)) => (answer.await, *end),
        None => std::future::pending().await,
    }
}

fn convert(begins: Mark, batch: input::Batch, source: SourceId, name: &str) -> Batch {
    let sequence = Sequence::Offset {
        start: begins.offset,
        end: batch.end.offset,
        line: batch.end.lines,
    };
    let proof = batch.proof;
    let batch =
        Batch::new(source, sequence, name).lines(batch.lines.into_iter().map(|line| match line.text {
            Some(text) => Line::new(line.number, line.offset, text),
            None => Line::oversized(line.number, line.offset),
        }));
    match proof {
        Some(proof) => batch.proof(proof),
        None => batch,
    }
}
