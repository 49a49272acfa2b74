//! Splits a stream of bytes into numbered lines, in bounded memory. Does no I/O and knows nothing of JSON.

use bucketline_connector::Line as Longest;
use bucketline_spool::ContentProof;
use bytes::{Buf as _, Bytes, BytesMut};

use super::proof::Prover;

const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// A place between two lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Bytes before it.
    pub offset: u64,
    /// Lines before it.
    pub lines: u64,
}

/// One line that is not blank.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counted from 1, blank lines included.
    pub(crate) number: u64,
    /// Where it begins in the stream.
    pub(crate) offset: u64,
    /// Its bytes without line ending and byte order mark; nothing if it is longer than
    /// [`MAX_LENGTH`](Longest::MAX_LENGTH).
    pub(crate) text: Option<Bytes>,
}

/// The splitter: bytes go in with [`feed`](Self::feed), lines come out of [`next`](Self::next).
#[derive(Debug)]
pub(crate) struct Splitter {
    buffer: BytesMut,
    /// Bytes of the buffer in which no line ending was found.
    scanned: usize,
    /// Bytes of the current line that were already thrown away because it is too long.
    skipped: u64,
    at: Mark,
    longest: usize,
    /// Hashes what lies before `at`.
    prover: Option<Prover>,
    /// The same, and what was thrown away since.
    ahead: Option<Prover>,
}

impl Splitter {
    /// Starts at a place between two lines.
    pub(crate) fn new(at: Mark) -> Self {
        Self {
            buffer: BytesMut::new(),
            scanned: 0,
            skipped: 0,
            at,
            longest: Longest::MAX_LENGTH,
            prover: None,
            ahead: None,
        }
    }

    /// The same, proving what came out.
    pub(crate) fn proving(at: Mark, prover: Prover) -> Self {
        Self {
            prover: Some(prover),
            ..Self::new(at)
        }
    }

    /// The proof of all that came out, where it is proved and there is any.
    pub(crate) fn proof(&mut self) -> Option<ContentProof> {
        let proof = self.prover.as_mut()?.proof();
        (proof.from < proof.to).then_some(proof)
    }

    /// The place after the last line that came out.
    pub(crate) const fn mark(&self) -> Mark {
        self.at
    }

    /// Adds what was read. To stay in bounded memory, call [`next`](Self::next) until it has nothing more in between.
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole line, blank ones left out.
    pub(crate) fn next(&mut self) -> Option<Line> {
        loop {
            let unseen = self.buffer.get(self.scanned..).unwrap_or_default();
            let Some(found) = unseen.iter().position(|byte| *byte == b'\n') else {
                self.scanned = self.buffer.len();
                // A line ending of two bytes may still follow.
                if self.buffer.len() > self.longest + 2 {
                    self.skipped += self.buffer.len() as u64;
                    if let Some(prover) = &self.prover {
                        let ahead = self.ahead.get_or_insert_with(|| prover.clone());
                        ahead.consume(&self.buffer);
                    }
                    self.buffer.clear();
                    self.scanned = 0;
                }
                return None;
            };
            let raw = self.buffer.split_to(self.scanned + found + 1);
            self.scanned = 0;
            if let Some(line) = self.line(raw.freeze()) {
                return Some(line);
            }
        }
    }

    /// The last line, if the stream ended without a line ending.
    pub(crate) fn finish(&mut self) -> Option<Line> {
        let raw = self.buffer.split().freeze();
        self.scanned = 0;
        if raw.is_empty() && self.skipped == 0 {
            return None;
        }
        self.line(raw)
    }

