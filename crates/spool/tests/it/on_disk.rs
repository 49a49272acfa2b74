//! The spool on the operating system's own disk.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use bucketline_spool::*;

use crate::records::{batch, rejects};

fn open(dir: &Path) -> (Spool, Recovered) {
    let options = OpenOptions::write().segment_bytes(4096).reserve_bytes(1024);
    Spool::open(Arc::new(OsDisk::new()), dir, options).unwrap()
}

fn all(log: &mut dyn Log) -> Vec<Frame> {
    let mut frames = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        frames.push(frame);
        ControlFlow::Continue(())
    })
    .unwrap();
    frames
}

#[test]
fn what_is_appended_is_read_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path().join("a/b/spool");
    let (mut spool, recovered) = open(&dir);
    assert_eq!(recovered, Recovered::default());
    let mut expected = Vec::new();
    for turn in 0..20_u64 {
        let groups = [
            Group::new(vec![
                batch(turn * 10, 10, 60, turn * 100).into(),
                rejects(turn * 100).into(),
            ]),
            Group::from(Retired {
                connector: format!("c{turn}"),
            }),
        ];
        let places = spool.append(&groups, SpoolTime::from_millis(turn)).unwrap();
        assert_eq!(places.len(), 2);
        let mut lsns = vec![places[0].first, places[0].last, places[1].first];
        lsns.dedup();
        assert_eq!(lsns.len(), 3);
        let records = groups.iter().flat_map(Group::records).cloned();
        let time = SpoolTime::from_millis(turn);
        expected.extend(
            lsns.into_iter()
                .zip(records)
                .map(|(lsn, record)| Frame::new(lsn, time, record)),
        );
    }
    assert_eq!(all(&mut spool), expected);
    let usage = spool.usage();
    assert!(usage.segments > 3, "{usage:?}");
    drop(spool);

    let (mut spool, recovered) = open(&dir);
    assert_eq!(recovered.last_time, SpoolTime::from_millis(19));
    assert_eq!((recovered.torn_tail_bytes, recovered.gaps.len()), (0, 0));
    assert_eq!(spool.usage(), usage);
    assert_eq!(all(&mut spool), expected);
    for frame in &expected {
        assert_eq!(spool.read_at(frame.lsn).unwrap(), *frame);
    }
}

#[cfg(unix)]
#[test]
fn what_is_made_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    fn modes(folder: &Path, found: &mut Vec<(bool, u32)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            found.push((metadata.is_dir(), metadata.permissions().mode() & 0o777));
            if metadata.is_dir() {
                modes(&entry.path(), found);
            }
        }
    }

    let dir = tempfile::tempdir().unwrap();
    let spool_dir = dir.path().join("a/spool");
    let (mut spool, _) = open(&spool_dir);
    spool
        .append(&[batch(0, 10, 60, 100).into()], SpoolTime::ZERO)
        .unwrap();
    drop(spool);
    // A torn tail, so that a copy of it is kept as well.
    let segment = spool_dir.join("shard-00/00000000000000000000.seg");
    let mut bytes = std::fs::read(&segment).unwrap();
    bytes.extend_from_slice(b"BLF1 torn");
    std::fs::write(&segment, bytes).unwrap();
    let (spool, recovered) = open(&spool_dir);
    assert_eq!(recovered.torn_tail_bytes, 9);
    assert_eq!(spool.usage().torn_tail_bytes, 9, "told as long as it is open");
    let mut found = Vec::new();
    modes(dir.path(), &mut found);
    assert!(found.len() >= 6, "{found:?}");
    for (is_dir, mode) in found {
        assert_eq!(mode, if is_dir { 0o700 } else { 0o600 });
    }
}
