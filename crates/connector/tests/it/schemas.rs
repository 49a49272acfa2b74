//! A schema's file may be edited under its id, which it should not: what was accepted keeps the meaning that it had.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{Batch, Line, Multiplexer};
use bucketline_format::{Schema, SchemaRegistry, ocf};
use bucketline_sink::{MemorySink, Sink, SinkExt};
use bucketline_spool::Sequence;

use crate::fixture::{MINUTE, SOURCE, connector, hasty};

const ORDER: &str = r#"{"type":"record","name":"Order","fields":[{"name":"bill_to","type":"string"},{"name":"ship_to","type":"string"}]}"#;
const SWAPPED: &str = r#"{"type":"record","name":"Order","fields":[{"name":"ship_to","type":"string"},{"name":"bill_to","type":"string"}]}"#;
const DOCUMENTED: &str = r#"{"type":"record","name":"Order","fields":[{"name":"bill_to","type":"string","doc":"who pays"},{"name":"ship_to","type":"string"}]}"#;
const RENAMED: &str = r#"{"type":"record","name":"Order","fields":[{"name":"payer","type":"string"},{"name":"ship_to","type":"string"}]}"#;
const VIEW: &str = r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#;

async fn start(spool: &Path, order: &str, bucket: &Arc<MemorySink>) -> Multiplexer {
    let schema = |event_type: &str, id: u32, text| {
        Schema::parse(event_type.parse().unwrap(), id.try_into().unwrap(), text).unwrap()
    };
    let schemas = vec![schema("shop.Order", 1, order), schema("shop.View", 2, VIEW)];
    Multiplexer::builder()
        .spool_dir(spool)
        .schemas(Arc::new(SchemaRegistry::new(schemas).unwrap()))
        .settings(hasty())
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap()
}

/// An order and a view; how many of the two were accepted, and how many refused.
async fn submit(mux: &Multiplexer, batch: u8) -> (u64, u64) {
    let lines = [
        r#"{"workspace": "acme", "event_type": "shop.Order", "event": {"bill_to": "the payer", "ship_to": "the receiver"}}"#,
        r#"{"workspace": "acme", "event_type": "shop.View", "event": {"id": "1"}}"#,
    ];
    let lines = (1..).zip(lines).map(|(number, line)| Line::new(number, 0, line));
    let batch = Batch::new(SOURCE, Sequence::Key([batch; 16]), "orders").lines(lines);
    let accepted = mux.submit(batch).await.unwrap();
    (accepted.accepted, accepted.rejected)
}

/// The orders in the bucket, as JSON, and the texts of their schemas.
async fn orders(bucket: &MemorySink) -> (Vec<String>, Vec<String>) {
    let (mut orders, mut texts) = (Vec::new(), Vec::new());
    for listed in bucket.list_all("").await.unwrap() {
        let object = bucket.get(&listed.object_key().unwrap()).await.unwrap();
        let reader = ocf::Reader::new(&object.payload).unwrap();
        let schema = reader.schema().clone();
        if schema.full_name() != "Order" {
            continue;
        }
        texts.push(schema.text().to_owned());
        orders.extend(reader.map(|datum| schema.decode_event(&datum.unwrap()).unwrap()));
    }
    (orders, texts)
}

#[tokio::test]
async fn held_events_keep_the_names_of_their_values_and_new_ones_are_refused() {
    for (changed, told) in [
        (SWAPPED, "order of its fields"),
        (RENAMED, "field `bill_to` removed"),
    ] {
        let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
        let mux = start(spool.path(), ORDER, &bucket).await;
        assert!(mux.schema_changes().is_empty());
        assert_eq!(submit(&mux, 1).await, (2, 0));
        mux.shutdown().await;

        let mux = start(spool.path(), changed, &bucket).await;
        let [change] = mux.schema_changes() else {
            panic!("{:?}", mux.schema_changes());
        };
        let text = change.to_string();
        assert!(change.refuses_events() && text.contains(told), "{text}");
        assert!(
            text.contains("`shop.Order/1.avsc` is not the schema 1 of `shop.Order`"),
            "{text}"
        );
        assert_eq!(submit(&mux, 2).await, (1, 1), "views go on");
        let rejects = mux.rejects(bucketline_spool::Lsn::ZERO).await.unwrap();
        assert_eq!(rejects[0].rejects.lines[0].reason, "schema_changed");
        assert!(mux.drain(MINUTE).await.is_complete());
        mux.shutdown().await;
        let (orders, texts) = orders(&bucket).await;
        assert_eq!(orders, [r#"{"bill_to":"the payer","ship_to":"the receiver"}"#]);
        assert_eq!(texts, [ORDER]);
    }
}

#[tokio::test]
async fn another_documentation_is_told_and_changes_no_object() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), ORDER, &bucket).await;
    assert_eq!(submit(&mux, 1).await, (2, 0));
    mux.shutdown().await;
    let mux = start(spool.path(), DOCUMENTED, &bucket).await;
    let [change] = mux.schema_changes() else {
        panic!("{:?}", mux.schema_changes());
    };
    assert!(
        !change.refuses_events() && change.to_string().contains("documentation"),
        "{change}"
    );
    assert_eq!(submit(&mux, 2).await, (2, 0));
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    let (orders, texts) = orders(&bucket).await;
    assert_eq!(orders.len(), 2);
    assert!(
        texts.iter().all(|text| text == ORDER),
        "a retry of any of them builds the same: {texts:?}"
    );
}

#[tokio::test]
async fn a_schema_that_is_gone_holds_up_nothing() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let mux = start(spool.path(), ORDER, &bucket).await;
    assert_eq!(submit(&mux, 1).await, (2, 0));
    mux.shutdown().await;
    let view = Schema::parse("shop.View".parse().unwrap(), 2.try_into().unwrap(), VIEW).unwrap();
    let mux = Multiplexer::builder()
        .spool_dir(spool.path())
        .schemas(Arc::new(SchemaRegistry::new(vec![view]).unwrap()))
        .settings(hasty())
        .connector(connector('1'), bucket.clone())
        .start()
        .await
        .unwrap();
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert_eq!(orders(&bucket).await.0.len(), 1);
}
