//! Characters that IAM's documents may have: Latin-1, without control characters
//! (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).

use super::UNSUPPORTED_CHARACTER;
use crate::Span;
use crate::json::{Node, Value};
use crate::lint::policy::Policy;
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if let Some(root) = policy.root {
        visit(root, report);
    }
}

fn visit(node: &Node, report: &mut Report<'_>) {
    match &node.value {
        Value::String(text) => string(text, node.span, report),
        Value::Array(items) => items.iter().for_each(|item| visit(item, report)),
        Value::Object(members) => {
            for member in members {
                string(&member.key, member.key_span, report);
                visit(&member.value, report);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn string(text: &str, span: Span, report: &mut Report<'_>) {
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{ff}');
    if let Some(c) = text.chars().find(|c| !allowed(*c)) {
        let message = format!(
            "`{}` (U+{:04X}) is not a character that IAM takes",
            c.escape_debug(),
            u32::from(c)
        );
        report.add(&UNSUPPORTED_CHARACTER, span, message);
    }
}
