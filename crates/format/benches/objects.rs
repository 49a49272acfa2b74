//! How fast stored events become objects of every format on one core, beside what no encoder can do without: one JSON line per figure.
//!
//! `cargo xtask bench format`. A floor is the copy of the bytes, their checksums, the compressor alone, and for Parquet the `parquet`
//! crate given columns that are ready.
#![expect(clippy::print_stdout, reason = "figures go to standard output")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench may panic")]

mod figures;

use std::hint::black_box;
use std::io::Write as _;
use std::sync::Arc;

use bucketline_format::{Schema, formats, newest_encoder};
use figures::{datum, lines, measure, parsed, registry, report};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, FloatType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::FileReader as _;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::file::writer::SerializedFileWriter;
use serde_json::Value;
use sha2::Digest as _;

const EVENTS: usize = 15_000;
const EVENT_TYPE: &str = "users.messages.email.Send";

fn main() {
    let registry = registry();
    let schema = registry.latest(EVENT_TYPE).expect("it is there");
    let lines = lines(400_000);
    let datums: Vec<Vec<u8>> = lines
        .iter()
        .map(|line| parsed(&registry, line))
        .filter(|(of, _)| of.id() == schema.id())
        .take(EVENTS)
        .map(|(schema, text)| datum(schema, text))
        .collect();
    assert_eq!(datums.len(), EVENTS, "the sample has enough of one type");
    let datums: Vec<&[u8]> = datums.iter().map(Vec::as_slice).collect();
    floors(&datums);
    for (format, codec) in formats() {
        let encoder = newest_encoder(format, codec).expect("it is listed");
        let object = encoder
            .encode(schema.record(), [7; 16], &datums)
            .expect("own datums")
            .concat();
        let size: usize = datums.iter().map(|datum| datum.len()).sum();
        let encoding = measure(|| {
            black_box(encoder.encode(schema.record(), [7; 16], &datums)).expect("own datums");
        });
        let more = format!(",\"object_bytes\":{}", object.len());
        report(&format!("encode_{format}_{codec}"), encoding, EVENTS, size, &more);
        let reading = measure(|| {
            black_box(encoder.read(schema.record(), &object)).expect("own object");
        });
        report(&format!("read_{format}_{codec}"), reading, EVENTS, size, "");
    }
    compressors(schema, &datums);
    columns(schema, &datums);
}

fn floors(datums: &[&[u8]]) {
    let all = datums.concat();
    let copied = measure(|| {
        let mut out = Vec::with_capacity(all.len());
        for datum in datums {
            out.extend_from_slice(black_box(datum));
        }
        black_box(out);
    });
    report("floor_copy", copied, EVENTS, all.len(), "");
    let hashed = measure(|| {
        black_box(sha2::Sha256::digest(black_box(&all)));
    });
    report("floor_sha256", hashed, EVENTS, all.len(), "");
    let summed = measure(|| {
        let mut sum = flate2::Crc::new();
        sum.update(black_box(&all));
        black_box(sum.sum());
    });
    report("floor_crc32", summed, EVENTS, all.len(), "");
}

/// Each compressor over the text or the blocks that its format gives it.
fn compressors(schema: &Schema, datums: &[&[u8]]) {
    let text = |format| {
        let encoder = newest_encoder(format, "null").expect("it is listed");
        encoder
            .encode(schema.record(), [7; 16], datums)
            .expect("own datums")
            .concat()
    };
    for format in ["ndjson", "csv"] {
        let text = text(format);
        let gzip = measure(|| {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            out.write_all(black_box(&text)).expect("in memory");
            black_box(out.finish()).expect("in memory");
        });
        report(&format!("floor_gzip_{format}"), gzip, EVENTS, text.len(), "");
        let zstd = measure(|| {
            let mut out = zstd::stream::write::Encoder::new(Vec::new(), 1).expect("in memory");
            out.write_all(black_box(&text)).expect("in memory");
            black_box(out.finish()).expect("in memory");
        });
        report(&format!("floor_zstandard_{format}"), zstd, EVENTS, text.len(), "");
    }
    let all = datums.concat();
    let blocks = || all.chunks(64 * 1024);
    let deflate = measure(|| {
        for block in blocks() {
            let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
            out.write_all(black_box(block)).expect("in memory");
            black_box(out.finish()).expect("in memory");
        }
    });
    report("floor_deflate_avro", deflate, EVENTS, all.len(), "");
    let snappy = measure(|| {
        for block in blocks() {
            black_box(snap::raw::Encoder::new().compress_vec(black_box(block))).expect("in memory");
        }
    });
    report("floor_snappy_avro", snappy, EVENTS, all.len(), "");
    let zstd = measure(|| {
        for block in blocks() {
            black_box(zstd::bulk::compress(black_box(block), 1)).expect("in memory");
        }
    });
    report("floor_zstandard_avro", zstd, EVENTS, all.len(), "");
}

