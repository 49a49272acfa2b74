//! The repository's schemas: all of them parse, and they keep the rules of `schemas/README.md`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bucketline_format::{ErrorKind, EventType, Schema, SchemaRegistry};

/// The files below `schemas/`, as an installation would read them.
pub(crate) fn files() -> BTreeMap<PathBuf, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let folders = std::fs::read_dir(&root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir());
    folders
        .flat_map(|folder| {
            std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().path())
        })
        .map(|path| (path.clone(), std::fs::read_to_string(&path).unwrap()))
        .collect()
}

pub(crate) fn registry() -> SchemaRegistry {
    SchemaRegistry::from_files(files()).unwrap()
}

pub(crate) fn schemas(registry: &SchemaRegistry) -> impl Iterator<Item = &Schema> {
    registry
        .event_types()
        .iter()
        .flat_map(|event_type| registry.versions(event_type))
}

#[test]
fn there_are_94_event_types_and_their_ids_leave_no_gap() {
    let registry = registry();
    assert_eq!(registry.event_types().len(), 94);
    let mut ids: Vec<u32> = schemas(&registry).map(|schema| schema.id().get()).collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=u32::try_from(ids.len()).unwrap()).collect::<Vec<_>>());
}

#[test]
fn every_record_is_named_after_its_event_type() {
    for schema in schemas(&registry()) {
        assert_eq!(
            schema.record().full_name(),
            format!("dataexport.S3.inner.{}", schema.event_type())
        );
    }
}

#[test]
fn every_event_has_an_id_and_a_time() {
    for schema in schemas(&registry()) {
        let type_of = |name: &str| schema.record().field(name).unwrap().type_text();
        assert_eq!(type_of("id"), "\"string\"");
        assert!(
            ["\"int\"", "\"long\""].contains(&type_of("time").as_str()),
            "{}",
            schema.event_type()
        );
    }
}

#[test]
fn a_later_version_only_adds_fields_that_may_be_left_out() {
    let registry = registry();
    let breaking: Vec<_> = registry.breaking_changes().collect();
    assert!(breaking.is_empty(), "{breaking:?}");
    let versions = registry
        .event_types()
        .iter()
        .map(|event_type| registry.versions(event_type).len());
    assert!(
        versions.filter(|&versions| versions > 1).count() >= 2,
        "nothing was compared"
    );
}

#[test]
fn events_are_written_with_the_highest_id() {
    let registry = registry();
    let open = "users.messages.email.Open";
    let latest = registry.latest(open).unwrap();
    assert!(
        registry
            .versions(open)
            .iter()
            .all(|schema| schema.id() <= latest.id())
    );
    assert!(latest.record().field("mailbox_provider").is_some());
    assert!(
        registry
            .versions(open)
            .first()
            .unwrap()
            .record()
            .field("mailbox_provider")
            .is_none()
    );
}

#[test]
fn the_text_for_headers_does_not_depend_on_the_layout_of_the_file() {
    for (path, text) in files() {
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let folder = path.parent().unwrap().file_name().unwrap().to_str().unwrap();
        let event_type: EventType = folder.parse().unwrap();
        let id = path.file_stem().unwrap().to_str().unwrap();
        let parse = |text: &str| Schema::parse(event_type.clone(), id.parse().unwrap(), text).unwrap();
        let schema = parse(&text);
        assert_eq!(parse(&value.to_string()).text(), schema.text());
        assert_eq!(
            parse(schema.text()),
            schema,
            "its own text is a schema, and the same one"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(schema.text()).unwrap(),
            value,
            "nothing is lost"
        );
    }
}

