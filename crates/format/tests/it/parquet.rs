//! Parquet: every event type of the repository comes back, and hostile files are refused without a panic.

use std::time::{Duration, Instant};

use bucketline_format::{Encoder, ErrorKind, RecordSchema, encoder, newest_encoder, read_alone};
use parquet::file::metadata::{PageIndexPolicy, ParquetMetaDataReader};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::hostile::{mutated, run};
use crate::random_events::{EVERY_TYPE, event_text};
use crate::schema_files::{registry, schemas};

fn datums(schema: &RecordSchema, events: impl IntoIterator<Item = String>) -> Vec<Vec<u8>> {
    let encode = |event: String| {
        let mut datum = Vec::new();
        schema.encode_event(&event, &mut datum).unwrap();
        datum
    };
    events.into_iter().map(encode).collect()
}

fn encode(codec: &str, schema: &RecordSchema, datums: &[Vec<u8>]) -> Vec<u8> {
    let datums: Vec<&[u8]> = datums.iter().map(Vec::as_slice).collect();
    let encoder = newest_encoder("parquet", codec).unwrap();
    encoder.encode(schema, [7; 16], &datums).unwrap().concat()
}

fn snappy() -> &'static dyn Encoder {
    encoder("parquet", "snappy", 1).unwrap()
}

#[test]
fn every_event_type_comes_back_and_the_object_carries_its_schema() {
    let mut runner = TestRunner::deterministic();
    let mut seen = 0;
    for schema in schemas(&registry()) {
        let schema = schema.record();
        let events = event_text(schema.text());
        let events = (0..6).map(|_| events.new_tree(&mut runner).unwrap().current());
        let datums = datums(schema, events.collect::<Vec<_>>());
        for codec in ["snappy", "zstandard"] {
            let object = encode(codec, schema, &datums);
            let (carried, read) = read_alone(&object).unwrap().unwrap();
            assert_eq!(carried.text(), schema.text());
            assert_eq!(read, datums, "{}", schema.full_name());
        }
        seen += 1;
    }
    assert!(seen >= 94, "{seen}");
}

#[test]
fn what_others_need_to_skip_pages_is_there() {
    let schema =
        RecordSchema::parse(r#"{"type":"record","name":"E","fields":[{"name":"n","type":"int"}]}"#).unwrap();
    let datums = datums(&schema, (0..50_000).map(|n| format!("{{\"n\":{n}}}")));
    let object = bytes::Bytes::from(encode("snappy", &schema, &datums));
    let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Required);
    reader.try_parse(&object).unwrap();
    let metadata = reader.finish().unwrap();
    assert_eq!(
        metadata.file_metadata().created_by(),
        Some("bucketline-format version 1")
    );
    let statistics = metadata.row_group(0).column(0).statistics().unwrap();
    assert_eq!(statistics.min_bytes_opt(), Some(&0_i32.to_le_bytes()[..]));
    assert_eq!(statistics.max_bytes_opt(), Some(&49_999_i32.to_le_bytes()[..]));
    let index = metadata.page_index_for_row_group(0);
    assert_eq!(index.num_data_pages(0), Some(3), "of at most 20,000 events each");
    assert!(index.column_index(0).is_some());
}

#[test]
fn an_object_of_no_events_is_one() {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let object = encode("zstandard", &schema, &[]);
    assert!(snappy().read(&schema, &object).unwrap().is_empty());
}

#[test]
fn every_cut_is_noticed() {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let mut runner = TestRunner::deterministic();
    let event = event_text(EVERY_TYPE).new_tree(&mut runner).unwrap().current();
    let whole = encode("snappy", &schema, &datums(&schema, [event]));
    for length in 0..whole.len() {
        let error = snappy().read(&schema, &whole[..length]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidObject, "cut to {length} bytes");
    }
}

/// What is read is written again as something that is read alike.
fn reading_is_writing_undone(bytes: &[u8]) {
    let Ok(Some((schema, datums))) = read_alone(bytes) else {
        return;
    };
    for datum in &datums {
        schema.validate(datum).unwrap();
    }
    let datums: Vec<Vec<u8>> = datums.iter().map(|datum| datum.to_vec()).collect();
    let again = encode("snappy", &schema, &datums);
    assert!(snappy().same_events(bytes, &again));
}

#[test]
fn any_bytes_are_a_file_or_an_error() {
    let schema = RecordSchema::parse(EVERY_TYPE).unwrap();
    let events = prop::collection::vec(event_text(EVERY_TYPE), 0..5);
    let objects = events.prop_map(move |events| encode("snappy", &schema, &datums(&schema, events)));
    let every_type = mutated(objects);
    // Few columns and many repeated values: more of the edits fall into levels and dictionaries.
    let lists = r#"{"type":"record","name":"L","fields":[
        {"name":"a","type":["null",{"type":"array","items":["null","string"]}],"default":null},
        {"name":"b","type":["null","boolean"],"default":null}]}"#;
    let schema = RecordSchema::parse(lists).unwrap();
    let events =
        prop::collection::vec(event_text(lists), 1..4).prop_map(|events| [events.as_slice(); 5].concat());
    let objects = events.prop_map(move |events| encode("snappy", &schema, &datums(&schema, events)));
    let lists = mutated(objects);
    let ended = ends();
    loop {
        run(400, &every_type, reading_is_writing_undone);
        run(800, &lists, reading_is_writing_undone);
        if ended() {
            break;
        }
    }
}

/// When to stop, beyond the few of each test.
#[expect(
    clippy::disallowed_methods,
    reason = "a test that is told by the environment how long to try"
)]
fn ends() -> impl Fn() -> bool {
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let spend = Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(0));
    let until = Instant::now() + spend;
    move || Instant::now() >= until
}
