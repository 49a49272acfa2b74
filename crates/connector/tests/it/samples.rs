//! The sample events of every type, as the demonstration streams them: all are accepted, and come back equal.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Batch, Line, ObjectName};
use bucketline_format::sample::Generator;
use bucketline_format::{SchemaId, SchemaRegistry, ocf};
use bucketline_sink::{MemorySink, Sink, SinkExt};
use bucketline_spool::Sequence;

use crate::fixture::{MINUTE, SOURCE, builder, connector};

/// The repository's schemas.
fn schemas() -> Arc<SchemaRegistry> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let mut files = Vec::new();
    for directory in std::fs::read_dir(root)
        .unwrap()
        .map(Result::unwrap)
        .filter(|entry| entry.path().is_dir())
    {
        for file in std::fs::read_dir(directory.path()).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
    Arc::new(SchemaRegistry::from_files(files).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn sample_events_arrive_equal_to_their_input() {
    let (spool, bucket, schemas) = (
        tempfile::tempdir().unwrap(),
        Arc::new(MemorySink::new()),
        schemas(),
    );
    let mut globex = connector('2');
    globex.workspace = "globex".parse().unwrap();
    let mux = builder(spool.path())
        .schemas(schemas.clone())
        .connector(connector('1'), bucket.clone())
        .connector(globex, bucket.clone())
        .start()
        .await
        .unwrap();

    let events: u64 = 2_000;
    let lines: Vec<String> = Generator::new(7).take(usize::try_from(events).unwrap()).collect();
    let mut under_way = Vec::new();
    for (number, chunk) in (0u64..).zip(lines.chunks(500)) {
        let end = (number + 1) * 500;
        let lines = (number * 500 + 1..)
            .zip(chunk)
            .map(|(line, text)| Line::new(line, 0, text.clone()));
        let batch = Batch::new(
            SOURCE,
            Sequence::Offset {
                start: number * 500,
                end,
                line: end,
            },
            "sample",
        )
        .lines(lines);
        under_way.push(mux.submit(batch));
    }
    for accepted in under_way {
        assert_eq!(accepted.await.unwrap().accepted, 500);
    }
    let report = mux.drain(MINUTE).await;
    assert!(report.is_complete(), "{report:?}");
    assert_eq!(report.connectors.iter().map(|c| c.delivered).sum::<u64>(), events);

    // What has to arrive, worked out anew by the same admission.
    let mut expected: BTreeMap<String, u64> = BTreeMap::new();
    for line in &lines {
        let mut datum = Vec::new();
        let admitted = mux.admission().admit_line(line.as_bytes(), &mut datum).unwrap();
        *expected
            .entry(admitted.schema().decode_event(&datum).unwrap())
            .or_default() += 1;
    }
    mux.shutdown().await;
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for listed in bucket.list_all("").await.unwrap() {
        let name: ObjectName = listed.key.parse().unwrap();
        let schema = schemas
            .get(&name.event_type, SchemaId::new(name.schema).unwrap())
            .unwrap();
        let object = bucket.get(&listed.object_key().unwrap()).await.unwrap();
        for datum in ocf::Reader::new(&object.payload).unwrap() {
            *found
                .entry(schema.decode_event(&datum.unwrap()).unwrap())
                .or_default() += 1;
        }
    }
    assert_eq!(found, expected);
}
