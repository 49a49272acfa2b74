//! Takes the batches of an input to the multiplexer: several at once, in order, no faster than they are accepted.

use std::collections::VecDeque;
use std::pin::Pin;

use bucketline_connector::{Accepted, Batch, Error, Line, Multiplexer};
use bucketline_spool::{Sequence, SourceId};

use super::{Stop, Watch, failed};
use crate::config::Config;
use crate::failure::Outcome;
use crate::input::{self, Feed, Mark, Opened};
use crate::report::{note, warning};

/// Batches handed over and not yet durable: while one is flushed, the next is encoded and a third is read.
const UNDER_WAY: usize = 4;

/// A batch that is on its way to the log, and the place in the input behind it.
type Submitted = (
    Pin<Box<dyn Future<Output = Result<Accepted, Error>> + Send>>,
    Mark,
);

/// What became of the lines that were read in this run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) accepted: u64,
    pub(crate) duplicate: u64,
    pub(crate) rejected: u64,
}

impl Totals {
    const fn add(&mut self, accepted: Accepted) {
        self.accepted += accepted.accepted;
        self.duplicate += accepted.duplicate;
        self.rejected += accepted.rejected;
    }
}

/// Feeds inputs, one after the other.
#[derive(Debug)]
pub(crate) struct Feeder<'a> {
    pub(crate) config: &'a Config,
    pub(crate) multiplexer: &'a Multiplexer,
    pub(crate) stop: Stop,
    pub(crate) totals: Totals,
}

impl Feeder<'_> {
    /// Reads an input to its end, or until somebody asks to stop. Everything counted is durable.
    ///
    /// # Errors
    /// The input cannot be read on (exit code 2), or the spool takes no more (4).
    pub(crate) async fn feed(&mut self, opened: Opened, watch: &mut Watch<'_>) -> Outcome<()> {
        let (source, name, length, begin) = (
            opened.source(),
            opened.name().to_owned(),
            opened.length(),
            opened.from(),
        );
        watch.reading(&name, length);
        let mut feed = Feed::start(opened)?;
        let mut under_way: VecDeque<Submitted> = VecDeque::new();
        let (mut reading, mut stopped, mut at) = (true, false, begin);
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
                batch = feed.next(), if reading && under_way.len() < UNDER_WAY => match batch? {
                    None => reading = false,
                    Some(batch) => {
                        let end = batch.end;
                        // The call puts it in line; the future only waits for its answer.
                        let answer = self.multiplexer.submit(convert(batch, source, &name));
                        under_way.push_back((Box::pin(answer), end));
                    }
                },
                () = watch.tick() => {}
            }
        }
        if stopped {
            watch.clear();
            note(format_args!(
                "`{name}` was read to line {}: run the same command again to read on",
                at.lines
            ));
        }
        if let Some(line) = feed.cut() {
            watch.clear();
            warning(format_args!(
                "`{name}`: line {line}, its last, ends in the middle: it is left until the rest of it is there"
            ));
        }
        Ok(())
    }
}

/// The answer to the batch that was submitted first. Cancel safe: it stays in the queue.
async fn oldest(under_way: &mut VecDeque<Submitted>) -> (Result<Accepted, Error>, Mark) {
    match under_way.front_mut() {
        Some((answer, end)) => (answer.await, *end),
        None => std::future::pending().await,
    }
}

fn convert(batch: input::Batch, source: SourceId, name: &str) -> Batch {
    let sequence = Sequence::Offset {
        end: batch.end.offset,
        line: batch.end.lines,
    };
    Batch::new(source, sequence, name).lines(batch.lines.into_iter().map(|line| match line.text {
        Some(text) => Line::new(line.number, line.offset, text),
        None => Line::oversized(line.number, line.offset),
    }))
}
