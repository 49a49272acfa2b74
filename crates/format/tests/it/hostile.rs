//! Hostile input: whatever the bytes are, there is an answer and it is consistent. Each `fn(&[u8])` is fit to be a fuzz target.

use bucketline_format::ocf::{self, Codec, Reader};
use bucketline_format::{ErrorKind, MismatchReason, RecordSchema};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::random_events::{EVERY_TYPE, event_text};

const TEXT_ONLY: &str = r#"{"type":"record","name":"T","fields":[
    {"name":"a","type":["null","string"],"default":null},
    {"name":"b","type":["null",{"type":"array","items":["null","double"]}],"default":null},
    {"name":"c","type":["null","boolean"],"default":null}]}"#;

/// The scanner and serde_json agree on what is JSON, and on what it says.
fn scanner_agrees(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let schema = RecordSchema::parse(TEXT_ONLY).unwrap();
    let mut datum = Vec::new();
    match schema.encode_event(text, &mut datum) {
        Ok(()) => {
            let ours: Value = serde_json::from_str(&schema.decode_event(&datum).unwrap()).unwrap();
            let theirs: Value = serde_json::from_str(text).unwrap();
            for (name, value) in theirs.as_object().unwrap() {
                assert!(same(ours.get(name).unwrap(), value), "{text}");
            }
        }
        Err(mismatch) => {
            assert!(datum.is_empty());
            match mismatch.reason() {
                MismatchReason::NotJson => {
                    assert!(
                        serde_json::from_str::<&RawValue>(text).is_err(),
                        "{text:?} is JSON, but: {mismatch}"
                    );
                }
                // Not JSON for serde_json either, which calls it so.
                MismatchReason::InvalidText => {
                    assert!(serde_json::from_str::<Value>(text).is_err(), "{text:?}")
                }
                _ => {}
            }
        }
    }
}

/// Equal, but for the last digit of numbers: serde_json is not exact there unless asked to be.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(ours), Value::Number(theirs)) => {
            let (ours, theirs) = (ours.as_f64().unwrap(), theirs.as_f64().unwrap());
            (ours - theirs).abs() <= ours.abs() * 1e-14
        }
        (Value::Array(ours), Value::Array(theirs)) => {
            ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(ours, theirs)| same(ours, theirs))
        }
        _ => ours == theirs,
    }
}

/// A datum that is accepted is read to its end, survives a round, and only one form of it is canonical.
fn datum_is_whole(bytes: &[u8]) {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let Ok(json) = schema.decode_event(bytes) else {
        assert!(schema.validate(bytes).is_err());
        return;
    };
    assert_eq!(schema.datum_len(bytes).unwrap(), bytes.len());
    let mut canonical = Vec::new();
    schema.encode_event(&json, &mut canonical).unwrap();
    schema.validate(&canonical).unwrap();
    assert!(canonical.len() <= bytes.len());
    assert_eq!(schema.validate(bytes).is_ok(), canonical == bytes);
}

/// The datums that a reader hands out lie in the file one after the other, and never add up to more than it.
fn reader_conserves_length(bytes: &[u8]) {
    let Ok(reader) = Reader::new(bytes) else { return };
    let schema = reader.schema().clone();
    let mut sum = 0;
    let mut failed = false;
    for datum in reader {
        assert!(!failed, "nothing follows an error");
        match datum {
            Ok(datum) => {
                assert_eq!(schema.datum_len(&datum).unwrap(), datum.len());
                sum += datum.len();
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::InvalidObject);
                assert!(error.to_string().starts_with("damaged block "), "{error}");
                failed = true;
            }
        }
    }
    assert!(sum < bytes.len());
}

fn object(schema: &RecordSchema, events: &[String]) -> Vec<u8> {
    let datums: Vec<Vec<u8>> = events
        .iter()
        .map(|event| {
            let mut datum = Vec::new();
            schema.encode_event(event, &mut datum).unwrap();
            datum
        })
        .collect();
    ocf::build(
        schema.text(),
        Codec::Null,
        [0xa5; 16],
        datums.iter().map(Vec::as_slice),
    )
    .unwrap()
    .concat()
}

/// Bytes with a few of them changed, cut or doubled.
pub(crate) fn mutated(bytes: impl Strategy<Value = Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), any::<u8>(), 0..4u8);
    (bytes, prop::collection::vec(edit, 1..4)).prop_map(|(mut bytes, edits)| {
        for (place, byte, how) in edits {
            if bytes.is_empty() {
                break;
            }
            let at = place.index(bytes.len());
            match how {
                0 => bytes.truncate(at),
                1 => bytes.insert(at, byte),
                2 => _ = bytes.remove(at),
                _ => *bytes.get_mut(at).unwrap() = byte,
            }
        }
        bytes
    })
}

pub(crate) fn run<S: Strategy<Value = Vec<u8>>>(cases: u32, bytes: &S, target: fn(&[u8])) {
    let mut runner = TestRunner::new(ProptestConfig {
        cases,
        ..ProptestConfig::default()
    });
    runner
        .run(bytes, |bytes| {
            target(&bytes);
            Ok(())
        })
        .unwrap();
}

