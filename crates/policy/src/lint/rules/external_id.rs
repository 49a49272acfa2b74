//! Who may assume an export role: one vendor, and only for this customer.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>

use super::{
    EXTERNAL_ID_NOT_EXACT, EXTERNAL_ID_WILDCARD, INVALID_EXTERNAL_ID, TRUST_ALLOWS_ANY_AWS_PRINCIPAL,
    TRUST_TO_EVERYONE, TRUST_WITHOUT_EXTERNAL_ID,
};
use crate::document::{PrincipalType, Test as Comparison};
use crate::lint::caller_limit::is_limited;
use crate::lint::policy::{Pattern, Policy, Statement, Test};
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};

const KEY: &str = "sts:ExternalId";

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind != PolicyType::Trust {
        return;
    }
    for statement in policy.statements.iter().filter(|statement| statement.allows()) {
        let limited = is_limited(policy, statement);
        if !limited {
            everyone(statement, report);
        }
        let known = limited
            && statement
                .principal
                .as_ref()
                .is_some_and(|p| p.everyone().is_some());
        if statement.covers_action("sts:AssumeRole") && !known {
            external_id(statement, report);
        }
    }
}

fn everyone(statement: &Statement<'_>, report: &mut Report<'_>) {
    if let Some(star) = statement
        .principal
        .as_ref()
        .and_then(|principals| principals.everyone())
    {
        let message = "every AWS account of the world is trusted: name the vendor's account or role";
        report.add(&TRUST_TO_EVERYONE, star.span, message);
        report.add(&TRUST_ALLOWS_ANY_AWS_PRINCIPAL, star.span, message);
    }
}

fn external_id(statement: &Statement<'_>, report: &mut Report<'_>) {
    let Some(principals) = &statement.principal else {
        return;
    };
    let accounts = principals.is_bare_star() || principals.of(PrincipalType::Aws).next().is_some();
    if !accounts {
        return;
    }
    let tests: Vec<&Test<'_>> = statement.tests.iter().filter(|test| test.is_about(KEY)).collect();
    if tests.is_empty() {
        let message =
            format!("`{KEY}` is not asked for, so whoever can make the vendor act can name this role");
        report.add(&TRUST_WITHOUT_EXTERNAL_ID, principals.member.value.span, message);
    }
    for test in tests {
        exact(test, report);
        for value in test
            .texts()
            .filter(|value| !Pattern::resource(value.text).has_wildcard())
        {
            if !is_external_id(value.text) {
                let message = "an external id has 2 to 1,224 letters, digits or characters of `_+=,.@:/-`";
                report.add(&INVALID_EXTERNAL_ID, value.span, message);
            }
        }
    }
}

fn exact(test: &Test<'_>, report: &mut Report<'_>) {
    let Some(operator) = test.operator else { return };
    let wild =
        |text: &str| operator.test() == Comparison::StringLike && Pattern::resource(text).has_wildcard();
    let mut wildcards = false;
    for value in test.texts().filter(|value| wild(value.text)) {
        wildcards = true;
        let message = format!("`{}` matches the external ids of other customers too", value.text);
        report.add(&EXTERNAL_ID_WILDCARD, value.span, message);
    }
    let plain = crate::Operator::new(Comparison::StringEquals);
    if operator == plain {
        return;
    }
    let message = format!(
        "`{}` lets in more than this one id: use `StringEquals`",
        test.operator_name
    );
    // With wildcards in the values another operator alone would lock everyone out.
    let fix = (!wildcards).then(|| TextEdit::string(test.operator_span, Comparison::StringEquals.as_str()));
    let fix = fix.filter(|_| matches!(operator.test(), Comparison::StringLike | Comparison::StringEquals));
    report.add_with_fix(&EXTERNAL_ID_NOT_EXACT, test.operator_span, message, fix);
}

/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
fn is_external_id(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=,.@:/-".contains(&b);
    (2..=1_224).contains(&text.len()) && text.bytes().all(allowed)
}
