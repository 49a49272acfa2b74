//! `.avsc` text to a record's shape.
//! Says no to every part of Avro that the encoder does not write, so that nothing has to be decided while events flow.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::names::Names;
use super::{Field, Kind, NullBranch, Record, Type};
use crate::error::{Error, ErrorKind};

/// Deeper schemas are refused: it bounds the recursion of everything that walks one.
const MAX_DEPTH: usize = 16;

pub(super) fn record_schema(text: &str) -> Result<Record, Error> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| invalid(format!("the schema is not JSON: {error}")))?;
    match value.as_object() {
        Some(object) if object.get("type").and_then(Value::as_str) == Some("record") => {
            Parser::default().record(object, None, MAX_DEPTH)
        }
        _ => Err(invalid("the schema is not a record")),
    }
}

/// Remembers what a schema has named so far: Avro lets a name be given once.
#[derive(Default)]
struct Parser {
    full_names: HashSet<String>,
}

impl Parser {
    fn record(
        &mut self,
        object: &Map<String, Value>,
        outer: Option<&str>,
        depth: usize,
    ) -> Result<Record, Error> {
        only(object, &["type", "name", "namespace", "doc", "fields"])?;
        let written = text(object, "name")?.ok_or_else(|| invalid("a record has no `name`"))?;
        // A dotted name brings its namespace with it, and then `namespace` does not count.
        let (namespace, name) = match written.rsplit_once('.') {
            Some((namespace, name)) => (Some(namespace), name),
            None => (text(object, "namespace")?, written),
        };
        if !is_name(name) {
            return Err(invalid(format!(
                "`{}` is not a record name",
                written.escape_debug()
            )));
        }
        if let Some(namespace) = namespace.filter(|namespace| !namespace.split('.').all(is_name)) {
            return Err(invalid(format!(
                "`{}` is not a namespace",
                namespace.escape_debug()
            )));
        }
        let within = namespace.or(outer);
        let full_name = within.map_or_else(|| name.to_owned(), |within| format!("{within}.{name}"));
        if !self.full_names.insert(full_name) {
            return Err(invalid(format!("two records are named `{name}`")));
        }
        let Some(Value::Array(list)) = object.get("fields") else {
            return Err(invalid(format!("record `{name}` has no list of `fields`")));
        };
        let fields: Vec<Field> = list
            .iter()
            .map(|value| self.field(value, within, depth))
            .collect::<Result<_, _>>()?;
        if fields.is_empty() {
            return Err(invalid(format!("record `{name}` has no fields")));
        }
        let mut seen = HashSet::new();
        if let Some(twice) = fields.iter().find(|field| !seen.insert(field.name())) {
            return Err(invalid(format!(
                "record `{name}` has field `{}` twice",
                twice.name
            )));
        }
        Ok(Record {
            name: name.to_owned(),
            namespace: namespace.map(str::to_owned),
            doc: text(object, "doc")?.map(str::to_owned),
            names: Names::new(fields.iter().map(Field::name)),
            fields,
        })
    }

    fn field(&mut self, value: &Value, within: Option<&str>, depth: usize) -> Result<Field, Error> {
        let Value::Object(object) = value else {
            return Err(invalid("a field is not an object"));
        };
        let name = text(object, "name")?.ok_or_else(|| invalid("a field has no `name`"))?;
        if !is_name(name) {
            return Err(invalid(format!("`{}` is not a field name", name.escape_debug())));
        }
        self.described(object, name, within, depth)
            .map_err(|error| error.within(format_args!("field `{name}`")))
    }

