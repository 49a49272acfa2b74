//! The disk space of a log, and opening it: checkpoints, the cold log, and the bound.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::{fmt, io};

use bucketline_spool::*;

use crate::records::batch;

const DIR: &str = "spool";

fn options() -> OpenOptions {
    OpenOptions::write().segment_bytes(1_500).reserve_bytes(0)
}

fn open(disk: &SimDisk) -> (Spool, Recovered) {
    Spool::open(Arc::new(disk.clone()), DIR, options()).unwrap()
}

fn checkpoint() -> PathBuf {
    Path::new(DIR).join("shard-00/checkpoint")
}

/// A log of so many batches, each an append of its own, with their places.
fn filled(disk: &SimDisk, batches: u64) -> (Spool, Vec<Appended>) {
    let (mut spool, _) = open(disk);
    let places = (0..batches)
        .flat_map(|number| {
            let group = Group::from(batch(number, 1, 400, number));
            spool.append(&[group], SpoolTime::from_millis(number)).unwrap()
        })
        .collect();
    (spool, places)
}

fn carry(before: Lsn, word: &str) -> Carry {
    Carry {
        before,
        retired: vec![word.to_owned()],
        ..Carry::default()
    }
}

fn places(spool: &mut Spool) -> Vec<Lsn> {
    let mut places = Vec::new();
    spool
        .read(Lsn::ZERO, &mut |frame| {
            places.push(frame.lsn);
            ControlFlow::Continue(())
        })
        .unwrap();
    places
}

#[test]
fn a_log_is_opened_from_its_newest_checkpoint_and_all_of_it_can_still_be_read() {
    let disk = SimDisk::new(1);
    let (mut spool, appended) = filled(&disk, 9);
    let all = places(&mut spool);
    assert_eq!(spool.checkpoint(), None);
    spool.write_checkpoint(&carry(appended[2].end, "first")).unwrap();
    spool.write_checkpoint(&carry(appended[6].end, "second")).unwrap();
    drop(spool);
    disk.crash();
    let (mut spool, recovered) = open(&disk);
    assert_eq!(recovered.last_time, SpoolTime::from_millis(8));
    assert_eq!(recovered.checkpoint_unused, None);
    assert_eq!(spool.checkpoint(), Some(carry(appended[6].end, "second")));
    assert_eq!(spool.checkpoint(), None, "given once");
    assert_eq!(places(&mut spool), all);
    let next = spool
        .append(&[batch(9, 1, 400, 9).into()], SpoolTime::ZERO)
        .unwrap();
    assert_eq!(next[0].first, appended[8].end);
    assert_eq!(next[0].time, SpoolTime::from_millis(8));
}

#[test]
fn a_checkpoint_of_all_that_stands_keeps_the_logs_time() {
    let disk = SimDisk::new(2);
    let (mut spool, appended) = filled(&disk, 3);
    spool.write_checkpoint(&carry(appended[2].end, "all")).unwrap();
    drop(spool);
    let (_, recovered) = open(&disk);
    assert_eq!(recovered.last_time, SpoolTime::from_millis(2));
}

#[test]
fn a_damaged_checkpoint_is_told_and_the_log_is_read_instead() {
    let disk = SimDisk::new(3);
    let (mut spool, appended) = filled(&disk, 5);
    let all = places(&mut spool);
    spool.write_checkpoint(&carry(appended[3].end, "one")).unwrap();
    drop(spool);
    let whole = disk.content(&checkpoint()).unwrap();
    for at in 0..whole.len() {
        for change in [|_: &mut u8| {}, |byte: &mut u8| *byte ^= 0x40] {
            let disk = disk.fork(at as u64);
            disk.damage(&checkpoint(), |bytes| {
                *bytes = whole.clone();
                let before = bytes[at];
                change(&mut bytes[at]);
                if bytes[at] == before {
                    bytes.truncate(at);
                }
            });
            let (mut spool, recovered) = open(&disk);
            assert!(recovered.checkpoint_unused.is_some(), "byte {at}");
            assert_eq!(spool.checkpoint(), None);
            assert_eq!(places(&mut spool), all);
        }
    }
}

