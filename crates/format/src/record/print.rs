//! A record's shape as compact JSON, with its attributes in a fixed order.
//! What it prints goes into the header of every object: a change here is a new encoder version.

use serde_json::Value;

use super::{Field, Kind, NullBranch, Record, Type};

pub(super) fn compact(record: &Record) -> String {
    let mut out = String::new();
    print_record(record, &mut out);
    out
}

pub(crate) fn type_text(avro_type: &Type) -> String {
    let mut out = String::new();
    print_type(avro_type, &mut out);
    out
}

fn print_record(record: &Record, out: &mut String) {
    out.push_str("{\"type\":\"record\",\"name\":");
    quote(&record.name, out);
    attribute("namespace", record.namespace.as_deref(), out);
    attribute("doc", record.doc.as_deref(), out);
    out.push_str(",\"fields\":[");
    for (index, field) in record.fields.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        print_field(field, out);
    }
    out.push_str("]}");
}

fn print_field(field: &Field, out: &mut String) {
    out.push_str("{\"name\":");
    quote(&field.name, out);
    out.push_str(",\"type\":");
    print_type(&field.avro_type, out);
    attribute("doc", field.doc.as_deref(), out);
    if field.default_null {
        out.push_str(",\"default\":null");
    }
    out.push('}');
}

fn print_type(avro_type: &Type, out: &mut String) {
    match avro_type.null {
        None => print_kind(&avro_type.kind, out),
        Some(NullBranch::First) => {
            out.push_str("[\"null\",");
            print_kind(&avro_type.kind, out);
            out.push(']');
        }
        Some(NullBranch::Second) => {
            out.push('[');
            print_kind(&avro_type.kind, out);
            out.push_str(",\"null\"]");
        }
    }
}

fn print_kind(kind: &Kind, out: &mut String) {
    let name = match kind {
        Kind::Boolean => "\"boolean\"",
        Kind::Int => "\"int\"",
        Kind::Long => "\"long\"",
        Kind::Float => "\"float\"",
        Kind::Double => "\"double\"",
        Kind::String => "\"string\"",
        Kind::Record(record) => return print_record(record, out),
        Kind::Array(items) => {
            out.push_str("{\"type\":\"array\",\"items\":");
            print_type(items, out);
            "}"
        }
    };
    out.push_str(name);
}

fn attribute(name: &str, value: Option<&str>, out: &mut String) {
    if let Some(value) = value {
        out.push(',');
        quote(name, out);
        out.push(':');
        quote(value, out);
    }
}

fn quote(text: &str, out: &mut String) {
    out.push_str(&Value::from(text).to_string());
}
