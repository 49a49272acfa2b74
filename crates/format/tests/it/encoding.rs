//! What the encoder accepts, what it refuses with which place, and that nothing gets lost on the way there and back.

use bucketline_format::{MismatchReason, RecordSchema};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::random_events::{EVERY_TYPE, event_text, without_nulls};
use crate::schema_files::{registry, schemas};

const EVENT: &str = r#"{"type":"record","name":"E","fields":[
    {"name":"id","type":"string"},
    {"name":"time","type":"int"},
    {"name":"at","type":["null","long"],"default":null},
    {"name":"price","type":["null","float"],"default":null},
    {"name":"ok","type":["null","boolean"],"default":null},
    {"name":"tags","type":["null",{"type":"array","items":["null","string"]}],"default":null},
    {"name":"place","type":["null",{"type":"record","name":"P","fields":[{"name":"x","type":"double"}]}],"default":null}
]}"#;

fn encode(json: &str) -> Result<String, (MismatchReason, String)> {
    let schema = RecordSchema::parse(EVENT).unwrap();
    let mut out = b"before".to_vec();
    match schema.encode_event(json, &mut out) {
        Ok(()) => Ok(schema.decode_event(out.strip_prefix(b"before").unwrap()).unwrap()),
        Err(mismatch) => {
            assert_eq!(out, b"before", "what was there is kept");
            Err((mismatch.reason(), mismatch.path().to_owned()))
        }
    }
}

#[test]
fn a_datum_is_the_values_in_the_order_of_the_schema() {
    let schema = RecordSchema::parse(EVENT).unwrap();
    let mut datum = Vec::new();
    schema
        .encode_event(
            r#"{"time":-2,"tags":["a",null],"ok":true,"id":"xy","price":1.5}"#,
            &mut datum,
        )
        .unwrap();
    #[rustfmt::skip]
    let expected = [
        4, b'x', b'y',
        3,
        0,
        2, 0, 0, 0xc0, 0x3f,
        2, 1,
        2, 4, 2, 2, b'a', 0, 0,
        0,
    ];
    assert_eq!(datum, expected);
}

#[test]
fn spellings_of_one_event_are_one_datum() {
    let expected = r#"{"id":"ä\"1","time":5,"at":null,"price":0.1,"ok":null,"tags":[],"place":{"x":2.0}}"#;
    for json in [
        r#"{"id":"ä\"1","time":5,"price":0.1,"tags":[],"place":{"x":2}}"#,
        r#"{"place":{"x":2.0},"tags":[],"price":1e-1,"time":5,"id":"\u00e4\u00221"}"#,
        r#"{"time":5,"id":"ä\"1","at":null,"place":{"x":20e-1},"price":0.100,"tags":[]}"#,
        " \r\n\t{ \"ok\" : null , \"\\u0069d\":\"ä\\\"1\",\"time\":5,\"price\":0.1,\"tags\" : [ ] ,\"place\":{\"x\":2}}\n",
        r#"{"id":"ä\"1","time":5,"at":null,"price":0.1000000001,"ok":null,"tags":[],"place":{"x":2}}"#,
    ] {
        assert_eq!(encode(json).unwrap(), expected, "{json}");
    }
}