#[test]
fn what_events_do_not_use_is_refused_with_the_place() {
    let cases = [
        (
            r#"{"name":"a","type":"bytes"}"#,
            "field `a`: type `bytes` has no plain form in JSON",
        ),
        (
            r#"{"name":"a","type":{"type":"map","values":"int"}}"#,
            "field `a`: ",
        ),
        (
            r#"{"name":"a","type":{"type":"enum","name":"E","symbols":["x"]}}"#,
            "field `a`: type `enum`",
        ),
        (
            r#"{"name":"a","type":{"type":"long","logicalType":"timestamp-millis"}}"#,
            "field `a`: attribute `logicalType`",
        ),
        (
            r#"{"name":"a","type":["null","int","string"]}"#,
            "field `a`: a union has to be",
        ),
        (r#"{"name":"a","type":["null"]}"#, "field `a`: a union has to be"),
        (
            r#"{"name":"a","type":["null","null"]}"#,
            "field `a`: a union has to be",
        ),
        (
            r#"{"name":"a","type":["null",["null","int"]]}"#,
            "field `a`: a union lies",
        ),
        (r#"{"name":"a","type":"null"}"#, "field `a`: a `null` outside"),
        (
            r#"{"name":"a","type":"Other"}"#,
            "field `a`: `Other` is not a type",
        ),
        (
            r#"{"name":"a","type":"record"}"#,
            "field `a`: `record` is not a type",
        ),
        (
            r#"{"name":"a","type":"int","default":0}"#,
            "field `a`: it has a default",
        ),
        (
            r#"{"name":"a","type":["int","null"],"default":null}"#,
            "field `a`: its default is null",
        ),
        (
            r#"{"name":"a","type":"int","order":"ignore"}"#,
            "field `a`: attribute `order`",
        ),
        (r#"{"name":"a"}"#, "field `a`: it has no `type`"),
        (r#"{"name":"a b","type":"int"}"#, "`a b` is not a field name"),
        (
            r#"{"name":"a","type":"int"},{"name":"a","type":"int"}"#,
            "record `E` has field `a` twice",
        ),
        (
            r#"{"name":"a","type":{"type":"record","name":"E","fields":[{"name":"b","type":"int"}]}}"#,
            "field `a`: two records are named `E`",
        ),
        ("7", "a field is not an object"),
        ("", "record `E` has no fields"),
        (
            r#"{"name":"a","type":{"type":"record","name":"R","fields":[{"name":"b","type":"bytes"}]}}"#,
            "field `a`: field `b`: type `bytes`",
        ),
    ];
    for (fields, expected) in cases {
        let text = format!(r#"{{"type":"record","name":"E","fields":[{fields}]}}"#);
        let error = Schema::parse("a.E".parse().unwrap(), "1".parse().unwrap(), &text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidSchema);
        assert!(error.to_string().starts_with(expected), "{fields}: {error}");
    }
    let nested = r#"{"type":"array","items":"#.repeat(40) + "\"int\"" + &"}".repeat(40);
    let text = format!(r#"{{"type":"record","name":"E","fields":[{{"name":"a","type":{nested}}}]}}"#);
    let error = Schema::parse("a.E".parse().unwrap(), "1".parse().unwrap(), &text).unwrap_err();
    assert_eq!(error.to_string(), "field `a`: types are nested more than 16 deep");
}

#[test]
fn a_name_may_bring_its_namespace_with_it() {
    let apart = r#"{"type":"record","name":"E","namespace":"x.a","fields":[{"name":"b","type":"int"}]}"#;
    let dotted = r#"{"type":"record","name":"x.a.E","fields":[{"name":"b","type":"int"}]}"#;
    let parse = |text: &str| Schema::parse("a.E".parse().unwrap(), "1".parse().unwrap(), text);
    assert_eq!(parse(dotted).unwrap(), parse(apart).unwrap());
    let other = parse(&dotted.replace("x.a.E", "x.b.E")).unwrap_err();
    assert_eq!(
        other.to_string(),
        "the record is named `x.b.E`, which is not a name of event type `a.E`"
    );
    let other = parse(&dotted.replace("x.a.E", "xa.E")).unwrap_err();
    assert_eq!(other.kind(), ErrorKind::InvalidSchema);
}
