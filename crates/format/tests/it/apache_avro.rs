//! Objects read by another implementation of Avro: every schema, random events, equal values.

use apache_avro::types::Value as Avro;
use bucketline_format::RecordSchema;
use bucketline_format::ocf::{self, Codec};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::random_events::{EVERY_TYPE, event_text};
use crate::schema_files::{registry, schemas};

fn reads_the_same(schema: &RecordSchema, events: &[String]) -> Result<(), TestCaseError> {
    let datums: Vec<Vec<u8>> = events
        .iter()
        .map(|event| {
            let mut datum = Vec::new();
            schema.encode_event(event, &mut datum).unwrap();
            datum
        })
        .collect();
    let object = ocf::build(
        schema.text(),
        Codec::Null,
        *b"0123456789abcdef",
        datums.iter().map(Vec::as_slice),
    )
    .unwrap()
    .concat();

    let reader = apache_avro::Reader::new(object.as_slice()).unwrap();
    let read: Vec<Avro> = reader.collect::<Result<_, _>>().unwrap();
    prop_assert_eq!(read.len(), datums.len());
    for (theirs, datum) in read.iter().zip(&datums) {
        prop_assert_eq!(json(theirs), schema.decode_event(datum).unwrap());
    }

    // And the other way round: what they write, we read.
    let their_schema = apache_avro::Schema::parse_str(schema.text()).unwrap();
    let mut writer = apache_avro::Writer::new(&their_schema, Vec::new());
    for value in read {
        writer.append(value).unwrap();
    }
    let theirs = writer.into_inner().unwrap();
    let reader = ocf::Reader::new(&theirs).unwrap();
    let ours: Vec<bytes::Bytes> = reader.collect::<Result<_, _>>().unwrap();
    prop_assert_eq!(ours.len(), datums.len());
    for (ours, datum) in ours.iter().zip(&datums) {
        prop_assert_eq!(
            schema.decode_event(ours).unwrap(),
            schema.decode_event(datum).unwrap()
        );
    }
    Ok(())
}

/// Their value as compact JSON. Compared as text, since JSON parsers are not all exact about floating-point numbers.
fn json(theirs: &Avro) -> String {
    match theirs {
        Avro::Null => "null".to_owned(),
        Avro::Boolean(value) => value.to_string(),
        Avro::Int(value) => value.to_string(),
        Avro::Long(value) => value.to_string(),
        Avro::Float(value) => format!("{value:?}"),
        Avro::Double(value) => format!("{value:?}"),
        Avro::String(value) => Value::from(value.as_str()).to_string(),
        Avro::Union(_, value) => json(value),
        Avro::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        Avro::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("\"{name}\":{}", json(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        other => panic!("unexpected value {other:?}"),
    }
}

#[test]
fn objects_of_every_schema_file_are_read_with_equal_values() {
    for schema in schemas(&registry()) {
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 3,
            ..ProptestConfig::default()
        });
        let events = proptest::collection::vec(event_text(schema.text()), 1..4);
        runner
            .run(&events, |events| reads_the_same(schema.record(), &events))
            .unwrap();
    }
}

#[test]
fn objects_of_every_type_are_read_with_equal_values() {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 60,
        ..ProptestConfig::default()
    });
    let events = proptest::collection::vec(event_text(EVERY_TYPE), 0..4);
    runner
        .run(&events, |events| reads_the_same(&schema, &events))
        .unwrap();
}
