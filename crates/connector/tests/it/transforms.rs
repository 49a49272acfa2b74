//! Transformations: what a connector is not to see is not in its objects, nor on the disk unless another connector may see it; and what
//! was admitted stays as it was stored, over restarts and changes of the rules.

use std::path::Path;
use std::sync::Arc;

use bucketline_connector::{
    Admission, Batch, ConnectorConfig, ErrorKind, Line, MAX_EVENT, Multiplexer, RejectReason,
};
use bucketline_format::transform::{Action, HmacKey, Rule, Selector, Transforms};
use bucketline_format::{Schema, SchemaRegistry, ocf};
use bucketline_sink::{MemorySink, Sink, SinkExt};
use bucketline_spool::Sequence;

use crate::fixture::{MINUTE, SOURCE, connector, hasty};

const SENT: &str = r#"{"type":"record","name":"Sent","fields":[
    {"name":"id","type":"string"},
    {"name":"email","type":"string","pii":true},
    {"name":"copies","type":["null",{"type":"array","items":"string"}],"default":null,"pii":true}]}"#;
const SEEN: &str = r#"{"type":"record","name":"Seen","fields":[{"name":"id","type":"string"}]}"#;

fn schemas() -> Arc<SchemaRegistry> {
    let schema = |event_type: &str, id: u32, text| {
        Schema::parse(event_type.parse().unwrap(), id.try_into().unwrap(), text).unwrap()
    };
    let schemas = vec![schema("mail.Sent", 1, SENT), schema("mail.Seen", 2, SEEN)];
    Arc::new(SchemaRegistry::new(schemas).unwrap())
}

fn on_email(action: Action) -> Transforms {
    Transforms::new([Rule::new(action, ["email".parse().unwrap()])]).unwrap()
}

fn with_personal(action: Action) -> Transforms {
    Transforms::new([Rule::new(action, [Selector::Personal])]).unwrap()
}

fn key() -> HmacKey {
    HmacKey::new(b"0123456789abcdef").unwrap()
}

async fn start(spool: &Path, bucket: &Arc<MemorySink>, connectors: &[ConnectorConfig]) -> Multiplexer {
    let builder = Multiplexer::builder()
        .spool_dir(spool)
        .schemas(schemas())
        .settings(hasty());
    connectors
        .iter()
        .fold(builder, |builder, config| {
            builder.connector(config.clone(), bucket.clone())
        })
        .start()
        .await
        .unwrap()
}

async fn submit(mux: &Multiplexer, batch: u8, email: &str) {
    let lines = [
        format!(
            r#"{{"workspace":"acme","event_type":"mail.Sent","event":{{"id":"{batch}","email":"{email}"}}}}"#
        ),
        r#"{"workspace":"acme","event_type":"mail.Seen","event":{"id":"s"}}"#.to_owned(),
    ];
    let lines = (1..).zip(lines).map(|(number, line)| Line::new(number, 0, line));
    let batch = Batch::new(SOURCE, Sequence::Key([batch; 16]), "mails").lines(lines);
    assert_eq!(mux.submit(batch).await.unwrap().accepted, 2);
}

/// The e-mail addresses below a connector's folder, by the events' ids.
async fn addresses(bucket: &MemorySink, folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for listed in bucket.list_all(folder).await.unwrap() {
        let object = bucket.get(&listed.object_key().unwrap()).await.unwrap();
        let reader = ocf::Reader::new(&object.payload).unwrap();
        let schema = reader.schema().clone();
        if schema.full_name() == "Sent" {
            for datum in reader {
                let json: serde_json::Value =
                    serde_json::from_str(&schema.decode_event(&datum.unwrap()).unwrap()).unwrap();
                found.push(format!(
                    "{} {}",
                    json["id"].as_str().unwrap(),
                    json["email"].as_str().unwrap()
                ));
            }
        }
    }
    found.sort();
    found
}

/// Everything that the spool has on the disk.
fn on_disk(spool: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(spool).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => bytes.extend(on_disk(&path)),
            false => bytes.extend(std::fs::read(path).unwrap()),
        }
    }
    bytes
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

const KIM: &str = "kim@example.com";
// printf %s kim@example.com | sha256sum; ... | openssl dgst -sha256 -hmac 0123456789abcdef
const KIM_HASHED: &str = "5d9a0087d4ccdb9bc50e88c4713479119e48a326fd360d647cf1643f3cae13e7";
const KIM_SALTED: &str = "a6ddd3aa8dc942f46cbec62f4630e64d9d2db00fa3176ddb613b7dfabbc8866c";

