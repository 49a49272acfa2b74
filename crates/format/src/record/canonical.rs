//! A record's shape in Avro's Parsing Canonical Form: what every implementation of Avro prints alike, and takes fingerprints of.
//! Names are full names there; documentation and defaults are left out.

use super::print::quote;
use super::{Kind, NullBranch, Record, Type};

pub(super) fn form(record: &Record) -> String {
    let mut out = String::new();
    print_record(record, None, &mut out);
    out
}

fn print_record(record: &Record, outer: Option<&str>, out: &mut String) {
    let within = record.namespace.as_deref().or(outer);
    out.push_str("{\"name\":");
    match within {
        Some(namespace) => quote(&format!("{namespace}.{}", record.name), out),
        None => quote(&record.name, out),
    }
    out.push_str(",\"type\":\"record\",\"fields\":[");
    for (index, field) in record.fields.iter().enumerate() {
        out.push_str(if index > 0 { ",{\"name\":" } else { "{\"name\":" });
        quote(&field.name, out);
        out.push_str(",\"type\":");
        print_type(&field.avro_type, within, out);
        out.push('}');
    }
    out.push_str("]}");
}

fn print_type(avro_type: &Type, within: Option<&str>, out: &mut String) {
    let (before, after) = match avro_type.null {
        None => ("", ""),
        Some(NullBranch::First) => ("[\"null\",", "]"),
        Some(NullBranch::Second) => ("[", ",\"null\"]"),
    };
    out.push_str(before);
    match &avro_type.kind {
        Kind::Boolean => out.push_str("\"boolean\""),
        Kind::Int => out.push_str("\"int\""),
        Kind::Long => out.push_str("\"long\""),
        Kind::Float => out.push_str("\"float\""),
        Kind::Double => out.push_str("\"double\""),
        Kind::String => out.push_str("\"string\""),
        Kind::Record(record) => print_record(record, within, out),
        Kind::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            print_type(items, within, out);
            out.push('}');
        }
    }
    out.push_str(after);
}
