//! Operators beside keys: quantifiers, wildcards that are none, and conditions that hold always or never.

use super::{
    EMPTY_ARRAY_CONDITION, EMPTY_ARRAY_CONDITION_FORALLVALUES, EMPTY_ARRAY_CONDITION_FORANYVALUE,
    EMPTY_ARRAY_CONDITION_IFEXISTS, EMPTY_OBJECT_CONDITION, EQUIVALENT_TO_NULL_FALSE,
    EQUIVALENT_TO_NULL_TRUE, FORALLVALUES_WITH_SINGLE_VALUED_KEY, MISSING_QUALIFIER, NULL_WITH_QUALIFIER,
    STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS, WILDCARD_WITHOUT_LIKE_OPERATOR,
};
use crate::document::{Operator, Quantifier, Test as Comparison};
use crate::json::Value;
use crate::lint::TextEdit;
use crate::lint::condition_key::{KeyType, describe};
use crate::lint::policy::{Pattern, Policy, Statement, Test};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        empty_blocks(statement, report);
        for test in &statement.tests {
            let Some(operator) = test.operator else { continue };
            empty_values(test, operator, report);
            quantifier(policy, statement, test, operator, report);
            wildcard(test, operator, report);
            presence(test, operator, report);
            arn_as_text(policy, test, operator, report);
        }
    }
}

fn empty_blocks(statement: &Statement<'_>, report: &mut Report<'_>) {
    let Some(condition) = statement.member("Condition").map(|member| &member.value) else {
        return;
    };
    let blocks = condition.as_object().unwrap_or_default();
    let inner = blocks.iter().map(|block| &block.value);
    for node in std::iter::once(condition).chain(inner) {
        if matches!(&node.value, Value::Object(members) if members.is_empty()) {
            report.add(
                &EMPTY_OBJECT_CONDITION,
                node.span,
                "nothing is asked here, so it always holds",
            );
        }
    }
}

fn empty_values(test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    if !matches!(&test.values.value, Value::Array(items) if items.is_empty()) {
        return;
    }
    let key = test.key;
    let (code, message) = match operator.quantifier() {
        Some(Quantifier::ForAllValues) => (
            &EMPTY_ARRAY_CONDITION_FORALLVALUES,
            format!("this holds only when `{key}` is absent; `Null` says so plainly"),
        ),
        Some(Quantifier::ForAnyValue) => (
            &EMPTY_ARRAY_CONDITION_FORANYVALUE,
            format!("this never holds: no value of `{key}` is in an empty list"),
        ),
        None if operator.if_exists() => (
            &EMPTY_ARRAY_CONDITION_IFEXISTS,
            format!("this holds only when `{key}` is absent; `Null` says so plainly"),
        ),
        None => (&EMPTY_ARRAY_CONDITION, format!("there are no values for `{key}`")),
    };
    report.add(code, test.values.span, message);
}

fn quantifier(
    policy: &Policy<'_>,
    statement: &Statement<'_>,
    test: &Test<'_>,
    operator: Operator,
    report: &mut Report<'_>,
) {
    if operator.test() == Comparison::Null {
        if operator.quantifier().is_some() {
            let message = format!("`{}` does not depend on the key any more", test.operator_name);
            let fix = [TextEdit::string(test.operator_span, Comparison::Null.as_str())];
            report.add_with_fix(&NULL_WITH_QUALIFIER, test.operator_span, message, fix);
        }
        return;
    }
    let Some(key) = describe(policy, test.key) else {
        return;
    };
    match operator.quantifier() {
        None if key.multivalued => {
            let message = format!(
                "requests carry several values of `{}`: say `ForAllValues:` or `ForAnyValue:`",
                test.key
            );
            report.add(&MISSING_QUALIFIER, test.key_span, message);
        }
        // In a Deny the same mistake refuses too much, which shows.
        Some(Quantifier::ForAllValues) if !key.multivalued && statement.allows() => {
            let message = format!(
                "`{}` has one value or none, and with `ForAllValues:` none is enough",
                test.key
            );
            let plain = test.operator_name.split_once(':').map_or("", |(_, name)| name);
            let fix = [TextEdit::string(test.operator_span, plain)];
            report.add_with_fix(&FORALLVALUES_WITH_SINGLE_VALUED_KEY, test.key_span, message, fix);
        }
        _ => {}
    }
}

fn wildcard(test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    use Comparison as C;
    let exact = matches!(
        operator.test(),
        C::StringEquals | C::StringNotEquals | C::StringEqualsIgnoreCase | C::StringNotEqualsIgnoreCase
    );
    if !exact {
        return;
    }
    for value in test
        .texts()
        .filter(|value| Pattern::resource(value.text).has_wildcard())
    {
        let message = format!(
            "`{}` compares `{}` letter by letter, its wildcard too",
            test.operator_name, value.text
        );
        report.add(&WILDCARD_WITHOUT_LIKE_OPERATOR, value.span, message);
    }
}

/// `*` matches every value, so what is asked is whether there is one.
fn presence(test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    use Comparison as C;
    let (code, says) = match (operator.test(), operator.quantifier()) {
        (C::StringLike | C::ArnLike, None | Some(Quantifier::ForAnyValue)) if !operator.if_exists() => {
            (&EQUIVALENT_TO_NULL_FALSE, "false")
        }
        (C::StringNotLike | C::ArnNotLike, None | Some(Quantifier::ForAllValues)) => {
            (&EQUIVALENT_TO_NULL_TRUE, "true")
        }
        _ => return,
    };
    let any = |text: &str| !text.is_empty() && text.bytes().all(|b| b == b'*');
    for value in test.texts().filter(|value| any(value.text)) {
        let message = format!(
            "`{}` with `{}` asks only whether `{}` is there: `\"Null\": {{\"{}\": \"{says}\"}}` says so",
            test.operator_name, value.text, test.key, test.key
        );
        report.add(code, value.span, message);
    }
}

fn arn_as_text(policy: &Policy<'_>, test: &Test<'_>, operator: Operator, report: &mut Report<'_>) {
    let instead = match operator.test() {
        Comparison::StringLike => Comparison::ArnLike,
        Comparison::StringNotLike => Comparison::ArnNotLike,
        _ => return,
    };
    if describe(policy, test.key).is_some_and(|key| key.kind == KeyType::Arn) {
        let message = format!("`{}` is an ARN: compare it with `{}`", test.key, instead.as_str());
        report.add(
            &STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS,
            test.key_span,
            message,
        );
    }
}
