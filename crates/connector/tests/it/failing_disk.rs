//! A disk that fills up or fails: nothing is acknowledged that is not kept, and nothing that was is lost.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Batch, ErrorKind, Line, Multiplexer};
use bucketline_sink::MemorySink;
use bucketline_spool::{
    Appended, Carry, Fault, Frame, Group, Log, Lsn, OpenOptions, Record, Sequence, SimDisk, SourceId, Spool,
    SpoolTime, Usage,
};

use crate::fixture::{MINUTE, SOURCE, assert_exactly_once, batch, connector, hasty, line, schemas, submit};

async fn start(disk: &SimDisk, bucket: &Arc<MemorySink>) -> Multiplexer {
    let options = OpenOptions::write().reserve_bytes(64 << 10);
    let (log, _) = Spool::open(Arc::new(disk.clone()), Path::new("/spool"), options).unwrap();
    Multiplexer::builder()
        .spool(log)
        .schemas(schemas())
        .settings(hasty())
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_full_disk_refuses_new_events_and_still_delivers_the_old() {
    let (disk, bucket) = (SimDisk::new(1), Arc::new(MemorySink::new()));
    let mux = start(&disk, &bucket).await;
    submit(&mux, 0, 30).await;
    disk.set_capacity(disk.used());
    let error = mux.submit(batch(30, 60)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Spool(bucketline_spool::ErrorKind::Full));
    assert!(error.to_string().contains("make room"), "{error}");

    let report = mux.drain(MINUTE).await;
    assert!(
        report.is_complete(),
        "seals and commits have room of their own: {report:?}"
    );

    disk.set_capacity(u64::MAX);
    let later = mux.submit(batch(60, 90)).await.unwrap_err();
    assert_eq!(
        later.kind(),
        ErrorKind::OutOfOrder,
        "the batch before it was not accepted"
    );
    assert!(later.to_string().contains("stands at byte 3000"), "{later}");
    assert_eq!(mux.resume_point(&SOURCE).unwrap().line, 30);
    submit(&mux, 30, 60).await;
    submit(&mux, 60, 90).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 90).await;
}

#[tokio::test]
async fn batches_behind_one_that_failed_are_refused_with_it_and_other_sources_go_on() {
    let (disk, bucket) = (SimDisk::new(1), Arc::new(MemorySink::new()));
    let mux = start(&disk, &bucket).await;
    submit(&mux, 0, 30).await;
    let room = disk.used() + 2_000;
    disk.set_capacity(room);
    // The first is too large for what is left; those behind it would fit.
    let (large, behind) = (mux.submit(batch(30, 300)), mux.submit(batch(300, 301)));
    let elsewhere = Batch::new(SourceId::from_bytes([9; 16]), Sequence::Key([1; 16]), "other");
    let elsewhere = mux.submit(elsewhere.lines([Line::new(1, 0, line("mail.Open", 1_000))]));
    assert_eq!(
        large.await.unwrap_err().kind(),
        ErrorKind::Spool(bucketline_spool::ErrorKind::Full)
    );
    assert!(behind.await.is_err());
    assert_eq!(elsewhere.await.unwrap().accepted, 1);
    disk.set_capacity(u64::MAX);
    submit(&mux, 30, 300).await;
    submit(&mux, 300, 301).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    assert!(mux.ledger().balances());
    mux.shutdown().await;
}

#[tokio::test]
async fn a_batch_that_is_too_large_ends_nothing() {
    let bucket = Arc::new(MemorySink::new());
    let mux = start_on(Trouble::TooLargeOver(100), &bucket).await;
    let refused = mux.submit(batch(0, 101)).await.unwrap_err();
    assert_eq!(
        refused.kind(),
        ErrorKind::Spool(bucketline_spool::ErrorKind::TooLarge)
    );
    submit(&mux, 0, 100).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 100).await;
}

#[tokio::test]
async fn what_overlaps_or_leaves_something_out_is_refused() {
    let (disk, bucket) = (SimDisk::new(1), Arc::new(MemorySink::new()));
    let mux = start(&disk, &bucket).await;
    submit(&mux, 0, 30).await;
    for (from, to) in [(29, 60), (31, 60), (0, 60)] {
        let error = mux.submit(batch(from, to)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutOfOrder, "{from} to {to}");
    }
    assert_eq!(submit(&mux, 0, 30).await.duplicate, 30);
    let (first, second, again) = (
        mux.submit(batch(30, 60)),
        mux.submit(batch(60, 90)),
        mux.submit(batch(30, 60)),
    );
    assert_eq!(first.await.unwrap().accepted, 30);
    assert_eq!(second.await.unwrap().accepted, 30, "while the first is under way");
    assert_eq!(again.await.unwrap().duplicate, 30);
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 90).await;
}