#[test]
fn a_log_that_ends_before_its_checkpoint_is_refused_until_it_is_said_to_be_restored() {
    let disk = SimDisk::new(4);
    let (mut spool, appended) = filled(&disk, 5);
    spool.write_checkpoint(&carry(appended[4].end, "ahead")).unwrap();
    let newest = spool.usage();
    drop(spool);
    assert!(newest.segments > 1);
    let last = (0..5).rev().find(|index| {
        let path = Path::new(DIR).join(format!("shard-00/{:020}.seg", appended[*index].first.get()));
        disk.content(&path).is_some()
    });
    let last = appended[last.unwrap()].first;
    let path = Path::new(DIR).join(format!("shard-00/{:020}.seg", last.get()));
    disk.damage(&path, |bytes| bytes.truncate(0));
    for options in [options(), OpenOptions::read_only()] {
        let error = Spool::open(Arc::new(disk.clone()), DIR, options).unwrap_err();
        assert_eq!((error.kind(), error.lsn()), (ErrorKind::Truncated, Some(last)));
        assert!(error.to_string().contains("bucketline spool restored"), "{error}");
    }
    let (mut spool, _) = Spool::open(Arc::new(disk.clone()), DIR, options().restored()).unwrap();
    assert_eq!((spool.checkpoint(), spool.usage().next_lsn), (None, last));
    drop(spool);
    let (mut spool, _) = open(&disk);
    assert_eq!(spool.checkpoint(), None);
    let error = spool.write_checkpoint(&carry(last.plus(1), "ahead")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRecord);
}

#[test]
fn a_checkpoint_of_what_was_freed_since_is_not_used() {
    let disk = SimDisk::new(5);
    let (mut spool, appended) = filled(&disk, 9);
    spool.write_checkpoint(&carry(appended[0].end, "old")).unwrap();
    spool.trim(appended[7].first).unwrap();
    let left = places(&mut spool);
    drop(spool);
    let (mut spool, recovered) = open(&disk);
    assert!(recovered.checkpoint_unused.unwrap().contains("begins at"));
    assert_eq!(places(&mut spool), left);
}

#[test]
fn what_decays_before_a_checkpoint_shows_when_it_is_read_and_harms_no_other_frame() {
    let disk = SimDisk::new(6);
    let (mut spool, appended) = filled(&disk, 6);
    spool.write_checkpoint(&carry(appended[5].end, "all")).unwrap();
    drop(spool);
    let first = Path::new(DIR).join("shard-00/00000000000000000000.seg");
    let at = usize::try_from(appended[1].first.get()).unwrap();
    disk.damage(&first, |bytes| bytes[at + 200] ^= 1);
    let (mut spool, recovered) = open(&disk);
    assert_eq!(recovered.gaps, []);
    for (index, place) in appended.iter().enumerate() {
        match spool.read_at(place.first) {
            Ok(frame) => assert_eq!((index == 1, frame.lsn), (false, place.first)),
            Err(error) => assert_eq!((index, error.kind()), (1, ErrorKind::Damaged)),
        }
    }
    drop(spool);
    let (_, recovered) = Spool::open(Arc::new(disk), DIR, options().whole()).unwrap();
    let gap = &recovered.gaps[0];
    assert_eq!(
        (gap.first, gap.end),
        (appended[1].first, appended[2].first),
        "all of it proves it"
    );
}