#[test]
fn the_scanner_agrees_with_serde_json_on_any_text() {
    let pieces = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"c\"", "\"", "\\", "\\u", "d800", "\\udc00",
        "true", "false", "null", "-", "0", "01", "1.5", "e", "+7", " ", "\n", "x", "é", "\u{1}", "1e400",
        "\"\\n\"",
    ]);
    let soup = prop::collection::vec(pieces, 0..14).prop_map(|pieces| pieces.concat().into_bytes());
    run(2_000, &soup, scanner_agrees);
    run(
        600,
        &mutated(event_text(TEXT_ONLY).prop_map(String::into_bytes)),
        scanner_agrees,
    );
}

#[test]
fn any_bytes_are_a_datum_or_an_error() {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let datum = event_text(EVERY_TYPE).prop_map(move |event| {
        let mut datum = Vec::new();
        schema.encode_event(&event, &mut datum).unwrap();
        datum
    });
    run(200, &mutated(datum), datum_is_whole);
    run(300, &prop::collection::vec(any::<u8>(), 0..80), datum_is_whole);
}

#[test]
fn any_bytes_are_an_object_or_an_error() {
    let schema = RecordSchema::parse(TEXT_ONLY).unwrap();
    let events = prop::collection::vec(event_text(TEXT_ONLY), 0..5);
    run(
        600,
        &mutated(events.prop_map(move |events| object(&schema, &events))),
        reader_conserves_length,
    );
}

#[test]
fn every_cut_of_an_object_is_noticed_unless_it_falls_between_blocks() {
    let schema = RecordSchema::parse(TEXT_ONLY).unwrap();
    let whole = object(
        &schema,
        &["{\"a\":\"one\"}".to_owned(), "{\"c\":true}".to_owned()],
    );
    let header = object(&schema, &[]).len();
    for len in 0..whole.len() {
        let read =
            Reader::new(whole.get(..len).unwrap()).and_then(|reader| reader.collect::<Result<Vec<_>, _>>());
        assert_eq!(read.is_ok(), len == header, "cut to {len} bytes");
    }
}

#[test]
fn lies_about_lengths_and_counts_are_not_believed() {
    let schema = RecordSchema::parse(TEXT_ONLY).unwrap();
    let header = object(&schema, &[]);
    let error_of = |block: &[u8]| {
        let bytes = [header.as_slice(), block].concat();
        let error = Reader::new(&bytes).unwrap().find_map(Result::err).unwrap();
        error.to_string()
    };
    let place = header.len();
    let huge = [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    assert_eq!(
        error_of(&huge),
        format!("damaged block 1 at byte {place}: a length is negative or beyond the end")
    );
    assert_eq!(error_of(&[&[2], huge.as_slice()].concat()), error_of(&huge));
    assert_eq!(error_of(&[1, 0]), error_of(&huge));
    let marker = [0xa5; 16];
    let wrong = error_of(&[&[2, 6, 0, 0, 0], [0xa6; 16].as_slice()].concat());
    assert_eq!(
        wrong,
        format!(
            "damaged block 1 at byte {}: its marker is not the header's",
            place + 5
        )
    );
    let over = error_of(&[&[2, 8, 0, 0, 0, 0], marker.as_slice()].concat());
    assert_eq!(
        over,
        format!(
            "damaged block 1 at byte {}: 1 bytes are left over after its last datum",
            place + 5
        )
    );
    let short = error_of(&[&[4, 6, 0, 0, 0], marker.as_slice()].concat());
    assert!(short.contains("the bytes end inside a value"), "{short}");
    let count = error_of(&[&[2, 26, 0, 2], huge.as_slice(), &[0], marker.as_slice()].concat());
    assert!(
        count.contains("a length is negative or beyond the end"),
        "{count}"
    );
}

#[test]
fn headers_of_other_kinds_are_told_apart() {
    let header = |entries: &[(&str, &str)]| {
        let mut bytes = b"Obj\x01".to_vec();
        bytes.push(u8::try_from(entries.len() * 2).unwrap());
        for (key, value) in entries {
            for text in [key, value] {
                let len = text.len() * 2;
                bytes.extend([(len & 0x7f) as u8 | 0x80, u8::try_from(len >> 7).unwrap()]);
                bytes.extend_from_slice(text.as_bytes());
            }
        }
        bytes.extend([0; 17]);
        bytes
    };
    let kind = |bytes: &[u8]| {
        Reader::new(bytes)
            .map(|reader| reader.schema().full_name())
            .map_err(|error| error.kind())
    };
    let schema = ("avro.schema", TEXT_ONLY);
    assert_eq!(kind(&header(&[schema])), Ok("T".to_owned()));
    assert_eq!(
        kind(&header(&[("avro.codec", "null"), schema, ("note", "any")])),
        Ok("T".to_owned())
    );
    assert_eq!(
        kind(&header(&[schema, ("avro.codec", "bzip2")])),
        Err(ErrorKind::Unsupported)
    );
    assert_eq!(
        kind(&header(&[("avro.codec", "null")])),
        Err(ErrorKind::InvalidObject)
    );
    assert_eq!(
        kind(&header(&[("avro.schema", "\"string\"")])),
        Err(ErrorKind::InvalidSchema)
    );
    assert_eq!(kind(b"PAR1"), Err(ErrorKind::InvalidObject));
    assert_eq!(kind(b""), Err(ErrorKind::InvalidObject));
}
