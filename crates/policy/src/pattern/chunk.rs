//! A run of a pattern without `*`: plain text, or text with `?`. Finding one is linear in the searched text.

use super::glob::Token;

#[derive(Clone, Debug)]
pub(super) enum Chunk {
    Plain(Box<str>),
    Holed(Box<[Option<char>]>),
}

impl Chunk {
    /// `tokens` has no star.
    pub(super) fn new(tokens: &[Token]) -> Self {
        let chars = tokens.iter().map(|token| match token {
            Token::Char(c) => Some(*c),
            Token::One | Token::Run => None,
        });
        match chars.clone().collect::<Option<String>>() {
            Some(text) => Self::Plain(text.into()),
            None => Self::Holed(chars.collect()),
        }
    }

    /// A text in which `?` is a wildcard and which has no star.
    pub(super) fn from_text(text: &str) -> Self {
        if text.contains('?') {
            return Self::Holed(text.chars().map(|c| (c != '?').then_some(c)).collect());
        }
        Self::Plain(text.into())
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Plain(text) if text.is_empty())
    }

    /// What follows the chunk, if the text begins with it.
    pub(super) fn strip_prefix<'t>(&self, text: &'t str, steps: &mut u64) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => {
                *steps += plain.len() as u64;
                text.strip_prefix(&**plain)
            }
            Self::Holed(holed) => {
                let mut chars = text.chars();
                for expected in holed {
                    *steps += 1;
                    let c = chars.next()?;
                    if expected.is_some_and(|expected| expected != c) {
                        return None;
                    }
                }
                Some(chars.as_str())
            }
        }
    }

    /// What precedes the chunk, if the text ends with it.
    pub(super) fn strip_suffix<'t>(&self, text: &'t str, steps: &mut u64) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => {
                *steps += plain.len() as u64;
                text.strip_suffix(&**plain)
            }
            Self::Holed(holed) => {
                let mut chars = text.chars();
                for expected in holed.iter().rev() {
                    *steps += 1;
                    let c = chars.next_back()?;
                    if expected.is_some_and(|expected| expected != c) {
                        return None;
                    }
                }
                Some(chars.as_str())
            }
        }
    }
}

/// A chunk between two stars, prepared to be found anywhere.
#[derive(Clone, Debug)]
pub(super) enum Searched {
    Plain(Box<str>),
    Holed(Holed),
}

impl Searched {
    pub(super) fn new(chunk: Chunk) -> Self {
        match chunk {
            Chunk::Plain(text) => Self::Plain(text),
            Chunk::Holed(chars) => Self::Holed(Holed::new(&chars)),
        }
    }

    /// What follows the leftmost occurrence of the chunk.
    pub(super) fn skip_past<'t>(&self, text: &'t str, steps: &mut u64) -> Option<&'t str> {
        match self {
            Self::Plain(plain) => {
                // The standard library searches with the two-way algorithm: linear, without a table.
                let found = text.find(&**plain);
                let read = found.map_or(text.len(), |at| at + plain.len());
                *steps += (read + plain.len()) as u64;
                text.get(found? + plain.len()..)
            }
            Self::Holed(holed) => holed.skip_past(text, steps),
        }
    }
}

/// Text with `?`, searched with the Shift-And automaton: one machine word per 64 characters of the chunk and per
/// character of the text.
#[derive(Clone, Debug)]
pub(super) struct Holed {
    /// How many characters the chunk has.
    len: usize,
    /// For each character that occurs in the chunk, the places where it (or a hole) may stand; sorted.
    masks: Box<[(char, Box<[u64]>)]>,
    /// The places of the holes, for all other characters.
    holes: Box<[u64]>,
}

impl Holed {
    fn new(chars: &[Option<char>]) -> Self {
        let words = chars.len().div_ceil(64);
        let places = |wanted: Option<char>| {
            let mut mask = vec![0u64; words].into_boxed_slice();
            for (at, expected) in chars.iter().enumerate() {
                if (expected.is_none() || *expected == wanted)
                    && let Some(word) = mask.get_mut(at / 64)
                {
                    *word |= 1 << (at % 64);
                }
            }
            mask
        };
        let mut alphabet: Vec<char> = chars.iter().flatten().copied().collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        let masks = alphabet.into_iter().map(|c| (c, places(Some(c)))).collect();
        Self {
            masks,
            holes: places(None),
            len: chars.len(),
        }
    }

    fn mask(&self, c: char) -> &[u64] {
        let found = self.masks.binary_search_by_key(&c, |(c, _)| *c).ok();
        found
            .and_then(|at| self.masks.get(at))
            .map_or(&*self.holes, |(_, mask)| mask)
    }

    fn skip_past<'t>(&self, text: &'t str, steps: &mut u64) -> Option<&'t str> {
        let last = self.len.checked_sub(1)?;
        let (last_word, last_bit) = (last / 64, 1u64 << (last % 64));
        // Chunks of more than 256 characters with a `?` in them exist in hostile input alone; only they allocate.
        let (mut short, mut long) = ([0u64; 4], Vec::new());
        let words = self.holes.len();
        let state: &mut [u64] = match short.get_mut(..words) {
            Some(state) => state,
            None => {
                long.resize(words, 0);
                &mut long
            }
        };
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            *steps += words as u64;
            let mut carry = 1;
            for (word, mask) in state.iter_mut().zip(self.mask(c)) {
                let shifted = (*word << 1) | carry;
                carry = *word >> 63;
                *word = shifted & mask;
            }
            if state.get(last_word).is_some_and(|word| word & last_bit != 0) {
                return Some(chars.as_str());
            }
        }
        None
    }
}
