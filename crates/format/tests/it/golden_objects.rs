//! Objects whose bytes are fixed for ever: `tests/cases/objects/<name>/{schema.avsc, events.ndjson, object.avro, object.CODEC.parquet}`.
//!
//! A new case needs the first two files and one run with `UPDATE_EXPECT=1`. An existing object never changes: an encoder that
//! gives other bytes is a new version, and this one has to stay.

use std::path::{Path, PathBuf};

use bucketline_format::RecordSchema;
use bucketline_format::ocf::{self, Codec, Reader};
use sha2::{Digest, Sha256};

const MARKER: [u8; 16] = *b"golden marker 01";

fn cases() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/objects");
    std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of golden tests")]
fn bytes_are_as_they_were() {
    assert_eq!(ocf::ENCODER_VERSION, 1, "the cases are of version 1");
    for case in cases() {
        let read = |name: &str| std::fs::read_to_string(case.join(name)).unwrap();
        let schema = RecordSchema::parse(&read("schema.avsc")).unwrap();
        let events = read("events.ndjson");
        let datums: Vec<Vec<u8>> = events
            .lines()
            .map(|event| {
                let mut datum = Vec::new();
                schema.encode_event(event, &mut datum).unwrap();
                datum
            })
            .collect();
        let built = ocf::build(
            schema.text(),
            Codec::Null,
            MARKER,
            datums.iter().map(Vec::as_slice),
        )
        .unwrap()
        .concat();
        let file = case.join("object.avro");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&file, &built).unwrap();
        }
        let golden = std::fs::read(&file).unwrap();
        assert!(golden == built, "{} is no longer what is written", file.display());

        let reader = Reader::new(&golden).unwrap();
        assert_eq!(reader.marker(), MARKER);
        let read: Vec<bytes::Bytes> = reader.collect::<Result<_, _>>().unwrap();
        assert_eq!(read, datums);
    }
}

/// Written by the `parquet` crate of today: an upgrade of it that changes a byte is a new version of the encoder.
#[cfg(feature = "parquet")]
#[test]
#[expect(clippy::disallowed_methods, reason = "the one switch of golden tests")]
fn columns_are_as_they_were() {
    for case in cases() {
        let read = |name: &str| std::fs::read_to_string(case.join(name)).unwrap();
        let schema = RecordSchema::parse(&read("schema.avsc")).unwrap();
        let mut datums = Vec::new();
        for event in read("events.ndjson").lines() {
            let mut datum = Vec::new();
            schema.encode_event(event, &mut datum).unwrap();
            datums.push(datum);
        }
        let borrowed: Vec<&[u8]> = datums.iter().map(Vec::as_slice).collect();
        for codec in ["snappy", "zstandard"] {
            let encoder = bucketline_format::encoder("parquet", codec, 1).unwrap();
            let built = encoder.encode(&schema, MARKER, &borrowed).unwrap().concat();
            let file = case.join(format!("object.{codec}.parquet"));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                std::fs::write(&file, &built).unwrap();
            }
            let golden = std::fs::read(&file).unwrap();
            assert!(golden == built, "{} is no longer what is written", file.display());
            assert_eq!(encoder.read(&schema, &golden).unwrap(), datums);
        }
    }
}

/// Too large for a file: 4,000 datums in several blocks, and one that is larger than a block.
#[test]
fn blocks_are_cut_where_they_were() {
    let schema = r#"{"type":"record","name":"Long","fields":[{"name":"text","type":"string"}]}"#;
    let schema = RecordSchema::parse(schema).unwrap();
    let datums: Vec<Vec<u8>> = (0..4_000)
        .map(|n| {
            let text = char::from(b'a' + (n % 26) as u8).to_string();
            let len = if n == 2_000 { 100_000 } else { n % 97 };
            let mut datum = Vec::new();
            schema
                .encode_event(&format!("{{\"text\":\"{}\"}}", text.repeat(len)), &mut datum)
                .unwrap();
            datum
        })
        .collect();
    let chunks = ocf::build(
        schema.text(),
        Codec::Null,
        MARKER,
        datums.iter().map(Vec::as_slice),
    )
    .unwrap();
    let lens: Vec<usize> = chunks.iter().map(bytes::Bytes::len).collect();
    let [header, blocks @ ..] = lens.as_slice() else {
        panic!("no header")
    };
    assert_eq!(*header, 4 + 1 + 12 + 2 + schema.text().len() + 1 + 16);
    assert_eq!(
        blocks.iter().filter(|&&len| len > 64 * 1024 + 16 + 20).count(),
        1,
        "only the large datum"
    );
    let object = chunks.concat();
    let hash: String = Sha256::digest(&object)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        hash,
        "6e4db6f63ed7ab589327fc6d0a5342961e89af53b099fe3c0810ba888f4f814e"
    );
    assert_eq!(
        Reader::new(&object)
            .unwrap()
            .collect::<Result<Vec<_>, _>>()
            .unwrap(),
        datums
    );
}
