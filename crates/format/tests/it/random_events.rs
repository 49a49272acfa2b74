//! Strategies for events of any schema: JSON objects that must be accepted, in every spelling that JSON allows.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// An event of this schema as a JSON text, with fields in any order, and nullable ones null or left out.
pub(crate) fn event_text(schema_text: &str) -> BoxedStrategy<String> {
    let schema: Value = serde_json::from_str(schema_text).unwrap();
    record(&schema)
}

/// A schema of every type that is supported, nested ones included.
pub(crate) const EVERY_TYPE: &str = r#"{
  "type": "record", "name": "Everything", "namespace": "test", "doc": "Every \"type\", and naïve text.",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "flag", "type": "boolean"},
    {"name": "small", "type": "int"},
    {"name": "big", "type": "long"},
    {"name": "single", "type": "float"},
    {"name": "precise", "type": "double"},
    {"name": "maybe_text", "type": ["null", "string"], "default": null},
    {"name": "maybe_flag", "type": ["null", "boolean"], "default": null},
    {"name": "maybe_last", "type": ["double", "null"]},
    {"name": "texts", "type": {"type": "array", "items": "string"}},
    {"name": "maybe_texts", "type": ["null", {"type": "array", "items": ["null", "string"]}], "default": null},
    {"name": "grid", "type": {"type": "array", "items": {"type": "array", "items": "int"}}},
    {"name": "place", "type": {"type": "record", "name": "Place", "fields": [
      {"name": "latitude", "type": "float"}, {"name": "label", "type": ["null", "string"], "default": null}]}},
    {"name": "maybe_place", "type": ["null", {"type": "record", "name": "Other", "doc": "Another.", "fields": [
      {"name": "points", "type": {"type": "array", "items": "float"}}]}], "default": null}
  ]
}"#;

fn record(schema: &Value) -> BoxedStrategy<String> {
    let fields = schema.get("fields").unwrap().as_array().unwrap().clone();
    let values: Vec<_> = fields
        .iter()
        .map(|field| {
            let name = field.get("name").unwrap().as_str().unwrap().to_owned();
            let field_type = field.get("type").unwrap();
            let value = text_of(field_type);
            if field_type.is_array() {
                proptest::option::of(value)
                    .prop_map(move |value| value.map(|value| (name.clone(), value)))
                    .boxed()
            } else {
                value.prop_map(move |value| Some((name.clone(), value))).boxed()
            }
        })
        .collect();
    (
        values,
        any::<u8>(),
        prop_oneof![3 => Just(false), 1 => Just(true)],
    )
        .prop_map(|(fields, turn, shuffle)| {
            let mut fields: Vec<(String, String)> = fields.into_iter().flatten().collect();
            if shuffle && !fields.is_empty() {
                let middle = usize::from(turn) % fields.len();
                fields.rotate_left(middle);
                fields.get_mut(..middle).unwrap().reverse();
            }
            let space = if turn % 5 == 0 { " \n\t\r" } else { "" };
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(name, value)| {
                    let name = if turn % 7 == 0 {
                        escape_all(&name)
                    } else {
                        format!("\"{name}\"")
                    };
                    format!("{space}{name}{space}:{space}{value}{space}")
                })
                .collect();
            format!("{space}{{{space}{}}}{space}", fields.join(","))
        })
        .boxed()
}

fn text_of(schema: &Value) -> BoxedStrategy<String> {
    match schema {
        Value::Array(branches) => {
            let other = branches
                .iter()
                .find(|branch| branch.as_str() != Some("null"))
                .unwrap();
            prop_oneof![1 => Just("null".to_owned()), 3 => text_of(other)].boxed()
        }
        Value::Object(object) => match object.get("type").and_then(Value::as_str).unwrap() {
            "array" => {
                let items = object.get("items").unwrap();
                // From 64 items on, the count takes two bytes.
                let many = if items.as_str() == Some("int") {
                    62..67
                } else {
                    0..3
                };
                prop_oneof![9 => proptest::collection::vec(text_of(items), 0..4), 1 => proptest::collection::vec(text_of(items), many)]
                    .prop_map(|items| format!("[{}]", items.join(",")))
                    .boxed()
            }
            "record" => record(schema),
            plain => text_of(&Value::from(plain)),
        },
        Value::String(name) => match name.as_str() {
            "boolean" => any::<bool>().prop_map(|value| value.to_string()).boxed(),
            "int" => prop_oneof![any::<i32>(), -70..70]
                .prop_map(|value: i32| value.to_string())
                .boxed(),
            "long" => prop_oneof![any::<i64>(), -70i64..70]
                .prop_map(|value: i64| value.to_string())
                .boxed(),
            "float" => prop_oneof![
                any::<f32>()
                    .prop_filter("JSON has no such number", |value| value.is_finite())
                    .prop_map(|value| format!("{value:e}")),
                any::<i16>().prop_map(|value| value.to_string()),
                (any::<i32>(), 0u32..1_000_000)
                    .prop_map(|(whole, fraction)| format!("{whole}.{fraction:06}")),
            ]
            .boxed(),
            "double" => any::<f64>()
                .prop_filter("JSON has no such number", |value| value.is_finite())
                .prop_map(|value| format!("{value:?}"))
                .boxed(),
            "string" => prop_oneof![
                3 => "[ -~]{0,40}".prop_map(|text| Value::from(text).to_string()),
                1 => any::<String>().prop_map(|text| Value::from(text).to_string()),
                1 => any::<String>().prop_map(|text| escape_all(&text)),
            ]
            .boxed(),
            other => panic!("unexpected type {other}"),
        },
        other => panic!("unexpected schema {other}"),
    }
}

/// A JSON string with every character as `\u` escapes.
fn escape_all(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{units}\"")
}

/// An event with nulls left out, so that two spellings of one event can be compared.
pub(crate) fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(
                fields
                    .map(|(name, value)| (name.clone(), without_nulls(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        other => other.clone(),
    }
}