#[tokio::test]
async fn a_failed_fsync_stops_everything_until_a_new_start() {
    let (disk, bucket) = (SimDisk::new(2), Arc::new(MemorySink::new()));
    let mux = start(&disk, &bucket).await;
    submit(&mux, 0, 30).await;
    disk.plan(0, Fault::Io);
    let error = mux.submit(batch(30, 60)).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Spool(_)), "{error:?}");
    assert!(mux.submit(batch(60, 90)).await.is_err());
    let report = mux.drain(MINUTE).await;
    assert!(!report.timed_out && report.failure.is_some() && mux.failure().is_some());
    mux.shutdown().await;

    disk.crash();
    let mux = start(&disk, &bucket).await;
    let resumed = mux.resume_point(&SOURCE).unwrap().line;
    assert!(
        resumed == 30 || resumed == 60,
        "what was not acknowledged may have been written"
    );
    submit(&mux, resumed, 90).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 90).await;
}

/// What is the matter with a log.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// Its code breaks down at this append.
    BreaksAt(u32),
    /// It takes no batch of more events.
    TooLargeOver(usize),
    /// It has no room for the first commit.
    NoRoomForACommit,
}

/// A log in trouble, and how often it was appended to.
#[derive(Debug)]
struct Troubled(Spool, Trouble, u32);

impl Log for Troubled {
    fn append(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, bucketline_spool::Error> {
        self.2 += 1;
        let events = groups.iter().flat_map(Group::records).map(|record| match record {
            Record::Events(events) => events.events.len(),
            _ => 0,
        });
        match self.1 {
            Trouble::BreaksAt(append) => assert!(self.2 < append, "the log breaks down, as the test asked"),
            Trouble::TooLargeOver(most) if events.max() > Some(most) => {
                let kind = bucketline_spool::ErrorKind::TooLarge;
                return Err(bucketline_spool::Error::new(kind, "too many events"));
            }
            Trouble::NoRoomForACommit if groups.iter().flat_map(Group::records).any(is_commit) => {
                self.1 = Trouble::TooLargeOver(usize::MAX);
                let kind = bucketline_spool::ErrorKind::Full;
                return Err(bucketline_spool::Error::new(kind, "no room"));
            }
            Trouble::TooLargeOver(_) | Trouble::NoRoomForACommit => {}
        }
        self.0.append(groups, now)
    }

    fn read(
        &mut self,
        from: Lsn,
        visit: &mut dyn FnMut(Frame) -> ControlFlow<()>,
    ) -> Result<(), bucketline_spool::Error> {
        self.0.read(from, visit)
    }

    fn read_at(&mut self, lsn: Lsn) -> Result<Frame, bucketline_spool::Error> {
        self.0.read_at(lsn)
    }

    fn trim(&mut self, before: Lsn) -> Result<(), bucketline_spool::Error> {
        self.0.trim(before)
    }

    fn keep_cold(&mut self, frames: &[Lsn]) -> Result<Vec<Lsn>, bucketline_spool::Error> {
        self.0.keep_cold(frames)
    }

    fn trim_cold(&mut self, needed: &[Lsn]) -> Result<(), bucketline_spool::Error> {
        self.0.trim_cold(needed)
    }

    fn write_checkpoint(&mut self, carry: &Carry) -> Result<(), bucketline_spool::Error> {
        self.0.write_checkpoint(carry)
    }

    fn checkpoint(&mut self) -> Option<Carry> {
        self.0.checkpoint()
    }

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}

fn is_commit(record: &Record) -> bool {
    matches!(record, Record::Commit(_))
}

async fn start_on(trouble: Trouble, bucket: &Arc<MemorySink>) -> Multiplexer {
    start_over(&SimDisk::new(3), trouble, bucket).await
}

async fn start_over(disk: &SimDisk, trouble: Trouble, bucket: &Arc<MemorySink>) -> Multiplexer {
    let options = OpenOptions::write().reserve_bytes(0);
    let (log, _) = Spool::open(Arc::new(disk.clone()), Path::new("/spool"), options).unwrap();
    Multiplexer::builder()
        .spool(Troubled(log, trouble, 0))
        .schemas(schemas())
        .settings(hasty())
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_log_that_breaks_down_leaves_nobody_waiting() {
    let mux = start_on(Trouble::BreaksAt(3), &Arc::new(MemorySink::new())).await;
    submit(&mux, 0, 30).await;
    let waiting = async {
        let (lost, later) = (mux.submit(batch(30, 60)), mux.submit(batch(60, 90)));
        assert!(lost.await.is_err() && later.await.is_err());
        let report = mux.drain(MINUTE).await;
        assert!(report.failure.unwrap().to_string().contains("broke down"));
        mux.shutdown().await;
    };
    tokio::time::timeout(MINUTE, waiting).await.unwrap();
}

#[tokio::test]
async fn a_commit_that_found_no_room_leaves_a_doubt() {
    let (disk, bucket) = (SimDisk::new(3), Arc::new(MemorySink::new()));
    let mux = start_over(&disk, Trouble::NoRoomForACommit, &bucket).await;
    submit(&mux, 0, 1).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    disk.kill();
    let options = OpenOptions::read_only();
    let (mut log, _) = Spool::open(Arc::new(disk), Path::new("/spool"), options).unwrap();
    let mut doubts = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        if let Record::Commit(commit) = frame.record {
            doubts.push(commit.after_unknown);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(
        doubts,
        [true],
        "somebody may have taken the object away meanwhile"
    );
    assert_exactly_once(&*bucket, "f1/", 1).await;
}
