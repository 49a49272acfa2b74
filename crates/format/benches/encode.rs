//! How fast events become bytes on one core: one JSON line per figure.
//!
//! `cargo xtask bench format`. Each figure is the median of several rounds over the same sample events, in time of the processor.
#![expect(clippy::print_stdout, reason = "figures go to standard output")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench may panic")]

mod figures;

use std::hint::black_box;

use bucketline_format::Schema;
use bucketline_format::ocf::{self, Codec, Reader};
use bucketline_format::sample::Generator;
use figures::{datum, measure, parsed, registry};
use serde_json::value::RawValue;

const EVENTS: usize = 60_000;

fn main() {
    let registry = registry();
    let lines = figures::lines(EVENTS);
    let events: Vec<(&Schema, &str)> = lines.iter().map(|line| parsed(&registry, line)).collect();
    let reversed: Vec<(&Schema, String)> = events
        .iter()
        .map(|(schema, text)| (*schema, reverse(text)))
        .collect();
    let json_bytes: usize = events.iter().map(|(_, text)| text.len()).sum();

    let mut out = Vec::new();
    let encode = measure(|| {
        for (schema, text) in &events {
            out.clear();
            schema.encode_event(text, &mut out).expect("sample events fit");
            black_box(&out);
        }
    });
    report("encode", encode, json_bytes);

    let encode_reversed = measure(|| {
        for (schema, text) in &reversed {
            out.clear();
            schema.encode_event(text, &mut out).expect("sample events fit");
            black_box(&out);
        }
    });
    report("encode_fields_reversed", encode_reversed, json_bytes);

    let syntax = measure(|| {
        for (_, text) in &events {
            black_box(serde_json::from_str::<serde::de::IgnoredAny>(text).expect("JSON"));
        }
    });
    report("serde_json_syntax_check_alone", syntax, json_bytes);

    let datums: Vec<(&Schema, Vec<u8>)> = events
        .iter()
        .map(|(schema, text)| (*schema, datum(schema, text)))
        .collect();
    let datum_bytes: usize = datums.iter().map(|(_, datum)| datum.len()).sum();
    let validate = measure(|| {
        for (schema, datum) in &datums {
            schema.validate(black_box(datum)).expect("own datums are valid");
        }
    });
    report("validate", validate, datum_bytes);

    let decode = measure(|| {
        for (schema, datum) in &datums {
            black_box(schema.decode_event(datum).expect("own datums decode"));
        }
    });
    report("decode", decode, datum_bytes);

    let one_type = registry.latest("users.messages.email.Send").expect("it is there");
    let of_one_type: Vec<&[u8]> = datums
        .iter()
        .filter(|(schema, _)| schema.id() == one_type.id())
        .map(|(_, datum)| datum.as_slice())
        .collect();
    let repeated: Vec<&[u8]> = of_one_type.iter().copied().cycle().take(EVENTS).collect();
    let object_bytes: usize = repeated.iter().map(|datum| datum.len()).sum();
    let build = measure(|| {
        black_box(ocf::build(
            one_type.text(),
            Codec::Null,
            [7; 16],
            repeated.iter().copied(),
        ))
        .expect("kept in memory");
    });
    report("object_build", build, object_bytes);

    let object = ocf::build(one_type.text(), Codec::Null, [7; 16], repeated.iter().copied())
        .expect("kept in memory")
        .concat();
    let read = measure(|| {
        assert_eq!(
            Reader::new(&object).expect("own object").flatten().count(),
            EVENTS
        )
    });
    report("object_read", read, object_bytes);

    let mut line = String::new();
    let sample = measure(|| {
        let mut generator = Generator::new(2);
        for _ in 0..EVENTS {
            line.clear();
            generator.write_line(&mut line);
            black_box(&line);
        }
    });
    report("sample", sample, lines.iter().map(String::len).sum());
}

/// The same event with its fields in the opposite order.
fn reverse(text: &str) -> String {
    // Only objects of scalars and short arrays, so a split by a parser that keeps the texts is enough.
    let fields: std::collections::BTreeMap<&str, &RawValue> = serde_json::from_str(text).expect("JSON");
    let mut fields: Vec<(&str, &RawValue)> = fields.into_iter().collect();
    fields.sort_by_key(|(name, _)| std::cmp::Reverse(text.find(&format!("\"{name}\":"))));
    let fields: Vec<String> = fields
        .into_iter()
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", fields.join(","))
}

fn report(figure: &str, seconds: f64, bytes: usize) {
    figures::report(figure, seconds, EVENTS, bytes, "");
}
