//! The metadata file beside an object. It must not touch the disk.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{Checksum, ChecksumAlgorithm, ETag};

/// What is known of the contents that an object has or had last.
///
/// It is written before the object, so for a moment, or for good after a crash, it tells of bytes that are
/// not there yet; it then also tells of those that still are. Which one holds is decided by size and checksum
/// of the object itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sidecar {
    version: u32,
    contents: Vec<Content>,
}

/// One content of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    pub(super) size: u64,
    sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) content_type: Option<String>,
    #[serde(default)]
    pub(super) metadata: BTreeMap<String, String>,
}

impl Sidecar {
    const VERSION: u32 = 1;

    /// `next` is about to be written; `now`, if anything, is there.
    pub(super) fn before_write(next: Content, now: Option<Content>) -> Self {
        Self {
            version: Self::VERSION,
            contents: std::iter::once(next).chain(now).collect(),
        }
    }

    /// Reads one; `None` if it is damaged or newer, in which case the object stands without metadata.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes)
            .ok()
            .filter(|sidecar: &Self| sidecar.version == Self::VERSION)
    }

    pub(super) fn to_bytes(&self) -> Result<Bytes, serde_json::Error> {
        serde_json::to_vec_pretty(self).map(Bytes::from)
    }

    /// The content of an object of this size, if size alone tells.
    pub(super) fn by_size(&self, size: u64) -> Fit<'_> {
        let mut fitting = self.contents.iter().filter(|content| content.size == size);
        match (fitting.next(), fitting.next()) {
            (None, _) => Fit::None,
            (Some(only), None) => Fit::One(only),
            (Some(_), Some(_)) => Fit::Several,
        }
    }

    /// The content of an object with this checksum; the newest, if an older one had the same bytes.
    pub(super) fn by_checksum(&self, checksum: Checksum) -> Option<&Content> {
        self.contents
            .iter()
            .find(|content| content.checksum() == Some(checksum))
    }
}

/// Which contents have a certain size.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fit<'a> {
    None,
    One(&'a Content),
    Several,
}

impl Content {
    pub(super) fn new(
        size: u64,
        checksum: Checksum,
        content_type: Option<String>,
        metadata: BTreeMap<String, String>,
    ) -> Self {
        Self {
            size,
            sha256: checksum.base64(),
            content_type,
            metadata,
        }
    }

    pub(super) fn checksum(&self) -> Option<Checksum> {
        Checksum::parse(ChecksumAlgorithm::Sha256, &self.sha256)
    }
}

/// Equal content, equal tag.
pub(super) fn etag(checksum: Checksum) -> ETag {
    let hex = checksum.hex();
    ETag::new(format!("\"{}\"", hex.get(..32).unwrap_or(&hex)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &'static str, mark: &str) -> Content {
        let sum = Checksum::sha256_of(&[Bytes::from_static(text.as_bytes())]);
        Content::new(
            text.len() as u64,
            sum,
            None,
            BTreeMap::from([("mark".to_owned(), mark.to_owned())]),
        )
    }

    #[test]
    fn the_object_decides_which_content_holds() {
        let sidecar = Sidecar::before_write(content("new", "2"), Some(content("older", "1")));
        assert_eq!(sidecar.by_size(3), Fit::One(&content("new", "2")));
        assert_eq!(sidecar.by_size(5), Fit::One(&content("older", "1")));
        assert_eq!(sidecar.by_size(4), Fit::None);
        let tied = Sidecar::before_write(content("new", "2"), Some(content("old", "1")));
        assert_eq!(tied.by_size(3), Fit::Several);
        let old = Checksum::sha256_of(&[Bytes::from_static(b"old")]);
        assert_eq!(tied.by_checksum(old), Some(&content("old", "1")));
    }

    #[test]
    fn it_reads_what_it_writes_and_nothing_newer() {
        let sidecar = Sidecar::before_write(content("new", "2"), None);
        assert_eq!(Sidecar::parse(&sidecar.to_bytes().unwrap()), Some(sidecar));
        assert_eq!(Sidecar::parse(br#"{"version":2,"contents":[]}"#), None);
        assert_eq!(Sidecar::parse(b"{"), None);
    }
}
