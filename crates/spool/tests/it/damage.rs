//! Damage, and torn tails, made by hand: what recovery keeps, what it tells, and what it must not mistake.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bucketline_spool::*;
use proptest::prelude::*;

use crate::records::{batch, partition, rejects};

const DIR: &str = "spool";

fn open(disk: &SimDisk) -> (Spool, Recovered) {
    let options = OpenOptions::write().segment_bytes(1500).reserve_bytes(0);
    Spool::open(Arc::new(disk.clone()), DIR, options).unwrap()
}

fn frames(spool: &mut Spool) -> Vec<Frame> {
    let mut frames = Vec::new();
    spool
        .read(Lsn::ZERO, &mut |frame| {
            frames.push(frame);
            ControlFlow::Continue(())
        })
        .unwrap();
    frames
}

fn segment(first: u64) -> PathBuf {
    Path::new(DIR).join(format!("shard-00/{first:020}.seg"))
}

fn retired(number: u64) -> Group {
    Retired {
        connector: format!("{number:024}"),
    }
    .into()
}

/// Fills a stretch of the first segment with other bytes.
fn blot(disk: &SimDisk, from: Lsn, to: Lsn) {
    let range = usize::try_from(from.get()).unwrap()..usize::try_from(to.get()).unwrap();
    disk.damage(&segment(0), |bytes| bytes[range].fill(0xEE));
}

/// A spool with `Opened` and three batches with their rejects, each an append of its own; where each group stands.
fn written(disk: &SimDisk) -> Vec<Appended> {
    let (mut spool, _) = open(disk);
    let mut places = spool
        .append(
            &[Opened {
                partition: partition(1_234_567),
            }
            .into()],
            SpoolTime::ZERO,
        )
        .unwrap();
    for turn in 0..3 {
        let group = Group::new(vec![batch(turn * 2, 2, 10, turn).into(), rejects(turn).into()]);
        places.extend(spool.append(&[group], SpoolTime::from_millis(turn)).unwrap());
    }
    places
}

#[test]
fn damage_becomes_a_gap_that_says_which_events_are_missing() {
    let disk = SimDisk::new(0);
    let places = written(&disk);
    let before = frames(&mut open(&disk).0);
    blot(&disk, places[2].first.plus(50), places[2].first.plus(51));

    let (mut spool, recovered) = open(&disk);
    let point = |position| {
        Some(PartitionPoint {
            partition: partition(1_234_567),
            position,
        })
    };
    let gap = Gap {
        first: places[2].first,
        end: places[3].first,
        before: point(2),
        after: point(4),
        kinds: vec![3, 4],
        kept: format!("{:020}-{:020}.gap", places[2].first.get(), places[3].first.get()),
    };
    assert_eq!(recovered.gaps, std::slice::from_ref(&gap));
    let mut left = before;
    left.drain(3..5);
    assert_eq!(frames(&mut spool), left);
    let lost = spool.read_at(places[2].last).unwrap_err();
    assert_eq!(
        lost.kind(),
        ErrorKind::NotFound,
        "the rest of a broken group is not used"
    );

    let kept = disk
        .content(&Path::new(DIR).join("shard-00/quarantine").join(&gap.kept))
        .unwrap();
    let log = disk.content(&segment(0)).unwrap();
    let range = usize::try_from(gap.first.get()).unwrap()..usize::try_from(gap.end.get()).unwrap();
    assert_eq!(kept, log[range]);

    // Once the log tells it, it is no news; and it is still not read.
    spool.append(&[gap.clone().into()], SpoolTime::ZERO).unwrap();
    drop(spool);
    let (mut spool, recovered) = open(&disk);
    assert_eq!(recovered.gaps, []);
    let last = frames(&mut spool).pop().unwrap();
    assert_eq!(last.record, gap.into());
}

#[test]
fn damage_that_is_not_told_is_found_again() {
    let disk = SimDisk::new(0);
    let places = written(&disk);
    blot(&disk, places[1].first, places[1].first.plus(1));
    let first = open(&disk).1;
    assert_eq!(first.gaps.len(), 1);
    assert_eq!(open(&disk).1, first);
}