#[test]
fn a_unions_value_may_name_its_branch_as_avros_json_encoding_does() {
    let expected = r#"{"id":"1","time":5,"at":7,"price":0.5,"ok":true,"tags":["a",null],"place":{"x":2.0}}"#;
    for json in [
        r#"{"id":"1","time":5,"at":{"long":7},"price":{"float":0.5},"ok":{"boolean":true},"tags":{"array":[{"string":"a"},null]},"place":{"P":{"x":2}}}"#,
        r#"{"id":"1","time":5,"at": { "long" : 7 } ,"price":0.5,"ok":true,"tags":["a",null],"place":{"x":2}}"#,
    ] {
        assert_eq!(encode(json).unwrap(), expected, "{json}");
    }
    for (json, reason, path) in [
        // A value that is not in a union stands alone.
        (
            r#"{"id":{"string":"1"},"time":5}"#,
            MismatchReason::WrongType,
            "event.id",
        ),
        (
            r#"{"id":"1","time":5,"at":{"int":7}}"#,
            MismatchReason::WrongType,
            "event.at",
        ),
        (
            r#"{"id":"1","time":5,"at":{"long":"7"}}"#,
            MismatchReason::WrongType,
            "event.at",
        ),
        (
            r#"{"id":"1","time":5,"at":{"long":null}}"#,
            MismatchReason::WrongType,
            "event.at",
        ),
        (
            r#"{"id":"1","time":5,"at":{"long":7,"int":7}}"#,
            MismatchReason::WrongType,
            "event.at",
        ),
        (
            r#"{"id":"1","time":5,"at":{"long":7"#,
            MismatchReason::NotJson,
            "event.at",
        ),
        (
            r#"{"id":"1","time":5,"at":{}}"#,
            MismatchReason::WrongType,
            "event.at",
        ),
        (
            r#"{"id":"1","time":5,"place":{"Q":{"x":2}}}"#,
            MismatchReason::UnknownField,
            "event.place.Q",
        ),
        (
            r#"{"id":"1","time":5,"place":{"P":{"y":2}}}"#,
            MismatchReason::UnknownField,
            "event.place.y",
        ),
    ] {
        assert_eq!(encode(json).unwrap_err(), (reason, path.to_owned()), "{json}");
    }
    // A record with a field of its own name is a record.
    let schema = r#"{"type":"record","name":"E","fields":[
        {"name":"p","type":["null",{"type":"record","name":"P","fields":[{"name":"P","type":"int"}]}],"default":null}]}"#;
    let schema = RecordSchema::parse(schema).unwrap();
    let mut datum = Vec::new();
    schema.encode_event(r#"{"p":{"P":1}}"#, &mut datum).unwrap();
    assert_eq!(datum, [2, 2]);
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    use MismatchReason::{
        DuplicateField, InvalidText, MissingField, NotAnObject, NotJson, OutOfRange, UnknownField, WrongType,
    };
    let cases = [
        ("", NotJson, "event"),
        ("  ", NotJson, "event"),
        ("nonsense", NotAnObject, "event"),
        ("[]", NotAnObject, "event"),
        ("\"id\"", NotAnObject, "event"),
        ("7", NotAnObject, "event"),
        ("null", NotAnObject, "event"),
        ("'", NotJson, "event"),
        ("{", NotJson, "event"),
        ("{}", MissingField, "event.id"),
        (r#"{"id":"a"}"#, MissingField, "event.time"),
        (r#"{"time":1}"#, MissingField, "event.id"),
        (r#"{"time":1,"price":2}"#, MissingField, "event.id"),
        (r#"{"id":"a","time":1} x"#, NotJson, "event"),
        (r#"{"id":"a","time":1}{}"#, NotJson, "event"),
        (r#"{"id":"a","time":1,}"#, NotJson, "event"),
        (r#"{,"id":"a","time":1}"#, NotJson, "event"),
        (r#"{"id" "a","time":1}"#, NotJson, "event"),
        (r#"{id:"a","time":1}"#, NotJson, "event"),
        (r#"{"id":"a" "time":1}"#, NotJson, "event"),
        (r#"{"id":"a","time":1]"#, NotJson, "event"),
        (r#"{"id":"a","time":}"#, NotJson, "event.time"),
        (r#"{"id":"a","time":01}"#, NotJson, "event.time"),
        (r#"{"id":"a","time":+1}"#, NotJson, "event.time"),
        (r#"{"id":"a","time":1,"ok":tru}"#, NotJson, "event.ok"),
        (r#"{"id":"a","time":1,"ok":nul}"#, NotJson, "event.ok"),
        (r#"{"id":"a","time":1,"ok":truex}"#, NotJson, "event"),
        (r#"{"id":"a","time":1,"price":NaN}"#, NotJson, "event.price"),
        (r#"{"id":"a","time":1,"tags":["a""b"]}"#, NotJson, "event.tags"),
        (r#"{"id":"a","time":1,"tags":[,]}"#, NotJson, "event.tags[0]"),
        (r#"{"id":"a","time":1,"tags":["a",]}"#, NotJson, "event.tags[1]"),
        (r#"{"id":"a","id":"a","time":1}"#, DuplicateField, "event.id"),
        (
            r#"{"id":"a","time":1,"at":null,"at":null}"#,
            DuplicateField,
            "event.at",
        ),
        (
            r#"{"id":"a","time":1,"at":2,"id":"a"}"#,
            DuplicateField,
            "event.id",
        ),
        (r#"{"id":"a","time":1,"\u0069d":"a"}"#, DuplicateField, "event.id"),
        (
            r#"{"id":"a","time":1,"place":{"x":1,"x":1}}"#,
            DuplicateField,
            "event.place.x",
        ),
        (r#"{"id":"a","time":1,"Id":"b"}"#, UnknownField, "event.Id"),
        (r#"{"id":"a","time":1,"":"b"}"#, UnknownField, "event."),
        (r#"{"id":"a","time":1,"a\nb":1}"#, UnknownField, "event.a\\nb"),
        (
            r#"{"id":"a","time":1,"place":{"x":1,"y":2}}"#,
            UnknownField,
            "event.place.y",
        ),
        (r#"{"id":"a","time":1,"place":{}}"#, MissingField, "event.place.x"),
        (r#"{"id":null,"time":1}"#, WrongType, "event.id"),
        (r#"{"id":7,"time":1}"#, WrongType, "event.id"),
        (r#"{"id":{"a":1},"time":1}"#, WrongType, "event.id"),
        (r#"{"id":"a","time":"1"}"#, WrongType, "event.time"),
        (r#"{"id":"a","time":1.0}"#, WrongType, "event.time"),
        (r#"{"id":"a","time":1e3}"#, WrongType, "event.time"),
        (r#"{"id":"a","time":null}"#, WrongType, "event.time"),
        (r#"{"id":"a","time":1,"ok":0}"#, WrongType, "event.ok"),
        (r#"{"id":"a","time":1,"ok":"true"}"#, WrongType, "event.ok"),
        (r#"{"id":"a","time":1,"price":"1"}"#, WrongType, "event.price"),
        (r#"{"id":"a","time":1,"tags":"a"}"#, WrongType, "event.tags"),
        (
            r#"{"id":"a","time":1,"tags":[["a"]]}"#,
            WrongType,
            "event.tags[0]",
        ),
        (
            r#"{"id":"a","time":1,"tags":["a",null,7]}"#,
            WrongType,
            "event.tags[2]",
        ),
        (r#"{"id":"a","time":1,"place":[]}"#, WrongType, "event.place"),
        (
            r#"{"id":"a","time":1,"place":{"x":null}}"#,
            WrongType,
            "event.place.x",
        ),
        (r#"{"id":"a","time":2147483648}"#, OutOfRange, "event.time"),
        (r#"{"id":"a","time":-2147483649}"#, OutOfRange, "event.time"),
        (
            r#"{"id":"a","time":99999999999999999999}"#,
            OutOfRange,
            "event.time",
        ),
        (
            r#"{"id":"a","time":1,"at":9223372036854775808}"#,
            OutOfRange,
            "event.at",
        ),
        (r#"{"id":"a","time":1,"price":3.5e38}"#, OutOfRange, "event.price"),
        (
            r#"{"id":"a","time":1,"place":{"x":-1e309}}"#,
            OutOfRange,
            "event.place.x",
        ),
        (r#"{"id":"\ud800","time":1}"#, InvalidText, "event.id"),
        (
            r#"{"id":"a","time":1,"tags":["\udc00\ud800"]}"#,
            InvalidText,
            "event.tags[0]",
        ),
        ("{\"id\":\"a\u{1}\",\"time\":1}", NotJson, "event.id"),
        (r#"{"id":"a","time":1,"\ud800":1}"#, InvalidText, "event"),
    ];
    for (json, reason, path) in cases {
        assert_eq!(encode(json), Err((reason, path.to_owned())), "{json}");
    }
}

#[test]
fn nothing_that_a_sender_writes_makes_a_path_long() {
    let name = "ü".repeat(10_000);
    let (reason, path) = encode(&format!(r#"{{"id":"a","{name}":1}}"#)).unwrap_err();
    assert_eq!(reason, MismatchReason::UnknownField);
    assert_eq!(path, format!("event.{}…", "ü".repeat(64)));

    let field = "n".repeat(300);
    let schema = format!(r#"{{"type":"record","name":"E","fields":[{{"name":"{field}","type":"int"}}]}}"#);
    let mismatch = RecordSchema::parse(&schema)
        .unwrap()
        .encode_event("{}", &mut Vec::new())
        .unwrap_err();
    assert!(mismatch.path().len() <= bucketline_format::Mismatch::MAX_PATH);
    assert!(mismatch.path().ends_with("n…"));
}

#[test]
fn records_of_many_fields_are_encoded_in_any_order() {
    let fields: Vec<String> = (0..200)
        .map(|n| format!(r#"{{"name":"field_{n}","type":["null","int"],"default":null}}"#))
        .collect();
    let schema = format!(
        r#"{{"type":"record","name":"Wide","fields":[{}]}}"#,
        fields.join(",")
    );
    let schema = RecordSchema::parse(&schema).unwrap();
    let values: Vec<String> = (0..200)
        .rev()
        .step_by(3)
        .map(|n| format!(r#""field_{n}":{n}"#))
        .collect();
    let mut datum = Vec::new();
    schema
        .encode_event(&format!("{{{}}}", values.join(",")), &mut datum)
        .unwrap();
    let decoded: Value = serde_json::from_str(&schema.decode_event(&datum).unwrap()).unwrap();
    for n in 0..200 {
        let expected = if n % 3 == 1 { Value::from(n) } else { Value::Null };
        assert_eq!(decoded.get(format!("field_{n}")), Some(&expected));
    }
}

/// There and back, for events of every schema: the values stay, and a second round gives the same bytes.
fn round_trips(schema: &RecordSchema, json: &str) -> Result<(), TestCaseError> {
    let mut datum = Vec::new();
    schema
        .encode_event(json, &mut datum)
        .map_err(|error| TestCaseError::fail(format!("{error} in {json}")))?;
    schema.validate(&datum).unwrap();
    prop_assert_eq!(schema.datum_len(&datum).unwrap(), datum.len());

    let decoded = schema.decode_event(&datum).unwrap();
    let mut again = Vec::new();
    schema.encode_event(&decoded, &mut again).unwrap();
    prop_assert_eq!(&again, &datum, "{}", decoded);
    prop_assert_eq!(
        decoded.len(),
        serde_json::from_str::<&serde_json::value::RawValue>(&decoded)
            .unwrap()
            .get()
            .len()
    );

    let sent = without_nulls(&serde_json::from_str(json).unwrap());
    let kept = without_nulls(&serde_json::from_str(&decoded).unwrap());
    prop_assert!(same(&sent, &kept), "{} became {}", sent, kept);
    Ok(())
}

/// Equal, but for the rounding that a `float` or a text with more digits than 64 bits hold has undergone.
fn same(sent: &Value, kept: &Value) -> bool {
    match (sent, kept) {
        (Value::Number(sent), Value::Number(kept)) => {
            let (sent, kept) = (sent.as_f64().unwrap(), kept.as_f64().unwrap());
            sent == kept || (sent as f32 == kept as f32 && (sent as f32).is_finite())
        }
        (Value::Array(sent), Value::Array(kept)) => {
            sent.len() == kept.len() && sent.iter().zip(kept).all(|(sent, kept)| same(sent, kept))
        }
        (Value::Object(sent), Value::Object(kept)) => {
            sent.len() == kept.len()
                && sent
                    .iter()
                    .all(|(name, sent)| kept.get(name).is_some_and(|kept| same(sent, kept)))
        }
        _ => sent == kept,
    }
}

#[test]
fn events_of_every_schema_file_round_trip() {
    for schema in schemas(&registry()) {
        let mut runner = TestRunner::new(ProptestConfig {
            cases: 6,
            ..ProptestConfig::default()
        });
        runner
            .run(&event_text(schema.text()), |json| {
                round_trips(schema.record(), &json)
            })
            .unwrap();
    }
}

#[test]
fn events_of_every_type_round_trip() {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 200,
        ..ProptestConfig::default()
    });
    runner
        .run(&event_text(EVERY_TYPE), |json| round_trips(&schema, &json))
        .unwrap();
}

#[test]
fn records_within_records_may_all_be_out_of_order() {
    let depth = 7;
    let mut schema = r#""long""#.to_owned();
    let mut event = "7".to_owned();
    for level in 0..depth {
        schema = format!(
            r#"{{"type":"record","name":"R{level}","fields":[{{"name":"a","type":"int"}},{{"name":"b","type":{schema}}}]}}"#
        );
        // The inner record first: what comes too late is only seen behind it.
        event = format!(r#"{{"b":{event},"a":{level}}}"#);
    }
    let schema = RecordSchema::parse(&schema).unwrap();
    let mut datum = Vec::new();
    schema.encode_event(&event, &mut datum).unwrap();
    let json = schema.decode_event(&datum).unwrap();
    assert_eq!(json.matches("\"a\":").count(), depth);
    let mut again = Vec::new();
    schema.encode_event(&json, &mut again).unwrap();
    assert_eq!(again, datum);
}
