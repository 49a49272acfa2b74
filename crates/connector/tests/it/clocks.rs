//! A wall clock that jumps: the hour of admission never goes back, and no event is lost or doubled over it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bucketline_connector::{Multiplexer, ObjectName, WallClock};
use bucketline_sink::{MemorySink, SinkExt};
use bucketline_spool::Hour;

use crate::fixture::{MINUTE, assert_exactly_once, builder, connector, submit};

const HOUR: u64 = 3_600;

/// A clock that somebody sets.
#[derive(Debug, Clone, Default)]
struct Set(Arc<AtomicU64>);

impl Set {
    fn to(&self, seconds: u64) {
        self.0.store(seconds, Ordering::Relaxed);
    }
}

impl WallClock for Set {
    fn unix_seconds(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

async fn start_with(spool: &std::path::Path, bucket: &Arc<MemorySink>, clock: &Set) -> Multiplexer {
    builder(spool)
        .connector(connector('1'), bucket.clone())
        .wall_clock(clock.clone())
        .start()
        .await
        .unwrap()
}

async fn hours(bucket: &MemorySink) -> Vec<String> {
    let mut hours: Vec<String> = Vec::new();
    for listed in bucket.list_all("f1/").await.unwrap() {
        let name: ObjectName = listed.object_key().unwrap().as_str().parse().unwrap();
        hours.push(name.hour.to_string());
    }
    hours.sort();
    hours.dedup();
    hours
}

#[tokio::test]
async fn jumps_both_ways_and_the_change_of_the_hour_lose_and_double_nothing() {
    let (spool, bucket, clock) = (
        tempfile::tempdir().unwrap(),
        Arc::new(MemorySink::new()),
        Set::default(),
    );
    // Forward, back, back to before, far ahead, to the beginning of time, and twice into the same hour.
    let jumps = [100, 101, 99, 101, 400_000, 0, 100, 100];
    let mut next = 0;
    for (run, jumps) in jumps.chunks(3).enumerate() {
        let mux = start_with(spool.path(), &bucket, &clock).await;
        for hour in jumps {
            // The last second of the hour, then the first of the next.
            clock.to((hour + 1) * HOUR - 1);
            submit(&mux, next, next + 10).await;
            clock.to((hour + 1) * HOUR);
            submit(&mux, next + 10, next + 20).await;
            next += 20;
        }
        if run != 1 {
            assert!(mux.drain(MINUTE).await.is_complete());
        }
        mux.shutdown().await;
    }
    assert_exactly_once(&*bucket, "f1/", next).await;
    let hours = hours(&bucket).await;
    // From hour 100 and the next on; back is not followed, ahead is.
    let (ahead, next) = (Hour::new(400_000).to_string(), Hour::new(400_001).to_string());
    let expected = ["1970-01-05-04", "1970-01-05-05", "1970-01-05-06", &ahead, &next];
    assert_eq!(hours, expected);
}