#[test]
fn any_byte_may_decay_and_everything_else_is_kept() {
    let disk = SimDisk::new(0);
    let places = written(&disk);
    let all = frames(&mut open(&disk).0);
    let newest = places[3].first;
    let size = disk.content(&segment(0)).unwrap().len();
    for at in 0..size {
        let disk = disk.fork(1);
        disk.damage(&segment(0), |bytes| bytes[at] ^= 0x55);
        let lsn = Lsn::new(at as u64);
        let hit = places.iter().rposition(|place| place.first <= lsn).unwrap();
        let (mut spool, recovered) = open(&disk);
        let kept = |frame: &&Frame| {
            let group = places.iter().rposition(|place| place.first <= frame.lsn).unwrap();
            group != hit
        };
        let left: Vec<Frame> = all.iter().filter(kept).cloned().collect();
        assert_eq!(frames(&mut spool), left, "byte {at}");
        if lsn < newest {
            assert_eq!(recovered.gaps.len(), 1, "byte {at}");
            assert_eq!(recovered.torn_tail_bytes, 0, "byte {at}");
        } else {
            assert_eq!(recovered.gaps, [], "byte {at}");
            assert_eq!(recovered.torn_tail_bytes, size as u64 - newest.get(), "byte {at}");
        }
    }
}

#[test]
fn nothing_behind_a_hole_in_the_newest_append_is_used() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    spool.append(&[retired(0)], SpoolTime::ZERO).unwrap();
    let places = spool
        .append(&[retired(1), retired(2), retired(3)], SpoolTime::ZERO)
        .unwrap();
    drop(spool);
    blot(&disk, places[1].first, places[2].first);
    let (mut spool, recovered) = open(&disk);
    assert_eq!(recovered.gaps, []);
    assert_eq!(
        recovered.dropped_groups, 1,
        "the third begins where it can be seen"
    );
    let left: Vec<Record> = frames(&mut spool).into_iter().map(|frame| frame.record).collect();
    let expected: Vec<Record> = [retired(0), retired(1)]
        .iter()
        .flat_map(Group::records)
        .cloned()
        .collect();
    assert_eq!(left, expected);
    assert_eq!(spool.usage().next_lsn, places[1].first);
}

#[test]
fn a_torn_tail_is_cut_off_and_a_copy_kept() {
    let disk = SimDisk::new(0);
    let places = written(&disk);
    disk.damage(&segment(0), |bytes| bytes.truncate(bytes.len() - 1));
    let whole = disk.content(&segment(0)).unwrap();
    let (_, recovered) = open(&disk);
    let (first, end) = (places[3].first.get(), whole.len() as u64);
    assert_eq!(
        (recovered.torn_tail_bytes, recovered.dropped_groups),
        (end - first, 1)
    );
    assert_eq!(recovered.gaps, []);
    let start = usize::try_from(first).unwrap();
    assert_eq!(disk.content(&segment(0)).unwrap(), whole[..start]);
    let kept = Path::new(DIR).join(format!("shard-00/quarantine/{first:020}-{end:020}.tail"));
    assert_eq!(disk.content(&kept).unwrap(), whole[start..]);
}

#[test]
fn the_next_frame_is_found_however_far_behind_it_stands() {
    let large = |disk: &SimDisk, size: usize| {
        // In one segment, as segments of the usual size have it.
        let options = OpenOptions::write().reserve_bytes(0);
        let (mut spool, _) = Spool::open(Arc::new(disk.clone()), DIR, options).unwrap();
        spool
            .append(&[batch(0, 1, size, 0).into()], SpoolTime::ZERO)
            .unwrap();
        spool.append(&[retired(1)], SpoolTime::ZERO).unwrap()[0].first
    };
    let overhead = usize::try_from(large(&SimDisk::new(0), 0).get()).unwrap();
    // Around the end of the 256 KiB that are read at a time.
    for end in 262_144 - 5..262_144 + 2 {
        let disk = SimDisk::new(0);
        let second = large(&disk, end - overhead);
        assert_eq!(second, Lsn::new(end as u64));
        blot(&disk, Lsn::new(0), Lsn::new(1));
        let (mut spool, recovered) = open(&disk);
        assert_eq!(recovered.gaps.len(), 1, "{end}");
        assert_eq!(recovered.gaps[0].end, second);
        assert_eq!(frames(&mut spool).len(), 1, "{end}");
    }
}

#[test]
fn a_torn_tail_does_not_come_back_behind_an_append_of_the_same_length() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    let places = spool.append(&[retired(1), retired(2)], SpoolTime::ZERO).unwrap();
    drop(spool);
    blot(&disk, places[0].first, places[1].first);
    let (mut spool, _) = open(&disk);
    spool.append(&[retired(3)], SpoolTime::ZERO).unwrap();
    drop(spool);
    let records: Vec<Record> = frames(&mut open(&disk).0)
        .into_iter()
        .map(|frame| frame.record)
        .collect();
    assert_eq!(records, retired(3).records());
}

