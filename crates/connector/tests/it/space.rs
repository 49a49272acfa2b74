//! The disk of a log: freed once everything is delivered, not pinned by one connector that cannot deliver, and one frame that
//! cannot be read is the affair of those that need it.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Batch, Line, Multiplexer, State};
use bucketline_sink::{ErrorKind, MemorySink};
use bucketline_spool::{Log as _, Lsn, OpenOptions, OsDisk, Record, Sequence, Spool, Usage};

use crate::fixture::{
    MINUTE, SOURCE, assert_exactly_once, connector, delivered, hasty, line, schemas, submit,
};
use crate::scripted::{Fault, Scripted};

fn options() -> OpenOptions {
    OpenOptions::write().segment_bytes(16_000).reserve_bytes(0)
}

/// Connector 1 delivers, and connector 2 into another sink; segments of 16 kB, and no batch is kept in memory.
async fn start(dir: &Path, first: Arc<MemorySink>, second: Arc<Scripted>) -> Multiplexer {
    let (log, _) = Spool::open(Arc::new(OsDisk::new()), dir, options()).unwrap();
    Multiplexer::builder()
        .spool(log)
        .schemas(schemas())
        .settings(
            hasty()
                .checkpoint_every(16_000)
                .cold_after(32_000)
                .memory(0)
                .seal_count(90),
        )
        .connector(connector('1'), first)
        .connector(connector('2'), second)
        .start()
        .await
        .unwrap()
}

fn usage(dir: &Path) -> Usage {
    Spool::open(Arc::new(OsDisk::new()), dir, OpenOptions::read_only())
        .unwrap()
        .0
        .usage()
}

#[tokio::test]
async fn after_everything_is_delivered_two_segments_are_left_at_most() {
    let (dir, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let other = Arc::new(Scripted::default());
    for run in 0..2 {
        let mux = start(dir.path(), bucket.clone(), other.clone()).await;
        for batch in (run * 40)..(run + 1) * 40 {
            submit(&mux, batch * 30, (batch + 1) * 30).await;
        }
        assert!(mux.drain(MINUTE).await.is_complete());
        let ledger = mux.ledger();
        assert!(ledger.balances());
        assert_eq!(
            ledger.connector(connector('1').id.as_str()).delivered,
            (run + 1) * 1_200
        );
        // The last carry is under way when the drain is answered.
        for _ in 0..500 {
            if usage(dir.path()).segments <= 2 {
                break;
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "a test waits for what goes on by itself"
            )]
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        mux.shutdown().await;
        let usage = usage(dir.path());
        assert!(usage.first_lsn.get() > 0 && usage.segments <= 2, "{usage:?}");
    }
    assert_exactly_once(&*bucket, "f1/", 2_400).await;
    assert_exactly_once(&*other, "f2/", 2_400).await;
}

#[tokio::test]
async fn one_connector_that_is_refused_pins_nobodys_log_and_loses_nothing() {
    let (dir, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let other = Arc::new(Scripted::default());
    other.always(Some(Fault::Refuse(ErrorKind::AccessDenied)));
    let mux = start(dir.path(), bucket.clone(), other.clone()).await;
    for batch in 0..120 {
        submit(&mux, batch * 30, (batch + 1) * 30).await;
        tokio::task::yield_now().await;
    }
    let _ = mux.drain(std::time::Duration::from_millis(500)).await;
    let blocked = mux
        .status()
        .into_iter()
        .any(|status| matches!(status.state, State::Blocked(_)));
    assert!(blocked);
    for batch in 120..200 {
        submit(&mux, batch * 30, (batch + 1) * 30).await;
    }
    let _ = mux.drain(std::time::Duration::from_millis(500)).await;
    mux.shutdown().await;
    let held = usage(dir.path());
    assert!(held.first_lsn.get() > 0, "nothing was freed: {held:?}");
    assert!(held.cold_bytes > 0, "nothing was moved: {held:?}");

    other.always(None);
    let mux = start(dir.path(), bucket.clone(), other.clone()).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    assert!(mux.ledger().balances());
    mux.shutdown().await;
    assert_exactly_once(&*bucket, "f1/", 6_000).await;
    assert_exactly_once(&*other, "f2/", 6_000).await;
}

/// Thirty events of one type, alone in their frame.
async fn submit_type(mux: &Multiplexer, event_type: &str, from: u64) {
    let lines = (from..from + 30).map(|id| Line::new(id + 1, id, line(event_type, id)));
    let key = Sequence::Key([u8::try_from(from).unwrap(); 16]);
    let batch = Batch::new(SOURCE, key, "events.ndjson").lines(lines);
    mux.submit(batch).await.unwrap();
}

#[tokio::test]
async fn a_frame_that_decays_while_it_is_held_stops_its_lane_alone() {
    let (dir, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(dir.path(), bucket.clone(), Arc::default()).await;
    submit_type(&mux, "mail.Open", 0).await;
    submit_type(&mux, "mail.Send", 30).await;
    submit_type(&mux, "push.Send", 60).await;

    let (mut log, _) = Spool::open(Arc::new(OsDisk::new()), dir.path(), OpenOptions::read_only()).unwrap();
    let mut frames = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        if matches!(frame.record, Record::Events(_)) {
            frames.push(frame.lsn);
        }
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let path = dir.path().join("shard-00/00000000000000000000.seg");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[usize::try_from(frames[1].get()).unwrap() + 100] ^= 1;
    std::fs::write(&path, bytes).unwrap();

    let report = mux.drain(std::time::Duration::from_millis(800)).await;
    assert!(!report.is_complete());
    let events = delivered(&*bucket, "f1/").await;
    let expected = (0..30).chain(60..90).map(|id| (id, 1)).collect();
    assert_eq!(events, expected, "everything but what stood in that frame");
    let told = mux.status().into_iter().flat_map(|status| status.conflicts);
    assert!(
        told.map(|conflict| format!("{conflict:?}"))
            .any(|text| text.contains("no longer whole"))
    );
    submit_type(&mux, "mail.Open", 90).await;
    assert!(mux.ledger().balances());
    mux.shutdown().await;
}
