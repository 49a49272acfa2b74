//! `Assembler`: whole frames in, whole groups and the stretches between them out.
//! It must not read anything itself.

use std::collections::BTreeSet;

use super::Findings;
use crate::frame::{BEGINS_APPEND, BEGINS_GROUP, ENDS_GROUP, Header};
use crate::record::PartitionPoint;
use crate::spool::Stretch;
use crate::spool::segment::Segment;
use crate::{Gap, Lsn, Record, SpoolTime};

/// The state of a pass over the log.
#[derive(Debug)]
pub(super) struct Assembler {
    /// Up to here the log is whole groups and stretches that are in `broken`.
    used_to: Lsn,
    /// The group that is being read.
    group: Option<OpenGroup>,
    broken: Vec<Gap>,
    /// What the log's own `Gap`s tell, and where they stand.
    told: Vec<(Lsn, Stretch)>,
    /// Kinds seen since `used_to`, outside of `group`.
    loose_kinds: BTreeSet<u8>,
    /// The place in the numbering that whole groups have reached.
    point: Option<PartitionPoint>,
    /// Where the newest append begins, and the groups in it; of the newest segment alone.
    newest_append: Lsn,
    group_starts: Vec<Lsn>,
    last_time: SpoolTime,
}

#[derive(Debug)]
struct OpenGroup {
    first: Lsn,
    kinds: BTreeSet<u8>,
    told: Vec<(Lsn, Stretch)>,
    /// The first place in the numbering that the group names, and the one after its last event.
    points: Option<(PartitionPoint, PartitionPoint)>,
    time: SpoolTime,
}

impl Assembler {
    pub(super) const fn new(first: Lsn) -> Self {
        Self {
            used_to: first,
            group: None,
            broken: Vec::new(),
            told: Vec::new(),
            loose_kinds: BTreeSet::new(),
            point: None,
            newest_append: first,
            group_starts: Vec::new(),
            last_time: SpoolTime::ZERO,
        }
    }

    /// A segment begins here. An append lies in one segment, so the one before was fsynced as a whole.
    pub(super) fn begin_segment(&mut self, first: Lsn) {
        self.abandon_group();
        self.newest_append = first;
        self.group_starts.clear();
    }

    /// A whole frame; its record where this version knows it.
    pub(super) fn frame(&mut self, header: &Header, record: Option<&Record>) {
        if header.has(BEGINS_APPEND) {
            self.newest_append = header.lsn;
            self.group_starts.clear();
        }
        if header.has(BEGINS_GROUP) {
            self.abandon_group();
            self.group_starts.push(header.lsn);
            self.group = Some(OpenGroup::new(header.lsn));
        }
        let Some(group) = &mut self.group else {
            // The rest of a group whose beginning is not there.
            self.loose_kinds.insert(header.kind);
            return;
        };
        group.add(header, record);
        if header.has(ENDS_GROUP) {
            self.end_group(header.end());
        }
    }

    /// Something that is not a whole frame; its kind, where that much is known.
    pub(super) fn hole(&mut self, kind: Option<u8>) {
        self.abandon_group();
        self.loose_kinds.extend(kind);
    }

    /// All has been read; `newest` is the last segment.
    pub(super) fn finish(mut self, newest: Segment) -> Findings {
        self.abandon_group();
        if self.used_to < newest.end {
            self.break_up_to(newest.end);
        }
        let fence = self.newest_append;
        let mut next = newest.end;
        let mut gaps = Vec::new();
        for mut gap in self.broken {
            if gap.end <= fence {
                gaps.push(gap);
                continue;
            }
            next = gap.first.max(fence);
            if gap.first < fence {
                gap.end = fence;
                gaps.push(gap);
            }
            break;
        }
        let unreadable = gaps.iter().map(Stretch::from).collect();
        // A `Gap` in what is cut off tells nothing. A gap that was trimmed in part is still told by the whole.
        let told = |gap: &Gap| {
            let covers = |stretch: &Stretch| stretch.first <= gap.first && gap.end <= stretch.end;
            self.told
                .iter()
                .any(|(at, stretch)| *at < next && covers(stretch))
        };
        gaps.retain(|gap| !told(gap));
        Findings {
            unreadable,
            gaps,
            next,
            newest_append: fence,
            torn_bytes: newest.end.get().saturating_sub(next.get()),
            torn_groups: self.group_starts.iter().filter(|start| **start >= next).count() as u64,
            last_time: self.last_time,
        }
    }

    fn abandon_group(&mut self) {
        if let Some(group) = self.group.take() {
            self.loose_kinds.extend(group.kinds);
        }
    }

    fn end_group(&mut self, end: Lsn) {
        let Some(group) = self.group.take() else {
            return;
        };
        if self.used_to < group.first {
            self.break_up_to(group.first);
        }
        if let Some((first, after)) = group.points {
            for gap in self.broken.iter_mut().rev().take_while(|gap| gap.after.is_none()) {
                gap.after = Some(first);
            }
            self.point = Some(after);
        }
        self.told.extend(group.told);
        self.last_time = self.last_time.max(group.time);
        self.loose_kinds.clear();
        self.used_to = end;
    }

    fn break_up_to(&mut self, end: Lsn) {
        self.broken.push(Gap {
            first: self.used_to,
            end,
            before: self.point,
            after: None,
            kinds: std::mem::take(&mut self.loose_kinds).into_iter().collect(),
            kept: String::new(),
        });
        self.used_to = end;
    }
}

impl OpenGroup {
    const fn new(first: Lsn) -> Self {
        Self {
            first,
            kinds: BTreeSet::new(),
            told: Vec::new(),
            points: None,
            time: SpoolTime::ZERO,
        }
    }

    fn add(&mut self, header: &Header, record: Option<&Record>) {
        self.kinds.insert(header.kind);
        self.time = self.time.max(header.time);
        match record {
            Some(Record::Opened(opened)) => {
                let point = PartitionPoint {
                    partition: opened.partition,
                    position: 0,
                };
                self.pass(point, point);
            }
            Some(Record::Events(events)) => {
                let partition = events.partition;
                self.pass(
                    PartitionPoint {
                        partition,
                        position: events.first,
                    },
                    PartitionPoint {
                        partition,
                        position: events.end(),
                    },
                );
            }
            Some(Record::Gap(gap)) => {
                self.told.push((header.lsn, Stretch::from(gap)));
            }
            _ => {}
        }
    }

    fn pass(&mut self, first: PartitionPoint, after: PartitionPoint) {
        self.points = Some((self.points.map_or(first, |(earlier, _)| earlier), after));
    }
}