    fn line(&mut self, mut raw: Bytes) -> Option<Line> {
        let offset = self.at.offset;
        if let Some(ahead) = self.ahead.take() {
            self.prover = Some(ahead);
        }
        if let Some(prover) = &mut self.prover {
            prover.consume(&raw);
        }
        self.at.offset += self.skipped + raw.len() as u64;
        self.at.lines += 1;
        let number = self.at.lines;
        if std::mem::take(&mut self.skipped) > 0 {
            return Some(Line {
                number,
                offset,
                text: None,
            });
        }
        if offset == 0 && raw.starts_with(&BYTE_ORDER_MARK) {
            raw.advance(BYTE_ORDER_MARK.len());
        }
        if raw.ends_with(b"\n") {
            raw.truncate(raw.len() - 1);
        }
        if raw.ends_with(b"\r") {
            raw.truncate(raw.len() - 1);
        }
        if raw.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let text = (raw.len() <= self.longest).then_some(raw);
        Some(Line { number, offset, text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every line and the final mark, fed in pieces of `piece` bytes.
    fn split(bytes: &[u8], longest: usize, piece: usize) -> (Vec<(u64, u64, Option<String>)>, Mark) {
        let mut splitter = Splitter {
            longest,
            ..Splitter::new(Mark::default())
        };
        let mut lines = Vec::new();
        for chunk in bytes.chunks(piece) {
            splitter.feed(chunk);
            assert!(
                chunk.len() > longest || splitter.buffer.len() <= longest + 2 + piece,
                "bounded"
            );
            lines.extend(std::iter::from_fn(|| splitter.next()));
        }
        lines.extend(splitter.finish());
        let lines = lines
            .into_iter()
            .map(|line| {
                (
                    line.number,
                    line.offset,
                    line.text.map(|t| String::from_utf8_lossy(&t).into_owned()),
                )
            })
            .collect();
        (lines, splitter.mark())
    }

    fn whole(number: u64, offset: u64, text: &str) -> (u64, u64, Option<String>) {
        (number, offset, Some(text.to_owned()))
    }

    #[test]
    fn endings_marks_and_blank_lines() {
        let bytes = b"\xEF\xBB\xBFone\r\n\n  \t\ntwo\nthree";
        for piece in 1..=bytes.len() {
            let (lines, mark) = split(bytes, 100, piece);
            assert_eq!(
                lines,
                [whole(1, 0, "one"), whole(4, 13, "two"), whole(5, 17, "three")],
                "piece {piece}"
            );
            assert_eq!(
                mark,
                Mark {
                    offset: bytes.len() as u64,
                    lines: 5
                },
                "piece {piece}"
            );
        }
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_and_numbered() {
        let bytes = b"abcde\nabcdef\nabcdefghijklmnop\r\nxy\nabcdefghijkl";
        for piece in 1..=bytes.len() {
            let (lines, mark) = split(bytes, 5, piece);
            assert_eq!(
                lines,
                [
                    whole(1, 0, "abcde"),
                    (2, 6, None),
                    (3, 13, None),
                    whole(4, 31, "xy"),
                    (5, 34, None)
                ],
                "piece {piece}"
            );
            assert_eq!(
                mark,
                Mark {
                    offset: bytes.len() as u64,
                    lines: 5
                },
                "piece {piece}"
            );
        }
    }

    #[test]
    fn resuming_gives_the_rest() {
        let bytes = b"one\ntwo\nthree\n";
        let mut splitter = Splitter::new(Mark { offset: 4, lines: 1 });
        splitter.feed(bytes.get(4..).unwrap_or_default());
        assert_eq!(
            splitter.next().map(|line| (line.number, line.offset)),
            Some((2, 4))
        );
        assert_eq!(
            splitter.next().map(|line| (line.number, line.offset)),
            Some((3, 8))
        );
        assert_eq!(splitter.next(), None);
        assert_eq!(splitter.finish(), None);
    }

    #[test]
    fn what_came_out_is_proved_however_long_its_lines() {
        let bytes = b"abc\nabcdefghijklmnop\n\nabcdefghijklm";
        for piece in 1..=bytes.len() {
            let mut splitter = Splitter {
                longest: 5,
                ..Splitter::proving(Mark::default(), Prover::from(0))
            };
            assert_eq!(splitter.proof(), None);
            for chunk in bytes.chunks(piece) {
                splitter.feed(chunk);
                while splitter.next().is_some() {}
                let mut expected = Prover::from(0);
                let consumed = usize::try_from(splitter.mark().offset).unwrap();
                expected.consume(&bytes[..consumed]);
                assert!(
                    splitter.proof().is_none_or(|proof| proof == expected.proof()),
                    "piece {piece}"
                );
            }
            splitter.finish();
            let mut all = Prover::from(0);
            all.consume(bytes);
            assert_eq!(splitter.proof(), Some(all.proof()), "piece {piece}");
        }
    }

    #[test]
    fn nothing_gives_nothing() {
        assert_eq!(split(b"", 5, 1), (Vec::new(), Mark::default()));
        assert_eq!(split(b"\n\r\n", 5, 1).0, Vec::new());
    }
}
