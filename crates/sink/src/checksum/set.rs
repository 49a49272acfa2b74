//! The checksums that a store says of one object. It must not decide which of them are enough.

use std::collections::BTreeMap;
use std::fmt;

use crate::{Checksum, ChecksumAlgorithm};

/// What a store says of an object's checksums: at most one of each algorithm.
///
/// ```
/// use bucketline_sink::{ChecksumAlgorithm, Checksums, Payload};
///
/// let payload = Payload::from("abc");
/// let said = Checksums::from(payload.checksum());
/// assert_eq!(said.agrees_with(&payload.checksum()), Some(true));
/// assert_eq!(said.agrees_with(&Payload::from("abd").checksum()), Some(false));
/// // Of another algorithm nothing was said.
/// assert_eq!(said.agrees_with(&payload.checksum_by(ChecksumAlgorithm::Crc32c)), None);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Checksums(BTreeMap<ChecksumAlgorithm, Checksum>);

impl Checksums {
    /// None at all.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds one; another one of the same algorithm goes.
    pub fn insert(&mut self, checksum: Checksum) {
        self.0.insert(checksum.algorithm(), checksum);
    }

    /// The one of this algorithm.
    #[must_use]
    pub fn get(&self, algorithm: ChecksumAlgorithm) -> Option<Checksum> {
        self.0.get(&algorithm).copied()
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Checksum> {
        self.0.values()
    }

    /// Whether there is not one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is the object's checksum: yes, no, or nothing was said that could tell (no sum of this
    /// algorithm, or one over other parts).
    #[must_use]
    pub fn agrees_with(&self, checksum: &Checksum) -> Option<bool> {
        let said = self.get(checksum.algorithm())?;
        (said.scope() == checksum.scope()).then_some(said == *checksum)
    }
}

impl From<Checksum> for Checksums {
    fn from(checksum: Checksum) -> Self {
        Self(BTreeMap::from([(checksum.algorithm(), checksum)]))
    }
}

impl FromIterator<Checksum> for Checksums {
    fn from_iter<I: IntoIterator<Item = Checksum>>(checksums: I) -> Self {
        let mut all = Self::new();
        for checksum in checksums {
            all.insert(checksum);
        }
        all
    }
}

impl fmt::Debug for Checksums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.values()).finish()
    }
}
