//! Which batches are known: per source, the furthest offset and the set of keys. Knows nothing of what they held.

use std::collections::{HashMap, HashSet};

use bucketline_spool::{Sequence, SourceId};

use crate::batch::ResumePoint;

/// What is known of every source.
#[derive(Debug, Default)]
pub(crate) struct Sources(HashMap<SourceId, Known>);

#[derive(Debug, Default)]
struct Known {
    offset: Option<ResumePoint>,
    keys: HashSet<[u8; 16]>,
}

impl Sources {
    pub(crate) fn learn(&mut self, source: SourceId, sequence: Sequence) {
        let known = self.0.entry(source).or_default();
        match sequence {
            Sequence::Offset { end, line, .. } => {
                if known.offset.is_none_or(|point| point.end < end) {
                    known.offset = Some(ResumePoint { end, line });
                }
            }
            Sequence::Key(key) => {
                known.keys.insert(key);
            }
        }
    }

    /// Whether this batch was taken before.
    pub(crate) fn knows(&self, source: &SourceId, sequence: &Sequence) -> bool {
        self.0.get(source).is_some_and(|known| match sequence {
            Sequence::Offset { end, .. } => known.offset.is_some_and(|point| point.end >= *end),
            Sequence::Key(key) => known.keys.contains(key),
        })
    }

    pub(crate) fn resume_point(&self, source: &SourceId) -> Option<ResumePoint> {
        self.0.get(source).and_then(|known| known.offset)
    }
}