#[test]
fn a_frame_in_the_cold_log_outlives_its_segment_and_goes_with_its_own() {
    let disk = SimDisk::new(7);
    let (mut spool, appended) = filled(&disk, 9);
    let frames: Vec<Frame> = appended
        .iter()
        .map(|place| spool.read_at(place.first).unwrap())
        .collect();
    let first = spool.keep_cold(&[appended[0].first, appended[2].first]).unwrap();
    drop(spool);
    disk.crash();
    let (mut spool, _) = open(&disk);
    let second = spool.keep_cold(&[appended[4].first]).unwrap();
    spool.trim(appended[7].first).unwrap();
    assert_eq!(
        spool.read_at(appended[0].first).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    for (copy, index) in [(first[0], 0), (first[1], 2), (second[0], 4)] {
        let frame = spool.read_at(copy).unwrap();
        let of: &Frame = &frames[index];
        assert_eq!((frame.time, frame.record), (of.time, of.record.clone()));
    }
    let both = spool.usage().cold_bytes;
    spool.trim_cold(&[second[0]]).unwrap();
    assert!(0 < spool.usage().cold_bytes && spool.usage().cold_bytes < both);
    assert_eq!(spool.read_at(first[0]).unwrap_err().kind(), ErrorKind::NotFound);
    let third = spool.keep_cold(&[appended[8].first]).unwrap();
    assert_eq!(spool.read_at(second[0]).unwrap().record, frames[4].record);
    assert_eq!(spool.read_at(third[0]).unwrap().record, frames[8].record);
    spool.trim_cold(&[]).unwrap();
    assert_eq!(spool.usage().cold_bytes, 0);
}

#[test]
fn events_beyond_the_bound_are_refused_and_nothing_else_is() {
    let disk = SimDisk::new(8);
    let options = options().reserve_bytes(1_000).max_bytes(5_000);
    let (mut spool, _) = Spool::open(Arc::new(disk), DIR, options).unwrap();
    let mut taken = Vec::new();
    let error = loop {
        let number = taken.len() as u64;
        match spool.append(&[batch(number, 1, 400, number).into()], SpoolTime::ZERO) {
            Ok(places) => taken.extend(places),
            Err(error) => break error,
        }
    };
    assert_eq!(
        (error.kind(), error.effect()),
        (ErrorKind::Full, Effect::NotApplied)
    );
    assert!(error.to_string().contains("5000"), "{error}");
    let held = spool.usage().bytes;
    assert!((3_000..=4_000).contains(&held), "{held}");
    let word = Retired {
        connector: "1".repeat(24),
    };
    spool.append(&[word.into()], SpoolTime::ZERO).unwrap();
    spool.trim(taken.last().unwrap().first).unwrap();
    spool
        .append(&[batch(99, 1, 400, 99).into()], SpoolTime::ZERO)
        .unwrap();
}

/// The operating system's disk, with what is read of it counted.
#[derive(Debug, Default)]
struct Counting(OsDisk, Arc<AtomicU64>);

#[derive(Debug)]
struct CountingFile(Box<dyn DiskFile>, Arc<AtomicU64>);

impl Disk for Counting {
    fn create_dir_all(&self, dir: &Path) -> io::Result<()> {
        self.0.create_dir_all(dir)
    }

    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>> {
        let file = self.0.open(path, mode)?;
        Ok(Box::new(CountingFile(file, Arc::clone(&self.1))))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        self.0.list(dir)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.0.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.0.remove(path)
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        self.0.sync_dir(dir)
    }

    fn lock(&self, path: &Path) -> io::Result<Locking> {
        self.0.lock(path)
    }
}

impl DiskFile for CountingFile {
    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read_at(offset, buffer)?;
        self.1.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_at(offset, bytes)
    }

    fn set_size(&mut self, size: u64) -> io::Result<()> {
        self.0.set_size(size)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync()
    }
}

#[test]
fn of_a_quarter_of_a_gigabyte_only_what_lies_behind_the_checkpoint_is_read() {
    const MIB: usize = 1 << 20;
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(Counting::default());
    let open = || Spool::open(disk.clone(), dir.path(), OpenOptions::write().reserve_bytes(0)).unwrap();
    let (mut spool, _) = open();
    let mut end = Lsn::ZERO;
    for number in 0..64 {
        let group = Group::from(batch(number, 4, MIB, number));
        end = spool.append(&[group], SpoolTime::ZERO).unwrap()[0].end;
    }
    spool.write_checkpoint(&carry(end, "all")).unwrap();
    spool
        .append(&[batch(64, 1, MIB, 64).into()], SpoolTime::ZERO)
        .unwrap();
    assert!(spool.usage().bytes > 256 * MIB as u64);
    drop(spool);
    disk.1.store(0, Ordering::Relaxed);
    let (mut spool, _) = open();
    // What lies behind it is read once, and once more to be written anew; the rest is reading ahead.
    let read = disk.1.load(Ordering::Relaxed);
    assert!(read < 3 * MIB as u64, "{read} bytes were read");
    assert_eq!(spool.checkpoint(), Some(carry(end, "all")));
    let _: &dyn fmt::Debug = &spool;
}
