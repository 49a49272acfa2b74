//! Takes the batches of an input to the multiplexer: several at once, in order, no faster than they are accepted.

use std::collections::{HashMap, VecDeque};
use std::pin::Pin;

use async_trait::async_trait;
use bucketline_connector::{Accepted, Batch, Line, Multiplexer};
use bucketline_spool::{Sequence, SourceId};

use super::{Stop, failed};
use crate::Error;
use crate::input::{self, Continuity, End, Feed, Input, Knowledge, Mark, NamedStream, Opened, Thoroughness};
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
    keeps_refused_text: bool,
    stream: Option<NamedStream>,
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
            keeps_refused_text: false,
            stream: None,
        }
    }

    /// How much of an input is read again to prove that it is the one that was read before.
    #[must_use]
    pub fn thoroughness(mut self, thoroughness: Thoroughness) -> Self {
        self.thoroughness = thoroughness;
        self
    }

    /// What the stream among the inputs is called by its producer, so that it can be read on.
    #[must_use]
    pub fn stream(mut self, stream: Option<NamedStream>) -> Self {
        self.stream = stream;
        self
    }

    /// Whether the text of refused lines is kept in the log and listed.
    #[must_use]
    pub const fn keeping_refused_text(mut self, keeps: bool) -> Self {
        self.keeps_refused_text = keeps;
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
                stream: self.stream.as_ref(),
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
        let continuity = opened.continuity();
        watch.reading(&name, length);
        let mut feed = Feed::start(opened)?;
        let mut under_way: VecDeque<Submitted> = VecDeque::new();
        let (mut reading, mut stopped, mut at, mut broken) = (true, false, begin, None);
        let mut origin = Lines {
            source,
            name: &name,
            begins: begin,
            keeps_refused_text: self.keeps_refused_text,
        };
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
                        self.totals.duplicate += batch.numbers.as_ref().map_or(0, |numbers| numbers.duplicate);
                        let end = batch.end;
                        for batch in origin.batches(batch)? {
                            // The call puts it in line; the future only waits for its answer.
                            under_way.push_back((Box::pin(self.multiplexer.submit(batch)), end));
                        }
                    }
                },
                () = watch.tick() => {}
            }
        }
        if let Some(error) = broken {
            return Err(error);
        }
        if stopped {
            let place = match continuity {
                Continuity::FromSequence => format!("sequence {}", origin.begins.offset),
                _ => format!("line {}", at.lines),
            };
            watch.note(&format!(
                "`{name}` was read to {place}: {}",
                match continuity {
                    Continuity::File => "run the same command again to read on",
                    Continuity::None => "what came before is kept, so send only what follows it",
                    Continuity::FromBeginning =>
                        "send it again from its beginning, and it is read on from there",
                    Continuity::FromSequence =>
                        "send it again from there or from before it, and it is read on",
                }
            ));
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

/// The lines of one input, as batches of its source.
#[derive(Debug)]
struct Lines<'a> {
    source: SourceId,
    name: &'a str,
    /// Where the next batch begins: by the bytes before it, or by the number of the line before it.
    begins: Mark,
    keeps_refused_text: bool,
}

impl Lines<'_> {
    /// The batches that a batch of the input comes to: none where all of it is known, and one more where lines without a number
    /// are among numbered ones.
    fn batches(&mut self, batch: input::Batch) -> Result<Vec<Batch>, Error> {
        let (end, is_numbered, without) = match batch.numbers {
            None => (batch.end, false, Vec::new()),
            Some(numbers) => {
                let end = Mark {
                    offset: numbers.end,
                    lines: numbers.end,
                };
                (end, true, numbers.without)
            }
        };
        let mut batches = Vec::new();
        if !batch.lines.is_empty() {
            let sequence = Sequence::Offset {
                start: self.begins.offset,
                end: end.offset,
                line: end.lines,
            };
            self.begins = end;
            let mut lines = self.batch(self.source, sequence, batch.lines);
            if let Some(proof) = batch.proof {
                lines = lines.proof(proof);
            }
            batches.push(if is_numbered { lines.sequenced() } else { lines });
        }
        if !without.is_empty() {
            // Refused, every one, so nothing can double; they take the source no further.
            let apart = input::random_source()?;
            let key = Sequence::Key(*apart.as_bytes());
            batches.push(self.batch(apart, key, without).sequenced());
        }
        Ok(batches)
    }

    fn batch(&self, source: SourceId, sequence: Sequence, lines: Vec<input::Line>) -> Batch {
        let lines = lines.into_iter().map(|line| match line.text {
            Some(text) => Line::new(line.number, line.offset, text),
            None => Line::oversized(line.number, line.offset),
        });
        let batch = Batch::new(source, sequence, self.name).lines(lines);
        match self.keeps_refused_text {
            true => batch.keeping_refused_text(),
            false => batch,
        }
    }
}
