//! Every encoder: what it writes it reads, the same events are the same bytes, for ever, and damage is found.

use bucketline_format::{Encoder, ErrorKind, RecordSchema, encoder, encoder_of_extension, extensions};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::random_events::{EVERY_TYPE, event_text};

const ALL: &[(&str, &str)] = &[
    ("avro", "null"),
    ("avro", "deflate"),
    ("avro", "snappy"),
    ("avro", "zstandard"),
    ("ndjson", "null"),
    ("ndjson", "gzip"),
    ("ndjson", "zstandard"),
    ("csv", "null"),
    ("csv", "gzip"),
    ("csv", "zstandard"),
    ("csv-guarded", "null"),
    ("csv-guarded", "gzip"),
    ("csv-guarded", "zstandard"),
    #[cfg(feature = "parquet")]
    ("parquet", "snappy"),
    #[cfg(feature = "parquet")]
    ("parquet", "zstandard"),
];

fn encoders() -> impl Iterator<Item = &'static dyn Encoder> {
    ALL.iter()
        .map(|&(format, codec)| encoder(format, codec, 1).unwrap())
}

fn datums(schema: &RecordSchema, events: &[String]) -> Vec<Vec<u8>> {
    let encode = |event: &String| {
        let mut datum = Vec::new();
        schema.encode_event(event, &mut datum).unwrap();
        datum
    };
    events.iter().map(encode).collect()
}

fn encode(encoder: &dyn Encoder, schema: &RecordSchema, datums: &[Vec<u8>]) -> Vec<u8> {
    let datums: Vec<&[u8]> = datums.iter().map(Vec::as_slice).collect();
    encoder.encode(schema, [7; 16], &datums).unwrap().concat()
}

const SCHEMA: &str = r#"{"type":"record","name":"E","fields":[
    {"name":"id","type":"string"},
    {"name":"time","type":"long"},
    {"name":"note","type":["null","string"],"default":null},
    {"name":"price","type":["null","double"],"default":null},
    {"name":"ok","type":["null","boolean"],"default":null},
    {"name":"tags","type":["null",{"type":"array","items":"string"}],"default":null}
]}"#;

fn few() -> (RecordSchema, Vec<Vec<u8>>) {
    let schema = RecordSchema::parse(SCHEMA).unwrap();
    let events = [
        r#"{"id":"a,1","time":-5,"note":null,"price":-1.5,"ok":true,"tags":["x","y,\"z\""]}"#,
        r#"{"id":"","time":9007199254740993,"note":"","price":null,"ok":null,"tags":[]}"#,
        r#"{"id":"=1+1","time":0,"note":"'=x","price":0.1,"ok":false,"tags":null}"#,
        r#"{"id":"ä\r\n\"ö\"","time":1,"note":" ","price":1e300,"ok":null,"tags":null}"#,
    ]
    .map(str::to_owned);
    let datums = datums(&schema, &events);
    (schema, datums)
}

#[test]
fn text_formats_look_as_readers_want_them() {
    let (schema, datums) = few();
    let text =
        |format| String::from_utf8(encode(encoder(format, "null", 1).unwrap(), &schema, &datums)).unwrap();
    assert_eq!(
        text("ndjson").lines().next().unwrap(),
        r#"{"id":"a,1","time":-5,"note":null,"price":-1.5,"ok":true,"tags":["x","y,\"z\""]}"#
    );
    assert_eq!(
        text("csv"),
        concat!(
            "id,time,note,price,ok,tags\r\n",
            "\"a,1\",-5,,-1.5,true,\"[\"\"x\"\",\"\"y,\\\"\"z\\\"\"\"\"]\"\r\n",
            "\"\",9007199254740993,\"\",,,[]\r\n",
            "=1+1,0,'=x,0.1,false,\r\n",
            "\"ä\r\n\"\"ö\"\"\",1,\" \",1e300,,\r\n",
        )
    );
    let guarded = text("csv-guarded");
    assert!(guarded.contains("\"'=1+1\",0,\"''=x\""), "{guarded}");
    assert!(guarded.contains(",-1.5,"), "a number is no formula: {guarded}");
}

