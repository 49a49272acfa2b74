//! Policy variables, `${key}` and `${key, 'default'}`: how they are written, and where they may stand.

use super::{
    EMPTY_VARIABLE, INVALID_VARIABLE_FOR_OPERATOR, MISSING_BRACE_IN_VARIABLE, MISSING_QUOTE_IN_VARIABLE,
    UNSUPPORTED_SPACE_IN_VARIABLE, VARIABLE_UNSUPPORTED_IN_ELEMENT, VARIABLE_UNSUPPORTED_IN_VERSION,
};
use crate::json::Value;
use crate::lint::policy::{Policy, Statement, Test, Text};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        for text in statement.resource.iter().flat_map(|element| &element.texts) {
            meant(policy, *text, report);
        }
        for test in &statement.tests {
            condition(policy, test, report);
        }
        misplaced(statement, report);
    }
}

/// Where variables may stand.
fn meant(policy: &Policy<'_>, text: Text<'_>, report: &mut Report<'_>) {
    let Some(first) = text.text.find("${") else { return };
    if !policy.has_variables() {
        let message = format!(
            "`{}` is plain text here: variables need `\"Version\": \"2012-10-17\"`",
            text.text
        );
        report.add(&VARIABLE_UNSUPPORTED_IN_VERSION, text.span, message);
        return;
    }
    let mut rest = text.text.get(first + 2..);
    while let Some(begun) = rest {
        let Some((body, after)) = begun.split_once('}') else {
            let message = format!("`{}` lacks the `}}` that ends the variable", text.text);
            report.add(&MISSING_BRACE_IN_VARIABLE, text.span, message);
            return;
        };
        // A variable inside a variable means that the outer one was never closed.
        if body.contains("${") {
            let message = format!("`{}` lacks the `}}` that ends the variable", text.text);
            report.add(&MISSING_BRACE_IN_VARIABLE, text.span, message);
        } else {
            body_of(body, text, report);
        }
        rest = after.find("${").and_then(|at| after.get(at + 2..));
    }
}

fn body_of(body: &str, text: Text<'_>, report: &mut Report<'_>) {
    if body.trim().is_empty() {
        report.add(
            &EMPTY_VARIABLE,
            text.span,
            format!("`${{{body}}}` names no variable"),
        );
        return;
    }
    let (name, default) = body
        .split_once(',')
        .map_or((body, None), |(name, default)| (name, Some(default)));
    if name.contains(char::is_whitespace) {
        let message = format!("`${{{body}}}` has a blank in the variable's name");
        report.add(&UNSUPPORTED_SPACE_IN_VARIABLE, text.span, message);
    }
    if let Some(default) = default.map(str::trim) {
        let quoted = default.len() >= 2 && default.starts_with('\'') && default.ends_with('\'');
        if !quoted {
            let message = format!("the default in `${{{body}}}` has to stand in single quotes");
            report.add(&MISSING_QUOTE_IN_VARIABLE, text.span, message);
        }
    }
}

fn condition(policy: &Policy<'_>, test: &Test<'_>, report: &mut Report<'_>) {
    let Some(operator) = test.operator else { return };
    let name = operator.test().as_str();
    let texts = name.starts_with("String") || name.starts_with("Arn");
    for value in test.texts() {
        if texts {
            meant(policy, value, report);
        } else if value.text.contains("${") {
            let message = format!("`{name}` knows no variables, so `{}` is plain text", value.text);
            report.add(&INVALID_VARIABLE_FOR_OPERATOR, value.span, message);
        }
    }
}

/// Where they are plain text.
fn misplaced(statement: &Statement<'_>, report: &mut Report<'_>) {
    let mut report_in = |element: &str, text: Text<'_>| {
        if text.text.contains("${") {
            let message = format!("`{}` is plain text in `{element}`", text.text);
            report.add(&VARIABLE_UNSUPPORTED_IN_ELEMENT, text.span, message);
        }
    };
    if let Some(element) = &statement.action {
        element
            .texts
            .iter()
            .for_each(|text| report_in(&element.member.key, *text));
    }
    if let Some(principals) = &statement.principal {
        let texts = principals.groups.iter().flat_map(|group| &group.texts);
        texts.for_each(|text| report_in(&principals.member.key, *text));
    }
    for name in ["Sid", "Effect"] {
        if let Some(member) = statement.member(name)
            && let Value::String(text) = &member.value.value
        {
            let span = member.value.span;
            report_in(name, Text { text, span });
        }
    }
}
