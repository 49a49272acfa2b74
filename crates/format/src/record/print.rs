//! A record's shape as compact JSON, with its attributes in a fixed order.
//! What it prints goes into the header of every object: a change here is a new encoder version.

use serde_json::Value;

use super::{Field, Kind, NullBranch, Record, Type};

/// Whether documentation is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Docs {
    Kept,
    LeftOut,
}

pub(super) fn compact(record: &Record, docs: Docs) -> String {
    let mut out = String::new();
    print_record(record, docs, &mut out);
    out
}

pub(crate) fn type_text(avro_type: &Type) -> String {
    let mut out = String::new();
    print_type(avro_type, Docs::Kept, &mut out);
    out
}

fn print_record(record: &Record, docs: Docs, out: &mut String) {
    out.push_str("{\"type\":\"record\",\"name\":");
    quote(&record.name, out);
    attribute("namespace", record.namespace.as_deref(), out);
    doc(record.doc.as_deref(), docs, out);
    out.push_str(",\"fields\":[");
    for (index, field) in record.fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        print_field(field, docs, out);
    }
    out.push_str("]}");
}

fn print_field(field: &Field, docs: Docs, out: &mut String) {
    out.push_str("{\"name\":");
    quote(&field.name, out);
    out.push_str(",\"type\":");
    print_type(&field.avro_type, docs, out);
    doc(field.doc.as_deref(), docs, out);
    if field.default_null {
        out.push_str(",\"default\":null");
    }
    if let (Some(pii), Docs::Kept) = (field.pii, docs) {
        out.push_str(if pii { ",\"pii\":true" } else { ",\"pii\":false" });
    }
    out.push('}');
}

fn print_type(avro_type: &Type, docs: Docs, out: &mut String) {
    match avro_type.null {
        None => print_kind(&avro_type.kind, docs, out),
        Some(NullBranch::First) => {
            out.push_str("[\"null\",");
            print_kind(&avro_type.kind, docs, out);
            out.push(']');
        }
        Some(NullBranch::Second) => {
            out.push('[');
            print_kind(&avro_type.kind, docs, out);
            out.push_str(",\"null\"]");
        }
    }
}

fn print_kind(kind: &Kind, docs: Docs, out: &mut String) {
    let name = match kind {
        Kind::Boolean => "\"boolean\"",
        Kind::Int => "\"int\"",
        Kind::Long => "\"long\"",
        Kind::Float => "\"float\"",
        Kind::Double => "\"double\"",
        Kind::String => "\"string\"",
        Kind::Record(record) => return print_record(record, docs, out),
        Kind::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            print_type(items, docs, out);
            "}"
        }
    };
    out.push_str(name);
}

fn doc(text: Option<&str>, docs: Docs, out: &mut String) {
    if docs == Docs::Kept {
        attribute("doc", text, out);
    }
}

fn attribute(name: &str, value: Option<&str>, out: &mut String) {
    if let Some(value) = value {
        out.push(',');
        quote(name, out);
        out.push(':');
        quote(value, out);
    }
}

pub(super) fn quote(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}
