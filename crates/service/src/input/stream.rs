//! A stream that its producer names, so that it is known again when it is sent again.

use std::fmt;
use std::str::FromStr;

use bucketline_connector::KnownSource;
use bucketline_spool::SourceId;
use sha2::{Digest as _, Sha256};

use super::lines::Mark;
use super::proof::Proofs;
use crate::{Error, Problem};

/// The name of a stream: 1 to 64 of `A-Z a-z 0-9 . _ -`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamName(String);

impl FromStr for StreamName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_fine = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if is_fine {
            Ok(Self(text.to_owned()))
        } else {
            Err("a stream's name is 1 to 64 letters, digits, `.`, `_` and `-`")
        }
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How it is told where in a stream a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the producer numbers its lines, or it does not"
)]
pub enum StreamPlaces {
    /// By the bytes before it: the stream is sent again from its beginning, and proves to be the same one.
    Content,
    /// By the number that each line carries as `sequence`: what is sent again begins anywhere.
    Sequence,
}

impl StreamPlaces {
    const fn other(self) -> Self {
        match self {
            Self::Content => Self::Sequence,
            Self::Sequence => Self::Content,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Sequence => "sequence",
        }
    }
}

/// A stream with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedStream {
    name: StreamName,
    places: StreamPlaces,
}

/// What a stream is read on with.
#[derive(Debug)]
pub(crate) enum Resume {
    /// A stream without a name: all of it is new.
    Never,
    /// After what these prove, which is sent again.
    Proved(Proofs),
    /// After the line of this number.
    Sequence(u64),
}

impl NamedStream {
    /// A stream of this name.
    #[must_use]
    pub const fn new(name: StreamName, places: StreamPlaces) -> Self {
        Self { name, places }
    }

    /// What it is called.
    #[must_use]
    pub const fn name(&self) -> &StreamName {
        &self.name
    }

    /// Its identity in the log: nothing but its name makes it.
    fn source(&self, places: StreamPlaces) -> SourceId {
        let mut hash = Sha256::new();
        for part in ["bucketline stream", places.word(), &self.name.0] {
            hash.update(part);
            hash.update([0]);
        }
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash.finalize()) {
            *to = from;
        }
        SourceId::from_bytes(id)
    }

    /// Where it stands, by what the log knows.
    ///
    /// # Errors
    /// The log knows it with places of the other kind: what was sent then could not be told from what comes now.
    pub(crate) fn resume(&self, known: &[KnownSource]) -> Result<(SourceId, Mark, Resume), Error> {
        let find = |source| known.iter().find(|known| known.source == source);
        if find(self.source(self.places.other())).is_some() {
            let (problem, advice) = match self.places {
                StreamPlaces::Content => (
                    "its lines carried a `sequence` before",
                    "give `--sequenced` again, or another name",
                ),
                StreamPlaces::Sequence => (
                    "it was known by its content before",
                    "leave `--sequenced` out, or give another name",
                ),
            };
            let what = format!("the stream cannot be read on: {problem}");
            return Err(Error::input(
                Problem::new(what)
                    .at(format!("--source {}", self.name))
                    .advice(advice),
            ));
        }
        let source = self.source(self.places);
        let known = find(source);
        let mark = known.map_or_else(Mark::default, |known| Mark {
            offset: known.point.end,
            lines: known.point.line,
        });
        let resume = match self.places {
            StreamPlaces::Sequence => Resume::Sequence(mark.offset),
            StreamPlaces::Content => Resume::Proved(Proofs::new(
                known.map(|known| known.proofs.clone()).unwrap_or_default(),
            )),
        };
        Ok((source, mark, resume))
    }

    /// What a person should know before it is read.
    pub(crate) fn note(&self, mark: Mark) -> String {
        let name = &self.name;
        match (self.places, mark.offset) {
            (_, 0) => format!("the stream `{name}` is read for the first time"),
            (StreamPlaces::Content, _) => format!(
                "the stream `{name}` is read on after line {}: what stands before it is expected again, and passed over",
                mark.lines
            ),
            (StreamPlaces::Sequence, at) => {
                format!("the stream `{name}` is read on after sequence {at}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for name in ["a", "orders.eu-1_x", &"x".repeat(64)] {
            assert!(name.parse::<StreamName>().is_ok(), "{name}");
        }
        for name in ["", "a b", "a/b", "ä", "a\n", &"x".repeat(65)] {
            assert!(name.parse::<StreamName>().is_err(), "{name}");
        }
    }

    #[test]
    fn an_identity_is_of_the_name_and_the_kind_of_its_places() {
        let stream = |name: &str, places| {
            let stream = NamedStream::new(name.parse().unwrap(), places);
            stream.source(stream.places).to_string()
        };
        // Kept: a log of an earlier version knows it so.
        assert_eq!(
            stream("feed", StreamPlaces::Content),
            "35ef9c4f76332f7cd30edc4ab990db12"
        );
        assert_eq!(
            stream("feed", StreamPlaces::Sequence),
            "60f2a5e3b437fac7c7dba3a9f040ac78"
        );
    }
}