/// A column that is ready to be written.
enum Ready {
    Boolean(Vec<bool>, Vec<i16>),
    Int(Vec<i32>, Vec<i16>),
    Long(Vec<i64>, Vec<i16>),
    Float(Vec<f32>, Vec<i16>),
    Text(Vec<ByteArray>, Vec<i16>),
}

/// The `parquet` crate alone, given the columns of the same events.
fn columns(schema: &Schema, datums: &[&[u8]]) {
    let encoder = newest_encoder("parquet", "snappy").expect("it is listed");
    let object = encoder
        .encode(schema.record(), [7; 16], datums)
        .expect("own datums")
        .concat();
    let reader = SerializedFileReader::new(bytes::Bytes::from(object)).expect("own object");
    let message = reader.metadata().file_metadata().schema_descr().root_schema_ptr();
    let events: Vec<Value> = datums
        .iter()
        .map(|datum| serde_json::from_str(&schema.decode_event(datum).expect("own datum")).expect("JSON"))
        .collect();
    let ready: Vec<Ready> = schema
        .fields()
        .iter()
        .map(|field| {
            let values: Vec<&Value> = events
                .iter()
                .map(|event| event.get(field.name()).unwrap())
                .collect();
            let levels: Vec<i16> = values.iter().map(|value| i16::from(!value.is_null())).collect();
            let there = values.iter().filter(|value| !value.is_null());
            match field
                .type_text()
                .trim_start_matches("[\"null\",")
                .trim_end_matches(']')
            {
                "\"boolean\"" => {
                    Ready::Boolean(there.map(|value| value.as_bool().unwrap()).collect(), levels)
                }
                "\"int\"" => Ready::Int(
                    there.map(|value| value.as_i64().unwrap() as i32).collect(),
                    levels,
                ),
                "\"long\"" => Ready::Long(there.map(|value| value.as_i64().unwrap()).collect(), levels),
                "\"float\"" => Ready::Float(
                    there.map(|value| value.as_f64().unwrap() as f32).collect(),
                    levels,
                ),
                _ => Ready::Text(
                    there
                        .map(|value| value.as_str().expect("a text").into())
                        .collect(),
                    levels,
                ),
            }
        })
        .collect();
    let size: usize = datums.iter().map(|datum| datum.len()).sum();
    for (codec, compression) in [
        ("snappy", Compression::SNAPPY),
        ("zstandard", Compression::ZSTD(ZstdLevel::try_new(1).unwrap())),
    ] {
        let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
        let written = measure(|| {
            let properties = Arc::clone(&properties);
            let mut file = SerializedFileWriter::new(Vec::new(), Arc::clone(&message), properties).unwrap();
            let mut group = file.next_row_group().unwrap();
            for column in &ready {
                let mut writer = group.next_column().unwrap().expect("as many as there are fields");
                match column {
                    Ready::Boolean(values, levels) => writer
                        .typed::<BoolType>()
                        .write_batch(values, Some(levels), None)
                        .unwrap(),
                    Ready::Int(values, levels) => writer
                        .typed::<Int32Type>()
                        .write_batch(values, Some(levels), None)
                        .unwrap(),
                    Ready::Long(values, levels) => writer
                        .typed::<Int64Type>()
                        .write_batch(values, Some(levels), None)
                        .unwrap(),
                    Ready::Float(values, levels) => writer
                        .typed::<FloatType>()
                        .write_batch(values, Some(levels), None)
                        .unwrap(),
                    Ready::Text(values, levels) => writer
                        .typed::<ByteArrayType>()
                        .write_batch(values, Some(levels), None)
                        .unwrap(),
                };
                writer.close().unwrap();
            }
            group.close().unwrap();
            black_box(file.into_inner()).unwrap();
        });
        report(&format!("floor_parquet_{codec}"), written, EVENTS, size, "");
    }
}
