//! What checks found in the Static Analysis Results Interchange Format, SARIF 2.1.0.

use serde_json::{Value, json};

use super::{Check, Finding};
use crate::json::{self, Node};
use crate::{Span, sarif};

/// A file that was checked.
#[derive(Clone, Copy, Debug)]
pub struct CheckedFile<'a> {
    /// Its path or URL, as results are to name it.
    pub uri: &'a str,
    /// Its text: a policy, or an array of policies.
    pub text: &'a str,
    /// What was found in its policies.
    pub check: &'a Check,
}

const RULES: [(&str, &str); 3] = [
    (
        "NEW_ACCESS",
        "The new policy allows a request that the old one did not.",
    ),
    (
        "ACCESS_GRANTED",
        "The policy allows access that should not be granted.",
    ),
    ("PUBLIC_ACCESS", "The policy lets in callers whom nobody chose."),
];

/// The findings of one run as a SARIF log.
#[must_use]
pub fn sarif(file: &CheckedFile<'_>) -> Value {
    let rules = RULES.map(|(id, why)| {
        json!({"id": id, "shortDescription": {"text": why}, "defaultConfiguration": {"level": "error"}})
    });
    let results = file.check.findings().iter().map(|finding| result(file, finding));
    sarif::log(rules.to_vec(), results.collect())
}

fn result(file: &CheckedFile<'_>, finding: &Finding) -> Value {
    let (pointer, span) = place(file.text, finding);
    let mut result = json!({
        "ruleId": finding.code(),
        "ruleIndex": RULES.iter().position(|(id, _)| *id == finding.code()),
        "level": "error",
        "message": {"text": finding.message()},
        "locations": sarif::location(file.uri, sarif::region(file.text, span), &pointer, "object"),
    });
    sarif::suppress(&mut result, finding.suppression());
    result
}

/// The pointer within the file, and what it points at.
fn place(text: &str, finding: &Finding) -> (String, Span) {
    let Some(root) = json::read(text).root else {
        return (finding.pointer().to_owned(), Span::default());
    };
    let (mut pointer, mut node) = (String::new(), &root);
    if let json::Value::Array(items) = &root.value
        && let Some(document) = items.get(finding.document())
    {
        pointer = format!("/{}", finding.document());
        node = document;
    }
    let member = |node: &'_ Node| -> Option<Node> {
        let members = node.as_object()?.iter();
        members
            .filter(|member| member.key == "Statement")
            .map(|member| member.value.clone())
            .next()
    };
    let statement = member(node).and_then(|list| list.items().get(finding.statement()?).cloned());
    let span = statement.map_or(node.span, |statement| statement.span);
    (pointer + finding.pointer(), span)
}