#[test]
fn the_bytes_are_those_of_every_other_build() {
    let (schema, datums) = few();
    let many: Vec<Vec<u8>> = datums.iter().cycle().take(9_000).cloned().collect();
    let found: Vec<String> = encoders()
        .map(|encoder| {
            let hash = Sha256::digest(encode(encoder, &schema, &many));
            let hex: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
            format!("{}/{} {hex}", encoder.format(), encoder.codec())
        })
        .collect();
    // A change here is a new version of its encoder: objects that were sealed under the old one are then told by their events.
    assert_eq!(found, GOLDEN);
}

const GOLDEN: &[&str] = &[
    "avro/null 61bad12c4b77",
    "avro/deflate 79ce25ea427e",
    "avro/snappy d3af4ee84a9b",
    "avro/zstandard 8b593b67d440",
    "ndjson/null da0775ce4901",
    "ndjson/gzip bceacb32166a",
    "ndjson/zstandard bb4f08989367",
    "csv/null 8372c61e70d4",
    "csv/gzip 8650f024252c",
    "csv/zstandard 344bf8cb4a43",
    "csv-guarded/null c1ae158d19ef",
    "csv-guarded/gzip be0f2d6507e8",
    "csv-guarded/zstandard cf86f1e65403",
    #[cfg(feature = "parquet")]
    "parquet/snappy 9fbdadf72ac0",
    #[cfg(feature = "parquet")]
    "parquet/zstandard bf768b545824",
];

#[test]
fn what_was_written_is_read_and_damage_is_found() {
    let (schema, datums) = few();
    for encoder in encoders() {
        let what = format!("{encoder:?}");
        let object = encode(encoder, &schema, &datums);
        assert_eq!(encoder.read(&schema, &object).unwrap(), datums, "{what}");
        assert!(encoder.same_events(&object, &object), "{what}");
        let reversed: Vec<Vec<u8>> = datums.iter().rev().cloned().collect();
        assert!(
            !encoder.same_events(&object, &encode(encoder, &schema, &reversed)),
            "{what}"
        );
        for cut in [object.len() / 2, object.len() - 1] {
            let damaged = &object[..cut];
            let read = encoder.read(&schema, damaged);
            assert!(read.is_err(), "{what} cut at {cut}");
            assert!(!encoder.same_events(damaged, damaged), "{what} cut at {cut}");
        }
        let other =
            RecordSchema::parse(r#"{"type":"record","name":"F","fields":[{"name":"x","type":"long"}]}"#)
                .unwrap();
        let error = encoder.read(&other, &object).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidObject, "{what}: {error}");
    }
}

#[test]
fn objects_are_read_by_what_their_names_end_with() {
    let (schema, datums) = few();
    for encoder in encoders() {
        let object = encode(encoder, &schema, &datums);
        let reader = encoder_of_extension(encoder.extension()).unwrap();
        assert_eq!(reader.read(&schema, &object).unwrap(), datums, "{encoder:?}");
    }
    assert!(extensions().all(|extension| !extension.starts_with('.')));
    assert!(encoder_of_extension("orc").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn events_of_every_type_come_back(events in proptest::collection::vec(event_text(EVERY_TYPE), 1..20)) {
        let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
        let datums = datums(&schema, &events);
        for encoder in encoders() {
            let object = encode(encoder, &schema, &datums);
            prop_assert_eq!(encoder.read(&schema, &object).unwrap(), datums.clone(), "{:?}", encoder);
        }
    }

    #[test]
    fn any_bytes_are_an_object_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0..ALL.len(), flip in any::<(u16, u8)>()) {
        let (schema, datums) = few();
        let encoder = encoders().nth(at).unwrap();
        let _ = encoder.read(&schema, &bytes);
        let mut object = encode(encoder, &schema, &datums);
        let place = usize::from(flip.0) % object.len();
        object[place] ^= flip.1 | 1;
        let _ = encoder.read(&schema, &object);
    }
}
