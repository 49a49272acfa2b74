//! What an object says of itself, in its metadata: written with it, read back to tell ours from foreign. ASCII of fixed
//! size. Knows nothing of what follows from it.

use std::collections::BTreeMap;

use bucketline_spool::Position;

use crate::digest::{from_hex, hex};

const VERSION: &str = "1";

/// The identity of an object's content: which lane, which range, how many events, and their digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contents {
    /// The tag of the lane.
    pub(crate) lane: [u8; 16],
    /// The first position of its range: the lane's frontier when it was sealed.
    pub(crate) first: Position,
    /// The position of its last event.
    pub(crate) last: Position,
    /// How many events.
    pub(crate) count: u64,
    /// The digest of the events.
    pub(crate) digest: [u8; 32],
}

impl Contents {
    /// As metadata.
    pub(crate) fn to_metadata(self) -> BTreeMap<String, String> {
        BTreeMap::from([
            ("bl-version".to_owned(), VERSION.to_owned()),
            ("bl-lane".to_owned(), hex(&self.lane)),
            ("bl-first".to_owned(), number(self.first)),
            ("bl-last".to_owned(), number(self.last)),
            ("bl-count".to_owned(), number(self.count)),
            ("bl-digest".to_owned(), hex(&self.digest)),
        ])
    }

    /// From an object's metadata; nothing if any part is missing or not as this version writes it: then the object is
    /// not ours, or of a version that we do not know.
    pub(crate) fn from_metadata(metadata: &BTreeMap<String, String>) -> Option<Self> {
        let value = |name: &str| metadata.get(name).map(String::as_str);
        if value("bl-version") != Some(VERSION) {
            return None;
        }
        Some(Self {
            lane: from_hex(value("bl-lane")?)?,
            first: parse_number(value("bl-first")?)?,
            last: parse_number(value("bl-last")?)?,
            count: parse_number(value("bl-count")?)?,
            digest: from_hex(value("bl-digest")?)?,
        })
    }
}

/// 20 digits: as many as the largest 64-bit number has.
fn number(value: u64) -> String {
    format!("{value:020}")
}

fn parse_number(text: &str) -> Option<u64> {
    let plain = text.len() == 20 && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTENTS: Contents = Contents {
        lane: [0xab; 16],
        first: 0,
        last: u64::MAX,
        count: 3,
        digest: [1; 32],
    };

    #[test]
    fn it_comes_back_and_has_a_fixed_size() {
        let metadata = CONTENTS.to_metadata();
        assert_eq!(Contents::from_metadata(&metadata), Some(CONTENTS));
        assert_eq!(metadata["bl-first"], "00000000000000000000");
        assert_eq!(
            metadata.values().map(String::len).sum::<usize>(),
            1 + 32 + 3 * 20 + 64
        );
    }

    #[test]
    fn anything_missing_or_odd_is_foreign() {
        for name in [
            "bl-version",
            "bl-lane",
            "bl-first",
            "bl-last",
            "bl-count",
            "bl-digest",
        ] {
            let mut metadata = CONTENTS.to_metadata();
            metadata.insert(name.to_owned(), "7".to_owned());
            assert_eq!(Contents::from_metadata(&metadata), None, "{name}");
            metadata.remove(name);
            assert_eq!(Contents::from_metadata(&metadata), None, "{name}");
        }
    }
}