#[test]
fn damage_right_before_a_torn_tail_is_told_from_it() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    let old = spool.append(&[retired(1), retired(2)], SpoolTime::ZERO).unwrap();
    let group = Group::new(vec![batch(0, 1, 10, 1).into(), rejects(1).into()]);
    let torn = spool.append(&[group], SpoolTime::ZERO).unwrap();
    drop(spool);
    blot(&disk, old[1].first, old[1].first.plus(4));
    disk.damage(&segment(0), |bytes| {
        bytes.truncate(usize::try_from(torn[0].last.get()).unwrap() + 7)
    });
    let (spool, recovered) = open(&disk);
    assert_eq!(
        recovered
            .gaps
            .iter()
            .map(|gap| (gap.first, gap.end))
            .collect::<Vec<_>>(),
        [(old[1].first, torn[0].first)]
    );
    assert_eq!(recovered.dropped_groups, 1);
    assert_eq!(spool.usage().next_lsn, torn[0].first);
}

#[test]
fn a_missing_or_cut_segment_is_a_gap() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    for number in 0..60 {
        spool.append(&[retired(number)], SpoolTime::ZERO).unwrap();
    }
    let all = frames(&mut spool);
    let usage = spool.usage();
    drop(spool);
    assert!(usage.segments >= 3);
    let length = all[1].lsn.get();
    let per_segment = 1500 / length;
    let (second, third) = (per_segment * length, 2 * per_segment * length);

    let cut = disk.fork(0);
    cut.damage(&segment(second), |bytes| bytes.truncate(bytes.len() - 10));
    let (mut spool, recovered) = open(&cut);
    assert_eq!(recovered.gaps.len(), 1);
    assert_eq!(
        (recovered.gaps[0].first, recovered.gaps[0].end),
        (Lsn::new(third - length), Lsn::new(third))
    );
    assert_eq!(frames(&mut spool).len(), 59);

    disk.remove(&segment(second)).unwrap();
    let (mut spool, recovered) = open(&disk);
    assert_eq!(
        (recovered.gaps[0].first, recovered.gaps[0].end),
        (Lsn::new(second), Lsn::new(third))
    );
    assert_eq!(recovered.gaps[0].kept, "", "there is nothing to keep");
    let left = frames(&mut spool);
    assert_eq!(left.len() as u64, 60 - per_segment);
    assert_eq!(left.last(), all.last());
    spool.trim(Lsn::new(third)).unwrap();
    assert_eq!(frames(&mut spool).first().unwrap().lsn, Lsn::new(third));
}

/// Rewrites the frame at `at` with valid checksums after `change` has had its body.
fn forge(bytes: &mut [u8], at: usize, change: impl FnOnce(&mut [u8], &mut [u8])) {
    let length = u32::from_le_bytes(bytes[at + 24..at + 28].try_into().unwrap()) as usize;
    let (header, body) = bytes[at..at + 36 + length].split_at_mut(36);
    change(header, body);
    let crc = crc32c::crc32c(body);
    header[28..32].copy_from_slice(&crc.to_le_bytes());
    let crc = crc32c::crc32c(&header[..32]);
    header[32..36].copy_from_slice(&crc.to_le_bytes());
}

#[test]
fn a_whole_body_that_says_nonsense_is_of_another_version_and_no_damage() {
    let disk = SimDisk::new(0);
    let places = written(&disk);
    let at = usize::try_from(places[1].first.get()).unwrap();
    // The number of a partition with all bits set.
    disk.damage(&segment(0), |bytes| {
        forge(bytes, at, |_, body| body[..4].fill(0xFF))
    });
    let before = disk.content(&segment(0)).unwrap();
    let error = Spool::open(Arc::new(disk.clone()), "spool", OpenOptions::write()).unwrap_err();
    assert_eq!(
        (error.kind(), error.lsn()),
        (ErrorKind::Undecodable, Some(places[1].first)),
        "{error}"
    );
    assert_eq!(disk.content(&segment(0)).unwrap(), before);
}

