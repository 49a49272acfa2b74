//! What is submitted: a batch of lines with its place in its source, and what became of it. Knows nothing of what the
//! lines say.

use bucketline_spool::{Sequence, SourceId};
use bytes::Bytes;

/// Lines that are accepted or refused together, in one write.
///
/// A few megabytes of lines make a good batch. It becomes one record of the log, and one that is larger than a record may be cannot be
/// accepted, which ends the acceptance of anything until the next start.
///
/// The batch of a source is identified by its place there: one that was accepted before, in this run or an earlier one, is
/// acknowledged as duplicate and not stored again. So submit the batches of a source in order.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(crate) source: SourceId,
    pub(crate) sequence: Sequence,
    pub(crate) input: String,
    pub(crate) lines: Vec<Line>,
}

impl Batch {
    /// An empty batch of `source`, whose place there is `sequence`. `input` names the source for people.
    pub fn new(source: SourceId, sequence: Sequence, input: impl Into<String>) -> Self {
        Self {
            source,
            sequence,
            input: input.into(),
            lines: Vec::new(),
        }
    }

    /// Adds lines at the end.
    #[must_use]
    pub fn lines(mut self, lines: impl IntoIterator<Item = Line>) -> Self {
        self.lines.extend(lines);
        self
    }

    /// How many lines it has.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether it has no line.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// One line of an input, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub(crate) number: u64,
    pub(crate) offset: u64,
    /// `None`: too long to be read.
    pub(crate) text: Option<Bytes>,
}

impl Line {
    /// The longest line worth reading, in bytes: the largest event, and room for what stands around it. A longer one is
    /// refused in any case, so give it as [`Line::oversized`] without buffering it.
    pub const MAX_LENGTH: usize = 1 << 20;

    /// Line `number` (from 1), which begins `offset` bytes into its input.
    pub fn new(number: u64, offset: u64, text: impl Into<Bytes>) -> Self {
        Self {
            number,
            offset,
            text: Some(text.into()),
        }
    }

    /// A line that was too long to be read; it is counted and refused.
    pub fn oversized(number: u64, offset: u64) -> Self {
        Self {
            number,
            offset,
            text: None,
        }
    }
}

/// What became of a batch. It is durable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// Lines that became events.
    pub accepted: u64,
    /// Lines of a batch that had been accepted before.
    pub duplicate: u64,
    /// Lines refused, each recorded with the reason.
    pub rejected: u64,
}

/// Up to where a source was accepted: go on reading after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResumePoint {
    /// Bytes of the source that were accepted or refused.
    pub end: u64,
    /// The number of the last line of them, from 1.
    pub line: u64,
}
