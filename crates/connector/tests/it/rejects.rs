//! Refused lines: in the log with their batch, told as they become durable, never doubled by a restart.

use std::sync::Arc;

use bucketline_connector::{Batch, Line};
use bucketline_sink::MemorySink;
use bucketline_spool::{Lsn, Sequence};

use crate::fixture::{SOURCE, line, start};

#[tokio::test]
async fn refused_lines_can_be_watched_and_read() {
    let spool = tempfile::tempdir().unwrap();
    let mux = start(spool.path(), Arc::new(MemorySink::new())).await;
    let mut feed = mux.watch_rejects();
    let batch = |end: u64| {
        let lines = [
            Line::new(1, 0, "secret nonsense"),
            Line::new(2, 50, line("mail.Open", 7)),
        ];
        Batch::new(
            SOURCE,
            Sequence::Offset {
                start: end - 100,
                end,
                line: 2,
            },
            "events.ndjson",
        )
        .lines(lines)
    };
    mux.submit(batch(100)).await.unwrap();
    let told = feed.try_next().unwrap();
    mux.submit(batch(100)).await.unwrap();
    assert_eq!(feed.try_next(), None, "a repeat refuses nothing again");
    mux.submit(batch(200)).await.unwrap();
    assert!(feed.next().await.unwrap().lsn > told.lsn);

    let line = &told.rejects.lines[0];
    assert_eq!(
        (line.number, line.offset, line.reason.as_str()),
        (1, 0, "not_an_envelope")
    );
    assert_eq!(told.rejects.input, "events.ndjson");
    assert!(!format!("{told:?}").contains("secret"));

    mux.shutdown().await;
    assert_eq!(feed.next().await, None);
    assert!(mux.rejects(Lsn::ZERO).await.is_err());

    let mux = start(spool.path(), Arc::new(MemorySink::new())).await;
    let all = mux.rejects(Lsn::ZERO).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0], told);
    assert_eq!(mux.rejects(all[1].lsn).await.unwrap().len(), 1);
    mux.shutdown().await;
}
