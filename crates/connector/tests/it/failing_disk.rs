//! A disk that fills up or fails: nothing is acknowledged that is not kept, and nothing that was is lost.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{ErrorKind, Multiplexer};
use bucketline_sink::MemorySink;
use bucketline_spool::{
    Appended, Fault, Frame, Group, Log, Lsn, OpenOptions, SimDisk, Spool, SpoolTime, Usage,
};

use crate::fixture::{MINUTE, SOURCE, assert_exactly_once, batch, connector, hasty, schemas, submit};

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
    assert!(error.to_string().contains("free space"), "{error}");

    disk.set_capacity(u64::MAX);
    let later = mux.submit(batch(60, 90)).await;
    assert!(later.is_err(), "the batch before it was not accepted");
    disk.set_capacity(disk.used());
    let report = mux.drain(MINUTE).await;
    assert!(
        report.is_complete(),
        "seals and commits have room of their own: {report:?}"
    );
    mux.shutdown().await;

    disk.set_capacity(u64::MAX);
    disk.kill();
    let mux = start(&disk, &bucket).await;
    assert_eq!(mux.resume_point(&SOURCE).unwrap().line, 30);
    submit(&mux, 30, 60).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 60).await;
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

/// A log whose code breaks down at its second append.
#[derive(Debug)]
struct Breaking(Spool, u32);

impl Log for Breaking {
    fn append(&mut self, groups: &[Group], now: SpoolTime) -> Result<Vec<Appended>, bucketline_spool::Error> {
        self.1 += 1;
        assert!(self.1 < 3, "the log breaks down, as the test asked");
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

    fn usage(&self) -> Usage {
        self.0.usage()
    }
}

#[tokio::test]
async fn a_log_that_breaks_down_leaves_nobody_waiting() {
    let options = OpenOptions::write().reserve_bytes(0);
    let (log, _) = Spool::open(Arc::new(SimDisk::new(3)), Path::new("/spool"), options).unwrap();
    let mux = Multiplexer::builder()
        .spool(Breaking(log, 0))
        .schemas(schemas())
        .settings(hasty())
        .connector(connector('1'), Arc::new(MemorySink::new()))
        .start()
        .await
        .unwrap();
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
