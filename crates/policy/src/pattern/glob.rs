//! Patterns with `*`: chunks of text between stars, each found leftmost, so that nothing is ever tried twice.

use super::chunk::{Chunk, Searched};

/// One element of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Char(char),
    /// `?`: exactly one character (a Unicode scalar value).
    One,
    /// `*`: any run, the empty one included.
    Run,
}

/// A pattern with at least one wildcard.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    first: Chunk,
    /// Chunks between two stars.
    middle: Box<[Searched]>,
    /// The chunk after the last star; `None` when there is no star at all.
    last: Option<Chunk>,
}

impl Glob {
    pub(crate) fn new(tokens: &[Token]) -> Self {
        Self::from_chunks(tokens.split(|token| *token == Token::Run).map(Chunk::new))
    }

    /// A text without escapes, in which every `*` and `?` is a wildcard.
    pub(super) fn from_text(text: &str) -> Self {
        Self::from_chunks(text.split('*').map(Chunk::from_text))
    }

    fn from_chunks(mut chunks: impl Iterator<Item = Chunk>) -> Self {
        // INVARIANT: splitting always yields at least one part.
        let first = chunks.next().unwrap_or_else(|| Chunk::new(&[]));
        let mut rest: Vec<Chunk> = chunks.collect();
        let last = rest.pop();
        rest.retain(|chunk| !chunk.is_empty());
        Self {
            first,
            middle: rest.into_iter().map(Searched::new).collect(),
            last,
        }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        self.matches_counting(text, &mut 0)
    }

    /// As [`Self::matches`]; adds to `steps` an upper bound of the characters looked at.
    pub(crate) fn matches_counting(&self, text: &str, steps: &mut u64) -> bool {
        let Some(after_first) = self.first.strip_prefix(text, steps) else {
            return false;
        };
        let Some(last) = &self.last else {
            return after_first.is_empty();
        };
        let Some(mut rest) = last.strip_suffix(after_first, steps) else {
            return false;
        };
        for chunk in &self.middle {
            match chunk.skip_past(rest, steps) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        true
    }
}
