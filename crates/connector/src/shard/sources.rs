//! Which batches are known: per source, up to where it was taken, or the keys that were taken of late. Knows nothing of what they held.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use bucketline_spool::{ContentProof, Known, Sequence, SourceId, SpoolTime};

use crate::batch::{KnownSource, ResumePoint};

/// For how long the key of a batch is remembered, in the time of the log: one that comes again later is taken for a new one.
pub(crate) const KEYS_REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);

/// What is known of every source.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    offsets: HashMap<SourceId, ResumePoint>,
    proofs: HashMap<SourceId, Vec<ContentProof>>,
    keys: HashSet<(SourceId, [u8; 16])>,
    /// The same keys, the oldest in front.
    by_age: VecDeque<(SpoolTime, SourceId, [u8; 16])>,
}

impl Sources {
    /// A batch is taken, at a time.
    pub(crate) fn learn(&mut self, time: SpoolTime, source: SourceId, sequence: Sequence) {
        match sequence {
            Sequence::Offset { end, line, .. } => {
                let point = self.offsets.entry(source).or_insert(ResumePoint { end, line });
                if point.end < end {
                    *point = ResumePoint { end, line };
                }
            }
            Sequence::Key(key) => {
                if self.keys.insert((source, key)) {
                    self.by_age.push_back((time, source, key));
                }
            }
        }
        while let Some((oldest, source, key)) = self.by_age.front().copied() {
            if time.since(oldest) < KEYS_REMEMBERED {
                break;
            }
            self.by_age.pop_front();
            self.keys.remove(&(source, key));
        }
    }

    /// All that is known, as a carry tells it.
    pub(crate) fn to_carry(&self) -> Vec<Known> {
        let known = |source, sequence, time| Known {
            source,
            sequence,
            proofs: match sequence {
                Sequence::Offset { .. } => self.proofs.get(&source).cloned().unwrap_or_default(),
                Sequence::Key(_) => Vec::new(),
            },
            time,
        };
        let mut offsets: Vec<Known> = self
            .offsets
            .iter()
            .map(|(source, ResumePoint { end, line })| {
                let (start, end, line) = (*end, *end, *line);
                known(*source, Sequence::Offset { start, end, line }, SpoolTime::ZERO)
            })
            .collect();
        offsets.sort_unstable_by_key(|known| known.source);
        let keys = self.by_age.iter();
        offsets.extend(keys.map(|(time, source, key)| known(*source, Sequence::Key(*key), *time)));
        offsets
    }

    /// Whether this batch was taken before.
    pub(crate) fn knows(&self, source: &SourceId, sequence: &Sequence) -> bool {
        match sequence {
            Sequence::Offset { end, .. } => self.place_of(source) >= *end,
            Sequence::Key(key) => self.keys.contains(&(*source, *key)),
        }
    }

    /// Where a source stands: how many of its bytes were taken.
    pub(crate) fn place_of(&self, source: &SourceId) -> u64 {
        self.resume_point(source).map_or(0, |point| point.end)
    }

    /// A batch of a source has proved what was consumed of it.
    pub(crate) fn prove(&mut self, source: SourceId, proof: ContentProof) {
        let proofs = self.proofs.entry(source).or_default();
        // It goes on from the last one, or reaches further from the same place.
        proofs.retain(|before| before.from < proof.from);
        proofs.push(proof);
    }

    /// Every source that is read in order.
    pub(crate) fn known(&self) -> impl Iterator<Item = KnownSource> {
        self.offsets.iter().map(|(source, point)| KnownSource {
            source: *source,
            point: *point,
            proofs: self.proofs.get(source).cloned().unwrap_or_default(),
        })
    }

    pub(crate) fn resume_point(&self, source: &SourceId) -> Option<ResumePoint> {
        self.offsets.get(source).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: SourceId = SourceId::from_bytes([1; 16]);

    #[test]
    fn a_place_is_the_furthest_that_was_taken() {
        let mut sources = Sources::default();
        let offset = |start, end| Sequence::Offset {
            start,
            end,
            line: end,
        };
        sources.learn(SpoolTime::ZERO, SOURCE, offset(0, 10));
        sources.learn(SpoolTime::ZERO, SOURCE, offset(0, 5));
        assert_eq!(sources.place_of(&SOURCE), 10);
        assert!(sources.knows(&SOURCE, &offset(3, 10)) && !sources.knows(&SOURCE, &offset(10, 11)));
        assert_eq!(sources.place_of(&SourceId::from_bytes([2; 16])), 0);
    }

    #[test]
    fn proofs_reach_further_or_go_on() {
        let mut sources = Sources::default();
        sources.learn(
            SpoolTime::ZERO,
            SOURCE,
            Sequence::Offset {
                start: 0,
                end: 9,
                line: 3,
            },
        );
        let proof = |from, to| ContentProof {
            from,
            to,
            sha256: [to as u8; 32],
        };
        for (from, to) in [(0, 3), (0, 5), (5, 6), (5, 9)] {
            sources.prove(SOURCE, proof(from, to));
        }
        let known: Vec<KnownSource> = sources.known().collect();
        assert_eq!(known.len(), 1);
        assert_eq!(known[0].point, ResumePoint { end: 9, line: 3 });
        assert_eq!(known[0].proofs, [proof(0, 5), proof(5, 9)]);
    }

    #[test]
    fn a_key_is_forgotten_after_a_day_of_the_log() {
        let mut sources = Sources::default();
        let day = KEYS_REMEMBERED;
        for (time, key) in [(0, 1), (1, 2)] {
            sources.learn(SpoolTime::from_millis(time), SOURCE, Sequence::Key([key; 16]));
        }
        sources.learn(SpoolTime::ZERO.plus(day), SOURCE, Sequence::Key([3; 16]));
        let knows = |key| sources.knows(&SOURCE, &Sequence::Key([key; 16]));
        assert_eq!([1, 2, 3].map(knows), [false, true, true]);
        assert_eq!((sources.keys.len(), sources.by_age.len()), (2, 2));
    }
}
