//! A document under construction, in the order in which people read it; printed as JSON or YAML. Knows no schema.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A value of JSON whose members stay in order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Text(String),
    Number(i64),
    Bool(bool),
    List(Vec<Self>),
    Map(Vec<(String, Self)>),
}

impl Node {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn map<const N: usize>(members: [(&str, Self); N]) -> Self {
        Self::Map(members.map(|(name, value)| (name.to_owned(), value)).into())
    }

    pub(crate) fn list<const N: usize>(items: [Self; N]) -> Self {
        Self::List(items.into())
    }

    /// A policy document, in its own order.
    pub(crate) fn document(document: &bucketline_policy::Document) -> Self {
        // What a document prints is JSON.
        serde_json::from_str(&document.to_json()).unwrap_or(Self::Map(Vec::new()))
    }

    /// With another member at the end.
    #[must_use]
    pub(crate) fn with(self, name: &str, value: Self) -> Self {
        match self {
            Self::Map(mut members) => {
                members.push((name.to_owned(), value));
                Self::Map(members)
            }
            other => other,
        }
    }

    /// With every text changed.
    #[must_use]
    pub(crate) fn map_texts(self, change: &impl Fn(String) -> Self) -> Self {
        match self {
            Self::Text(text) => change(text),
            Self::List(items) => Self::List(items.into_iter().map(|item| item.map_texts(change)).collect()),
            Self::Map(members) => Self::Map(
                members
                    .into_iter()
                    .map(|(name, value)| (name, value.map_texts(change)))
                    .collect(),
            ),
            other => other,
        }
    }

    /// On one line.
    pub(crate) fn to_json(&self) -> String {
        let mut out = String::new();
        self.json(&mut out, None);
        out
    }

    /// Laid out, with a line end.
    pub(crate) fn to_json_pretty(&self) -> String {
        let mut out = String::new();
        self.json(&mut out, Some(0));
        out.push('\n');
        out
    }

    /// In block style; texts in double quotes, which YAML reads as JSON does.
    pub(crate) fn to_yaml(&self) -> String {
        let mut out = String::new();
        self.yaml(&mut out, 0);
        out
    }

    fn json(&self, out: &mut String, depth: Option<usize>) {
        let inner = depth.map(|depth| depth + 1);
        match self {
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::Map(members) if members.is_empty() => out.push_str("{}"),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    separate(out, at, inner);
                    item.json(out, inner);
                }
                break_line(out, depth);
                out.push(']');
            }
            Self::Map(members) => {
                out.push('{');
                for (at, (name, value)) in members.iter().enumerate() {
                    separate(out, at, inner);
                    out.push_str(&quoted(name));
                    out.push_str(": ");
                    value.json(out, inner);
                }
                break_line(out, depth);
                out.push('}');
            }
            scalar => out.push_str(&scalar.scalar()),
        }
    }

    fn yaml(&self, out: &mut String, depth: usize) {
        match self {
            Self::Map(members) => {
                for (name, value) in members {
                    indent(out, depth);
                    let plain = name.chars().all(|c| c.is_ascii_alphanumeric());
                    out.push_str(&if plain { name.clone() } else { quoted(name) });
                    out.push(':');
                    value.yaml_value(out, depth + 1);
                }
            }
            Self::List(items) => {
                for item in items {
                    indent(out, depth);
                    out.push('-');
                    match item {
                        // The first member stands behind the dash.
                        Self::Map(members) if !members.is_empty() => {
                            let mut inner = String::new();
                            item.yaml(&mut inner, depth + 1);
                            out.push(' ');
                            out.push_str(inner.trim_start());
                        }
                        item => item.yaml_value(out, depth + 1),
                    }
                }
            }
            scalar => out.push_str(&scalar.scalar()),
        }
    }

    fn yaml_value(&self, out: &mut String, depth: usize) {
        match self {
            Self::Map(members) if !members.is_empty() => {
                out.push('\n');
                self.yaml(out, depth);
            }
            Self::List(items) if !items.is_empty() => {
                out.push('\n');
                self.yaml(out, depth);
            }
            flat => {
                out.push(' ');
                out.push_str(&flat.to_json());
                out.push('\n');
            }
        }
    }

    fn scalar(&self) -> String {
        match self {
            Self::Text(text) => quoted(text),
            Self::Number(number) => number.to_string(),
            Self::Bool(value) => value.to_string(),
            Self::List(_) | Self::Map(_) => String::new(),
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn separate(out: &mut String, at: usize, depth: Option<usize>) {
    if at > 0 {
        out.push(',');
        if depth.is_none() {
            out.push(' ');
        }
    }
    break_line(out, depth);
}

fn break_line(out: &mut String, depth: Option<usize>) {
    if let Some(depth) = depth {
        out.push('\n');
        indent(out, depth);
    }
}

fn indent(out: &mut String, depth: usize) {
    out.extend(std::iter::repeat_n("  ", depth));
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Ordered)
    }
}

struct Ordered;

impl<'de> Visitor<'de> for Ordered {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a policy document")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Node, E> {
        i64::try_from(value).map(Node::Number).map_err(E::custom)
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Node::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_texts_survive_in_both_forms() {
        let text = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a: 'b' # c", "Action": ["x", "y"], "On": true}], "Empty": []}"#;
        let node: Node = serde_json::from_str(text).unwrap();
        assert_eq!(node.to_json(), text);
        assert_eq!(
            serde_json::from_str::<Node>(&node.to_json_pretty()).unwrap(),
            node
        );
        assert_eq!(
            node.to_yaml(),
            "Version: \"2012-10-17\"\nStatement:\n  - Sid: \"a: 'b' # c\"\n    Action:\n      - \"x\"\n      - \"y\"\n    On: true\nEmpty: []\n"
        );
    }
}