    fn described(
        &mut self,
        object: &Map<String, Value>,
        name: &str,
        within: Option<&str>,
        depth: usize,
    ) -> Result<Field, Error> {
        only(object, &["name", "type", "doc", "default", "pii"])?;
        let avro_type = object.get("type").ok_or_else(|| invalid("it has no `type`"))?;
        let avro_type = self.avro_type(avro_type, within, depth)?;
        let default_null = match object.get("default") {
            None => false,
            Some(Value::Null) if avro_type.null == Some(NullBranch::First) => true,
            Some(Value::Null) => {
                return Err(invalid(
                    "its default is null, but `null` is not the first type of a union",
                ));
            }
            Some(_) => {
                return Err(invalid(
                    "it has a default other than null, which events do not use",
                ));
            }
        };
        let doc = text(object, "doc")?.map(str::to_owned);
        let pii = match object.get("pii") {
            None => None,
            Some(Value::Bool(pii)) => Some(*pii),
            Some(_) => return Err(invalid("`pii` is neither true nor false")),
        };
        Ok(Field {
            name: name.to_owned(),
            // A name needs no escapes.
            key: format!("\"{name}\":"),
            doc,
            pii,
            avro_type,
            default_null,
        })
    }

    fn avro_type(&mut self, value: &Value, within: Option<&str>, depth: usize) -> Result<Type, Error> {
        let Value::Array(branches) = value else {
            return Ok(Type {
                null: None,
                kind: self.kind(value, within, depth)?,
            });
        };
        let is_null = |value: &Value| value.as_str() == Some("null");
        let (null, other) = match branches.as_slice() {
            [first, second] if is_null(first) && !is_null(second) => (NullBranch::First, second),
            [first, second] if is_null(second) && !is_null(first) => (NullBranch::Second, first),
            _ => return Err(invalid("a union has to be of `null` and one other type")),
        };
        Ok(Type {
            null: Some(null),
            kind: self.kind(other, within, depth)?,
        })
    }

    fn kind(&mut self, value: &Value, within: Option<&str>, depth: usize) -> Result<Kind, Error> {
        let Some(inside) = depth.checked_sub(1) else {
            return Err(invalid(format!("types are nested more than {MAX_DEPTH} deep")));
        };
        let (name, object) = match value {
            Value::String(name) => (name.as_str(), None),
            Value::Object(object) => (
                text(object, "type")?.ok_or_else(|| invalid("a type object has no `type`"))?,
                Some(object),
            ),
            Value::Array(_) => return Err(invalid("a union lies directly within a union")),
            _ => return Err(invalid("a type is neither a name, a union nor an object")),
        };
        let plain = match (name, object) {
            ("array", Some(object)) => {
                only(object, &["type", "items"])?;
                let items = object
                    .get("items")
                    .ok_or_else(|| invalid("an array has no `items`"))?;
                return Ok(Kind::Array(Box::new(self.avro_type(items, within, inside)?)));
            }
            ("record", Some(object)) => {
                return Ok(Kind::Record(Box::new(self.record(object, within, inside)?)));
            }
            ("boolean", _) => Kind::Boolean,
            ("int", _) => Kind::Int,
            ("long", _) => Kind::Long,
            ("float", _) => Kind::Float,
            ("double", _) => Kind::Double,
            ("string", _) => Kind::String,
            (other, _) => return Err(invalid(why_not(other))),
        };
        // Mostly logical types, which would change what the values mean.
        object.map_or(Ok(()), |object| only(object, &["type"]))?;
        Ok(plain)
    }
}

fn why_not(name: &str) -> String {
    match name {
        "null" => "a `null` outside a union says nothing".to_owned(),
        "bytes" | "fixed" => {
            format!("type `{name}` has no plain form in JSON; carry it as a `string`, in base64 for example")
        }
        "enum" => {
            "type `enum` is not used by events: a new symbol would break readers; use `string`".to_owned()
        }
        "map" => "type `map` is not used by events; use a `string` of JSON, or a record".to_owned(),
        other => format!("`{}` is not a type that events use", other.escape_debug()),
    }
}

fn only(object: &Map<String, Value>, known: &[&str]) -> Result<(), Error> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(invalid(format!(
            "attribute `{}` is not supported",
            key.escape_debug()
        ))),
    }
}

fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Result<Option<&'a str>, Error> {
    match object.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(format!("`{key}` is not a string"))),
    }
}

/// A name by Avro's rules.
fn is_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn invalid(message: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::InvalidSchema, message)
}
