//! One customer's trouble is nobody else's.

use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::State;
use bucketline_sink::{ErrorKind, MemorySink};

use crate::fixture::{assert_exactly_once, builder, connector, hasty, submit};
use crate::scripted::{Fault, Scripted};

#[tokio::test]
async fn stores_that_hang_fail_or_refuse_do_not_delay_the_others() {
    let spool = tempfile::tempdir().unwrap();
    let well = Arc::new(MemorySink::new());
    let mut builder = builder(spool.path()).settings(
        hasty()
            .put_slots(1)
            .trouble_slots(1)
            .slow_after(Duration::from_millis(10))
            .max_count(5),
    );
    for (digit, fault) in [
        ('2', Fault::Hang),
        ('3', Fault::RequestLost(ErrorKind::TimedOut)),
        ('4', Fault::Refuse(ErrorKind::AccessDenied)),
    ] {
        let store = Scripted::default();
        store.always(Some(fault));
        builder = builder.connector(connector(digit), Arc::new(store));
    }
    let mux = builder
        .connector(connector('1'), well.clone())
        .start()
        .await
        .unwrap();
    for from in 0..10 {
        submit(&mux, from * 30, from * 30 + 30).await;
    }
    let mut report = mux.drain(Duration::from_millis(1_500)).await;
    for _ in 0..20 {
        if report.connectors[3].pending == 0 {
            break;
        }
        // A machine that is busy with other things is given more time; a store that waits for the others would never get there.
        report = mux.drain(Duration::from_millis(1_500)).await;
    }
    assert!(report.timed_out);
    let by_folder: Vec<_> = report.connectors.iter().map(|c| (c.pending, c.state)).collect();
    assert_eq!(by_folder[3], (0, State::Running));
    assert_eq!(by_folder[0], (300, State::Degraded), "it takes long");
    assert_eq!(by_folder[1], (300, State::Degraded));
    assert!(matches!(by_folder[2], (300, State::Blocked(_))));
    mux.shutdown().await;
    assert_exactly_once(&*well, "f1/", 300).await;
}
