//! What the parser stumbles over, under AWS's names.

use super::{
    DATA_TYPE_MISMATCH, DUPLICATE_KEYS_WITH_DIFFERENT_CASE, INVALID_CONDITION_OPERATOR, INVALID_EFFECT,
    INVALID_POLICY_ELEMENT, INVALID_PRINCIPAL_FORMAT, INVALID_PRINCIPAL_KEY, INVALID_VERSION,
    JSON_SYNTAX_ERROR, MISSING_ACTION, MISSING_EFFECT, MISSING_STATEMENT, NULL_WITH_IF_EXISTS,
    UNSUPPORTED_ELEMENT_COMBINATION,
};
use crate::document::{Test, Version};
use crate::lint::fix::quoted;
use crate::lint::policy::Policy;
use crate::lint::report::Report;
use crate::lint::{Code, TextEdit};
use crate::parse::{Problem, ProblemKind};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for problem in policy.problems {
        report.add_with_fix(
            code(problem.kind),
            problem.span,
            problem.message.as_str(),
            fix(problem, policy.text),
        );
    }
    if policy.root.is_none() && policy.problems.is_empty() {
        let whole = crate::Span::new(0, policy.text.len());
        report.add(&JSON_SYNTAX_ERROR, whole, "the text is empty");
    }
    if policy
        .member("Statement")
        .is_some_and(|member| member.value.items().is_empty())
    {
        let span = policy
            .member("Statement")
            .map_or_else(Default::default, |m| m.value.span);
        report.add(
            &MISSING_STATEMENT,
            span,
            "the policy has no statement in its `Statement`",
        );
    }
}

fn code(kind: ProblemKind) -> &'static Code {
    match kind {
        // One key twice: JSON parsers disagree on which counts, so AWS refuses the text as such.
        ProblemKind::Syntax | ProblemKind::DuplicateKey => &JSON_SYNTAX_ERROR,
        ProblemKind::WrongType => &DATA_TYPE_MISMATCH,
        ProblemKind::UnknownElement => &INVALID_POLICY_ELEMENT,
        ProblemKind::DuplicateKeyInOtherCase => &DUPLICATE_KEYS_WITH_DIFFERENT_CASE,
        ProblemKind::MissingStatement => &MISSING_STATEMENT,
        ProblemKind::MissingEffect => &MISSING_EFFECT,
        ProblemKind::MissingAction => &MISSING_ACTION,
        ProblemKind::BothForms => &UNSUPPORTED_ELEMENT_COMBINATION,
        ProblemKind::InvalidVersion => &INVALID_VERSION,
        ProblemKind::InvalidEffect => &INVALID_EFFECT,
        ProblemKind::InvalidPrincipal => &INVALID_PRINCIPAL_FORMAT,
        ProblemKind::InvalidPrincipalType => &INVALID_PRINCIPAL_KEY,
        ProblemKind::InvalidOperator => &INVALID_CONDITION_OPERATOR,
        ProblemKind::NullIfExists => &NULL_WITH_IF_EXISTS,
    }
}

/// A name that is right but for its case has a fix; so has a version.
fn fix(problem: &Problem, text: &str) -> Option<TextEdit> {
    const ELEMENTS: &[&str] = &[
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    ];
    const TYPES: &[&str] = &["AWS", "Service", "Federated", "CanonicalUser"];
    let written: String = serde_json::from_str(text.get(problem.span.range())?).ok()?;
    let known = |names: &[&'static str]| names.iter().copied().find(|n| n.eq_ignore_ascii_case(&written));
    let right = match problem.kind {
        ProblemKind::UnknownElement => known(ELEMENTS)?,
        ProblemKind::InvalidEffect => known(&["Allow", "Deny"])?,
        ProblemKind::InvalidPrincipalType => known(TYPES)?,
        // Variables begin to work with this, which is what whoever writes an unknown version expects.
        ProblemKind::InvalidVersion => Version::V2012.as_str(),
        ProblemKind::NullIfExists => Test::Null.as_str(),
        _ => return None,
    };
    Some(TextEdit::replace(problem.span, quoted(right)))
}
