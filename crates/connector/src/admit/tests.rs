use super::*;
use crate::{Batch, Destination, Line};
use bucketline_spool::{GenerationId, Hour, Sequence, SourceId};

const AVSC: &str = r#"{"type": "record", "name": "Open", "fields": [{"name": "id", "type": "string"}]}"#;

fn schemas() -> SchemaRegistry {
    let schema = |id: u32| Schema::parse("mail.Open".parse().unwrap(), id.try_into().unwrap(), AVSC).unwrap();
    SchemaRegistry::new(vec![schema(1), schema(4)]).unwrap()
}

fn connector(digit: &str, workspace: &str) -> ConnectorConfig {
    ConnectorConfig::new(
        digit.repeat(24).parse().unwrap(),
        workspace.parse().unwrap(),
        Destination::bucket("b", "", digit.parse().unwrap()),
        "c".parse().unwrap(),
        "z".parse().unwrap(),
    )
}

fn admission() -> Admission {
    let connectors = [
        connector("1", "acme"),
        connector("2", "globex"),
        connector("3", "acme"),
    ];
    Admission::new(&schemas(), ["quiet".parse().unwrap()], &connectors)
}

fn code(line: &str) -> (String, String) {
    let mut datum = vec![7];
    let rejection = admission().admit_line(line.as_bytes(), &mut datum).unwrap_err();
    assert_eq!(datum, [7], "nothing is left behind");
    (rejection.reason().code().to_owned(), rejection.path().to_owned())
}

#[test]
fn every_refusal_has_its_code_and_place() {
    for (line, reason, path) in [
        ("", "not_an_envelope", ""),
        ("[]", "not_an_envelope", ""),
        ("{", "not_an_envelope", ""),
        (
            r#"{"workspace":"acme","event_type":"mail.Open"}"#,
            "not_an_envelope",
            "event",
        ),
        // Broken within the event, before, behind, and after it.
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{"id":"x",}}"#,
            "not_json",
            "event",
        ),
        (
            r#"{"event":{"id":"x","n":01},"workspace":"acme","event_type":"mail.Open"}"#,
            "not_json",
            "event",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{"id":"x"#,
            "not_json",
            "event",
        ),
        (
            r#"{"workspace":"acme","event":{"id":"x"},"event_type":mail.Open}"#,
            "not_an_envelope",
            "",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{"id":"x"}} x"#,
            "not_an_envelope",
            "",
        ),
        (
            r#"{"workspace":"acme","event":{}}"#,
            "not_an_envelope",
            "event_type",
        ),
        (
            r#"{"workspace":"a","workspace":"a","event_type":"mail.Open","event":{}}"#,
            "not_an_envelope",
            "workspace",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{},"x":1}"#,
            "unknown_envelope_key",
            "x",
        ),
        (
            r#"{"workspace":"nobody","event_type":"mail.Open","event":{}}"#,
            "unknown_workspace",
            "workspace",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Shut","event":{}}"#,
            "unknown_event_type",
            "event_type",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{}}"#,
            "missing_field",
            "event.id",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{"id":"a","b":1}}"#,
            "unknown_field",
            "event.b",
        ),
        (
            r#"{"workspace":"acme","event_type":"mail.Open","event":{"id":1}}"#,
            "wrong_type",
            "event.id",
        ),
    ] {
        assert_eq!(code(line), (reason.to_owned(), path.to_owned()), "{line}");
    }
    let mut datum = Vec::new();
    let not_utf8 = admission()
        .admit_line(b"{\"workspace\":\"\xff\"}", &mut datum)
        .unwrap_err();
    assert_eq!(not_utf8.reason(), RejectReason::NotUtf8);
}

#[test]
fn an_event_of_the_limit_passes_and_one_byte_more_does_not() {
    let line = |length: usize| {
        let id = "x".repeat(length - r#"{"id":""}"#.len());
        format!(r#"{{"workspace":"acme","event_type":"mail.Open","event":{{"id":"{id}"}}}}"#)
    };
    assert!(
        admission()
            .admit_line(line(MAX_EVENT).as_bytes(), &mut Vec::new())
            .is_ok()
    );
    assert_eq!(code(&line(MAX_EVENT + 1)).0, "event_too_large");
}

#[test]
fn the_highest_schema_and_the_workspace_s_connectors_are_taken() {
    let line = r#"{"event":{"id":"a"},"event_type":"mail.Open","workspace":"\u0061cme"}"#;
    let admission = admission();
    let admitted = admission.admit_line(line.as_bytes(), &mut Vec::new()).unwrap();
    assert_eq!(admitted.schema().id().get(), 4);
    let ids: Vec<_> = admitted.connectors().iter().map(ConnectorId::as_str).collect();
    assert_eq!(ids, ["1".repeat(24), "3".repeat(24)]);
}

#[test]
fn a_batch_counts_every_line_and_keeps_what_someone_takes() {
    let source = SourceId::from_bytes([1; 16]);
    let event = |workspace: &str| {
        format!(r#"{{"workspace":"{workspace}","event_type":"mail.Open","event":{{"id":"a"}}}}"#)
    };
    let batch = Batch::new(
        source,
        Sequence::Offset {
            start: 0,
            end: 9,
            line: 5,
        },
        "events.ndjson",
    )
    .lines([
        Line::new(1, 0, event("acme")),
        Line::new(2, 100, event("quiet")),
        Line::new(3, 200, "what?"),
        Line::oversized(4, 300),
        Line::new(5, 400, event("globex")),
    ]);
    let generations: Vec<_> = (0..3).map(|n| GenerationId::from_bytes([n; 16])).collect();
    let prepared = admission().prepare(batch, Hour::new(7), &generations);

    assert_eq!((prepared.outcome.accepted, prepared.outcome.rejected), (3, 2));
    assert_eq!(
        prepared.events.events.len(),
        2,
        "nobody takes the events of `quiet`"
    );
    let routed: Vec<usize> = prepared
        .events
        .iter()
        .map(|(_, event)| prepared.events.routes(event).len())
        .collect();
    assert_eq!(routed, [2, 1]);
    let rejects = prepared.rejects.as_ref().unwrap();
    let places: Vec<_> = rejects
        .lines
        .iter()
        .map(|line| (line.number, line.offset, line.reason.as_str()))
        .collect();
    assert_eq!(places, [(3, 200, "not_an_envelope"), (4, 300, "line_too_long")]);
    let total: u64 = prepared.events.counts.iter().map(|counts| counts.received).sum();
    assert_eq!(total, 5);

    let (again, outcome) = prepared.into_duplicate();
    assert_eq!(outcome.duplicate, 5);
    assert!(again.events.is_empty());
    for counts in &again.counts {
        assert_eq!(
            (counts.received, counts.accepted, counts.rejected),
            (counts.duplicate, 0, 0)
        );
    }
}