#[tokio::test]
async fn each_connector_gets_its_own_form_also_after_a_restart() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let connectors = [
        connector('1').transforms(on_email(Action::Remove)),
        connector('2'),
        connector('3').transforms(on_email(Action::Hash)),
        connector('4').transforms(on_email(Action::Hmac(key()))),
        connector('5').transforms(on_email(Action::Remove)),
    ];
    let mux = start(spool.path(), &bucket, &connectors).await;
    submit(&mux, 1, KIM).await;
    mux.shutdown().await;
    assert!(holds(&on_disk(spool.path()), KIM), "the second one may see it");
    let mux = start(spool.path(), &bucket, &connectors).await;
    submit(&mux, 2, KIM).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    let ledger = mux.ledger();
    for config in &connectors {
        let events = ledger.connector(config.id.as_str());
        assert_eq!((events.admitted, events.delivered), (4, 4));
    }
    mux.shutdown().await;
    for (folder, seen) in [
        ("f1/", "[REDACTED]"),
        ("f2/", KIM),
        ("f3/", KIM_HASHED),
        ("f4/", KIM_SALTED),
        ("f5/", "[REDACTED]"),
    ] {
        let expected = [format!("1 {seen}"), format!("2 {seen}")];
        assert_eq!(addresses(&bucket, folder).await, expected, "{folder}");
    }
}

#[tokio::test]
async fn what_nobody_may_see_never_reaches_the_disk() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let connectors = [
        connector('1').transforms(with_personal(Action::Remove)),
        connector('2').transforms(on_email(Action::Hmac(key()))),
    ];
    let mux = start(spool.path(), &bucket, &connectors).await;
    submit(&mux, 1, KIM).await;
    let disk = on_disk(spool.path());
    assert!(!holds(&disk, KIM) && holds(&disk, KIM_SALTED) && holds(&disk, "[REDACTED]"));
    assert!(!holds(&disk, "0123456789abcdef"), "nor does the key");
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    assert!(!holds(&on_disk(spool.path()), KIM));
}

#[tokio::test]
async fn what_was_admitted_stays_as_it_was_when_the_rules_change() {
    let (spool, bucket) = (tempfile::tempdir().unwrap(), Arc::new(MemorySink::new()));
    let rules = [
        Transforms::default(),
        on_email(Action::Hash),
        on_email(Action::Hmac(key())),
        on_email(Action::Remove),
    ];
    for (batch, rules) in (1..).zip(rules) {
        let mux = start(spool.path(), &bucket, &[connector('1').transforms(rules)]).await;
        submit(&mux, batch, KIM).await;
        mux.shutdown().await;
    }
    let mux = start(spool.path(), &bucket, &[connector('1')]).await;
    assert!(mux.drain(MINUTE).await.is_complete());
    mux.shutdown().await;
    let expected = [
        format!("1 {KIM}"),
        format!("2 {KIM_HASHED}"),
        format!("3 {KIM_SALTED}"),
        "4 [REDACTED]".to_owned(),
    ];
    assert_eq!(addresses(&bucket, "f1/").await, expected);
}

#[tokio::test]
async fn rules_that_do_not_fit_are_refused_at_start() {
    for (transforms, told) in [
        (
            Transforms::new([Rule::new(Action::Hash, ["emial".parse().unwrap()])]).unwrap(),
            "the field `emial` is in no event type that the connector takes",
        ),
        (
            on_email(Action::Drop),
            "`email` is a `string`, which may not be null",
        ),
    ] {
        let spool = tempfile::tempdir().unwrap();
        let refused = Multiplexer::builder()
            .spool_dir(spool.path())
            .schemas(schemas())
            .connector(connector('1').transforms(transforms), Arc::new(MemorySink::new()))
            .start()
            .await
            .unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Config);
        let text = refused.to_string();
        assert!(text.contains(told) && text.contains(&"1".repeat(24)), "{text}");
    }
}

#[test]
fn a_form_that_outgrows_an_event_is_refused_for_all() {
    let connectors = [
        connector('1').transforms(with_personal(Action::Hash)),
        connector('2'),
    ];
    let admission = Admission::new(&schemas(), [], &connectors);
    let line = |copies: usize| {
        let list = vec![r#""""#; copies].join(",");
        format!(
            r#"{{"workspace":"acme","event_type":"mail.Sent","event":{{"id":"1","email":"e","copies":[{list}]}}}}"#
        )
    };
    // A hash and its length before it are 66 bytes.
    let fits = MAX_EVENT / 66 - 10;
    let mut datum = Vec::new();
    let admitted = admission.admit_line(line(fits).as_bytes(), &mut datum).unwrap();
    let hashed = admitted.datum_for(&connectors[0].id, &datum).unwrap();
    let raw = admitted.datum_for(&connectors[1].id, &datum).unwrap();
    assert_eq!(
        (datum.len(), hashed.len() - raw.len()),
        (hashed.len() + raw.len(), (fits + 1) * 65 - 1)
    );
    datum.truncate(3);
    let refused = admission
        .admit_line(line(fits + 20).as_bytes(), &mut datum)
        .unwrap_err();
    assert_eq!(
        (refused.reason(), refused.path()),
        (RejectReason::EventTooLarge, "event")
    );
    assert_eq!(datum.len(), 3, "nothing is left behind");
}
