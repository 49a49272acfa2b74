//! What is submitted: a batch of lines with its place in its source, and what became of it. Knows nothing of what the
//! lines say.

use bucketline_spool::{ContentProof, Sequence, SourceId};
use bytes::Bytes;

/// Lines that are accepted or refused together, in one write.
///
/// A few megabytes of lines make a good batch. It becomes one record of the log, and one that is larger than a record may be is refused.
///
/// The batch of a source is identified by its place there: one that was accepted before, in this run or an earlier one, is
/// acknowledged as duplicate and not stored again, and one that does not begin where its source stands is refused. So submit the batches
/// of a source in order. A batch that is identified by a key has no order; its key is remembered for 24 hours in which the program runs.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(crate) source: SourceId,
    pub(crate) sequence: Sequence,
    pub(crate) input: String,
    pub(crate) lines: Vec<Line>,
    pub(crate) proof: Option<ContentProof>,
    pub(crate) refused_text: RefusedText,
    pub(crate) numbering: Numbering,
}

/// Whether the lines carry the producer's own number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Numbering {
    #[default]
    Free,
    Demanded,
}

/// What is kept of the text of a refused line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum RefusedText {
    #[default]
    Nothing,
    All,
}

impl Batch {
    /// An empty batch of `source`, whose place there is `sequence`. `input` names the source for people.
    pub fn new(source: SourceId, sequence: Sequence, input: impl Into<String>) -> Self {
        Self {
            source,
            sequence,
            input: input.into(),
            lines: Vec::new(),
            proof: None,
            refused_text: RefusedText::Nothing,
            numbering: Numbering::Free,
        }
    }

    /// The lines of newline-delimited JSON that come after a place in a source; `None`: at its beginning. Blank lines are
    /// passed over, a last line needs no line break, and `text` is shared, not copied.
    ///
    /// The next batch of the source comes after `end` and `line` of this one:
    ///
    /// ```
    /// use bucketline_connector::Batch;
    /// use bucketline_spool::{Sequence, SourceId};
    ///
    /// let source = SourceId::from_bytes([7; 16]);
    /// let batch = Batch::ndjson(source, None, "events.ndjson", "{}\n\n{}\n");
    /// assert_eq!((batch.len(), batch.sequence()), (2, Sequence::Offset { start: 0, end: 7, line: 3 }));
    /// ```
    #[must_use]
    pub fn ndjson(
        source: SourceId,
        after: Option<ResumePoint>,
        input: impl Into<String>,
        text: impl Into<Bytes>,
    ) -> Self {
        let text: Bytes = text.into();
        let (start, before) = after.map_or((0, 0), |place| (place.end, place.line));
        let (mut number, mut offset) = (before, start);
        let mut lines = Vec::new();
        for with_break in text.split_inclusive(|byte| *byte == b'\n') {
            number += 1;
            let line = with_break.trim_ascii_end();
            if line.len() > Line::MAX_LENGTH {
                lines.push(Line::oversized(number, offset));
            } else if !line.is_empty() {
                lines.push(Line::new(number, offset, text.slice_ref(line)));
            }
            offset += with_break.len() as u64;
        }
        Self::new(
            source,
            Sequence::Offset {
                start,
                end: offset,
                line: number,
            },
            input,
        )
        .lines(lines)
    }

    /// What of the source was consumed with this batch: kept in the log with its place, so that a start can tell the same
    /// source from another one of its name. See [`KnownSource::proofs`].
    #[must_use]
    pub fn proof(mut self, proof: ContentProof) -> Self {
        self.proof = Some(proof);
        self
    }

    /// Every line has to have a `sequence`, its producer's own number; one without is refused.
    #[must_use]
    pub const fn sequenced(mut self) -> Self {
        self.numbering = Numbering::Demanded;
        self
    }

    /// The text of refused lines is kept in the log, which otherwise has only their places: a source that cannot be read again
    /// has them nowhere else. It is the customer's data, as it came.
    #[must_use]
    pub const fn keeping_refused_text(mut self) -> Self {
        self.refused_text = RefusedText::All;
        self
    }

    /// Its place in its source.
    pub fn sequence(&self) -> Sequence {
        self.sequence
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

/// A source that is read in order, as the log knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct KnownSource {
    /// Its identity.
    pub source: SourceId,
    /// Up to where it was accepted.
    pub point: ResumePoint,
    /// What was consumed of it, as its batches proved it: per place that a proof begins at, the one that reaches furthest.
    pub proofs: Vec<ContentProof>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_lines_with_their_places() {
        let source = SourceId::from_bytes([1; 16]);
        let after = ResumePoint { end: 100, line: 9 };
        let huge = "x".repeat(Line::MAX_LENGTH + 1);
        let batch = Batch::ndjson(source, Some(after), "a", format!("{{}}\r\n \n{huge}\n[]"));
        let end = 100 + 4 + 2 + huge.len() as u64 + 1 + 2;
        assert_eq!(
            batch.sequence(),
            Sequence::Offset {
                start: 100,
                end,
                line: 13
            }
        );
        assert_eq!(
            batch.lines,
            [
                Line::new(10, 100, "{}"),
                Line::oversized(12, 106),
                Line::new(13, end - 2, "[]")
            ]
        );
        assert!(Batch::ndjson(source, None, "a", "").is_empty());
    }
}
