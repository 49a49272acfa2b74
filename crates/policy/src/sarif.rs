//! What any log in the Static Analysis Results Interchange Format, SARIF 2.1.0, is made of. Knows no rule.

use serde_json::{Value, json};

use crate::{Position, Span};

/// A log of one run of this crate with these rules.
pub(crate) fn log(rules: Vec<Value>, results: Vec<Value>) -> Value {
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bucketline-policy",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// Where a result is: a region of a file, and the value of its JSON that this is.
pub(crate) fn location(uri: &str, region: Value, pointer: &str, kind: &str) -> Value {
    json!([{
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": region},
        "logicalLocations": [{"fullyQualifiedName": pointer, "kind": kind}],
    }])
}

/// Lines and columns from 1; the end is one past the last character.
pub(crate) fn region(text: &str, span: Span) -> Value {
    let Position { line, column } = span.position(text);
    let end = Span::new(span.end(), span.end()).position(text);
    json!({"startLine": line, "startColumn": column, "endLine": end.line, "endColumn": end.column})
}

/// Adds that the document itself gives a reason for what was found.
pub(crate) fn suppress(result: &mut Value, reason: Option<&str>) {
    if let (Some(reason), Some(members)) = (reason, result.as_object_mut()) {
        members.insert(
            "suppressions".to_owned(),
            json!([{"kind": "inSource", "justification": reason}]),
        );
    }
}
