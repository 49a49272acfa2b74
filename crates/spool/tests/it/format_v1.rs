//! The format that version 1 has written, for ever: a spool with one frame of every kind, as a fixture.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bucketline_spool::*;

use crate::records::one_of_each;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1")
}

/// Writes the records as the fixture has them: the first two as groups of their own, then a batch with its rejects,
/// and one append for the others.
fn write(disk: Arc<dyn Disk>, dir: &Path) {
    let (mut spool, _) = Spool::open(disk, dir, OpenOptions::write().reserve_bytes(0)).unwrap();
    let mut records = one_of_each().into_iter();
    for (time, count) in [(1_000, 1), (1_000, 1), (2_500, 2)] {
        let group: Group = records.by_ref().take(count).collect();
        spool.append(&[group], SpoolTime::from_millis(time)).unwrap();
    }
    let groups: Vec<Group> = records.map(Group::from).collect();
    spool.append(&groups, SpoolTime::from_millis(3_000)).unwrap();
}

const SEGMENT: &str = "shard-00/00000000000000000000.seg";

#[test]
fn a_spool_of_version_1_is_read() {
    let disk = Arc::new(OsDisk::new());
    let (mut spool, recovered) = Spool::open(disk, fixture(), OpenOptions::read_only()).unwrap();
    assert_eq!(recovered.gaps, []);
    assert_eq!(recovered.torn_tail_bytes, 0);
    assert_eq!(recovered.last_time, SpoolTime::from_millis(3_000));
    let mut found = Vec::new();
    spool
        .read(Lsn::ZERO, &mut |frame| {
            found.push(frame.record);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(found, one_of_each());
}

#[test]
fn every_kind_stands_in_the_fixture() {
    let bytes = std::fs::read(fixture().join(SEGMENT)).unwrap();
    let mut kinds: Vec<u8> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let length = u32::from_le_bytes(bytes[at + 24..at + 28].try_into().unwrap());
        kinds.push(bytes[at + 4]);
        at += 36 + length as usize;
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, (1..=15).chain([21, 22]).collect::<Vec<u8>>());
}

/// As long as version 1 is what is written. A later version keeps the fixture, drops this test and adds its own.
#[test]
fn the_same_bytes_are_written_again() {
    let disk = SimDisk::new(0);
    write(Arc::new(disk.clone()), Path::new("spool"));
    for file in ["FORMAT", SEGMENT] {
        let written = disk.content(&Path::new("spool").join(file)).unwrap();
        assert!(
            written == std::fs::read(fixture().join(file)).unwrap(),
            "{file} differs from the fixture"
        );
    }
}

#[test]
#[ignore = "writes the fixture anew: for a format that was never released"]
fn write_the_fixture() {
    let disk = SimDisk::new(0);
    write(Arc::new(disk.clone()), Path::new("spool"));
    std::fs::create_dir_all(fixture().join("shard-00")).unwrap();
    for file in ["FORMAT", SEGMENT] {
        std::fs::write(
            fixture().join(file),
            disk.content(&Path::new("spool").join(file)).unwrap(),
        )
        .unwrap();
    }
}
