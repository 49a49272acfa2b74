//! A small installation: schemas, connectors, lines, and a multiplexer over them that does not wait long for anything.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bucketline_connector::{
    Accepted, Backoff, Batch, Builder, ConnectorConfig, Destination, Line, Multiplexer, ObjectName, Settings,
};
use bucketline_format::{Schema, SchemaRegistry, ocf};
use bucketline_sink::{Sink, SinkExt};
use bucketline_spool::{Sequence, SourceId};

pub(crate) const SOURCE: SourceId = SourceId::from_bytes(*b"the test's file.");
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn schemas() -> Arc<SchemaRegistry> {
    let record = |name: &str| {
        format!(r#"{{"type": "record", "name": "{name}", "fields": [{{"name": "id", "type": "string"}}]}}"#)
    };
    let schema = |event_type: &str, id: u32, name: &str| {
        Schema::parse(event_type.parse().unwrap(), id.try_into().unwrap(), &record(name)).unwrap()
    };
    let schemas = vec![
        schema("mail.Open", 1, "Open"),
        schema("mail.Send", 2, "Send"),
        schema("push.Send", 3, "Send"),
    ];
    Arc::new(SchemaRegistry::new(schemas).unwrap())
}

/// Connector number `digit`, of workspace `acme`, into folder `f<digit>` of one bucket.
pub(crate) fn connector(digit: char) -> ConnectorConfig {
    let id: String = std::iter::repeat_n(digit, 24).collect();
    ConnectorConfig::new(
        id.parse().unwrap(),
        "acme".parse().unwrap(),
        Destination::bucket("events", "memory:", format!("f{digit}").parse().unwrap()),
        "prod-01".parse().unwrap(),
        "a".parse().unwrap(),
    )
}

/// Settings that retry within milliseconds.
pub(crate) fn hasty() -> Settings {
    let quick = Backoff::new(Duration::from_millis(2), Duration::from_millis(20));
    Settings::default().retry(quick).probe(quick)
}

pub(crate) fn builder(spool: &Path) -> Builder {
    Multiplexer::builder()
        .spool_dir(spool)
        .schemas(schemas())
        .settings(hasty())
}

pub(crate) async fn start(spool: &Path, sink: Arc<dyn Sink>) -> Multiplexer {
    builder(spool)
        .connector(connector('1'), sink)
        .start()
        .await
        .unwrap()
}

pub(crate) fn line(event_type: &str, id: u64) -> String {
    format!(r#"{{"workspace": "acme", "event_type": "{event_type}", "event": {{"id": "{id}"}}}}"#)
}

/// Lines `from..to` of an input, as one batch: every third of each type.
pub(crate) fn batch(from: u64, to: u64) -> Batch {
    let types = ["mail.Open", "mail.Send", "push.Send"];
    let text = |number: u64| line(types[usize::try_from(number % 3).unwrap()], number);
    let lines = (from..to).map(|number| Line::new(number + 1, number * 100, text(number)));
    Batch::new(
        SOURCE,
        Sequence::Offset {
            start: from * 100,
            end: to * 100,
            line: to,
        },
        "events.ndjson",
    )
    .lines(lines)
}

/// The same lines, as a batch that has no order.
pub(crate) async fn submit_alone(mux: &Multiplexer, from: u64, to: u64) -> Accepted {
    let mut key = [0; 16];
    key.iter_mut()
        .zip(from.to_le_bytes())
        .for_each(|(to, from)| *to = from);
    let types = ["mail.Open", "mail.Send", "push.Send"];
    let text = |number: u64| line(types[usize::try_from(number % 3).unwrap()], number);
    let lines = (from..to).map(|number| Line::new(number + 1, number * 100, text(number)));
    let batch = Batch::new(SOURCE, Sequence::Key(key), "events.ndjson").lines(lines);
    mux.submit(batch).await.unwrap()
}

pub(crate) async fn submit(mux: &Multiplexer, from: u64, to: u64) -> Accepted {
    mux.submit(batch(from, to)).await.unwrap()
}

/// Every event below `prefix`, by id, with how often it is there; checks every object on the way.
pub(crate) async fn delivered(sink: &dyn Sink, prefix: &str) -> BTreeMap<u64, usize> {
    let mut events = BTreeMap::new();
    for listed in sink.list_all(prefix).await.unwrap() {
        let key = listed.object_key().unwrap();
        let name: ObjectName = key.as_str().parse().unwrap();
        assert!(name.folder.contains_key(key.as_str()));
        let object = sink.get(&key).await.unwrap();
        let metadata = &object.info.metadata;
        assert_eq!(metadata["bl-first"], format!("{:020}", name.first));
        let mut count = 0u64;
        for datum in ocf::Reader::new(&object.payload).unwrap() {
            let datum = datum.unwrap();
            let text = std::str::from_utf8(&datum[1..]).unwrap();
            *events.entry(text.parse().unwrap()).or_default() += 1;
            count += 1;
        }
        assert!(count > 0, "an object is never empty");
        assert_eq!(metadata["bl-count"], format!("{count:020}"));
    }
    events
}

/// Checks that events `0..to` are below `prefix`, each once.
pub(crate) async fn assert_exactly_once(sink: &dyn Sink, prefix: &str, to: u64) {
    let events = delivered(sink, prefix).await;
    let expected: BTreeMap<u64, usize> = (0..to).map(|id| (id, 1)).collect();
    assert_eq!(events, expected, "below `{prefix}`");
}