#[test]
fn a_stored_event_that_looks_like_a_frame_is_not_taken_for_one() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    // A whole frame that would stand right where the event's bytes will.
    let decoy = {
        let disk = SimDisk::new(0);
        let (mut spool, _) = open(&disk);
        spool.append(&[retired(666)], SpoolTime::ZERO).unwrap();
        disk.content(&segment(0)).unwrap()
    };
    let mut events = batch(0, 1, decoy.len(), 0);
    let probe = SimDisk::new(0);
    open(&probe)
        .0
        .append(&[events.clone().into()], SpoolTime::ZERO)
        .unwrap();
    let place = probe.content(&segment(0)).unwrap().len() - decoy.len();
    let mut decoy = decoy;
    forge(&mut decoy, 0, |header, _| {
        header[8..16].copy_from_slice(&(place as u64).to_le_bytes())
    });
    events.events[0].body.bytes = decoy.into();
    spool.append(&[events.into()], SpoolTime::ZERO).unwrap();
    spool.append(&[retired(1)], SpoolTime::ZERO).unwrap();
    drop(spool);
    disk.damage(&segment(0), |bytes| bytes[40] ^= 1);
    let (mut spool, recovered) = open(&disk);
    assert_eq!(recovered.gaps.len(), 1);
    let records: Vec<Record> = frames(&mut spool).into_iter().map(|frame| frame.record).collect();
    assert_eq!(records, retired(1).records());
}

#[test]
fn a_newer_versions_frames_are_skipped_where_they_may_be_and_refused_where_not() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    let places = spool.append(&[retired(1), retired(2)], SpoolTime::ZERO).unwrap();
    drop(spool);
    let at = usize::try_from(places[0].first.get()).unwrap();
    for (field, value) in [(4, 200), (5, 2), (6, 64 | 8 | 4 | 16), (6, 2 | 8 | 4 | 16)] {
        let refused = disk.fork(0);
        refused.damage(&segment(0), |bytes| {
            forge(bytes, at, |header, _| header[field] = value)
        });
        let options = OpenOptions::write();
        let error = Spool::open(Arc::new(refused.clone()), DIR, options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NewerVersion, "{error}");
        assert_eq!(error.lsn(), Some(places[0].first));

        refused.damage(&segment(0), |bytes| forge(bytes, at, |header, _| header[6] |= 1));
        let (mut spool, recovered) = open(&refused);
        assert_eq!(recovered.gaps, []);
        let left = frames(&mut spool);
        assert_eq!(left.len(), 1);
        assert_eq!(left[0].lsn, places[1].first);
        assert_eq!(
            spool.read_at(places[0].first).unwrap_err().kind(),
            ErrorKind::NewerVersion
        );
    }
}

#[test]
fn fields_that_a_newer_version_added_to_the_end_are_left_alone() {
    let disk = SimDisk::new(0);
    let (mut spool, _) = open(&disk);
    spool.append(&[retired(1)], SpoolTime::ZERO).unwrap();
    drop(spool);
    disk.damage(&segment(0), |bytes| {
        bytes.extend_from_slice(b"more");
        let length = u32::try_from(bytes.len() - 36).unwrap();
        bytes[24..28].copy_from_slice(&length.to_le_bytes());
        forge(bytes, 0, |_, _| {});
    });
    let records: Vec<Record> = frames(&mut open(&disk).0)
        .into_iter()
        .map(|frame| frame.record)
        .collect();
    assert_eq!(records, retired(1).records());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is done to a segment: the spool opens, takes appends, and tells nothing but what was once appended.
    #[test]
    fn a_mangled_log_opens_and_tells_no_lies(
        seed: u64,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, any::<u8>(), 1_usize..80), 1..6),
    ) {
        let disk = SimDisk::new(seed);
        written(&disk);
        let all = frames(&mut open(&disk).0);
        disk.damage(&segment(0), |bytes| {
            for (at, change, byte, length) in changes {
                let at = at.index(bytes.len() + 1).min(bytes.len());
                let end = (at + length).min(bytes.len());
                match change {
                    0 => bytes[at..end].fill(byte),
                    1 => bytes.truncate(at),
                    2 => drop(bytes.splice(at..at, vec![byte; length])),
                    _ => drop(bytes.drain(at..end)),
                }
            }
        });
        let (mut spool, recovered) = open(&disk);
        let left = frames(&mut spool);
        prop_assert!(left.iter().all(|frame| all.contains(frame)));
        let places = spool.append(&[retired(1)], SpoolTime::from_millis(9)).unwrap();
        drop(spool);
        let (mut spool, again) = open(&disk);
        prop_assert_eq!(again.gaps.len(), recovered.gaps.len());
        let mut expected = left;
        expected.push(Frame::new(places[0].first, SpoolTime::from_millis(9), retired(1).into_records().remove(0)));
        prop_assert_eq!(frames(&mut spool), expected);
    }
}
