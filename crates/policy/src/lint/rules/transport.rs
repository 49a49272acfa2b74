//! Whether a bucket's policy refuses requests that come without TLS
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>).

use super::BUCKET_POLICY_WITHOUT_TLS_DENY;
use crate::document::Test as Comparison;
use crate::lint::PolicyType;
use crate::lint::policy::{Policy, Statement, Test};
use crate::lint::report::Report;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind != PolicyType::Bucket || policy.statements.is_empty() {
        return;
    }
    if policy.statements.iter().any(refuses_plain_requests) {
        return;
    }
    let Some(list) = policy.member("Statement") else {
        return;
    };
    let message = "no statement denies requests without TLS: deny `s3:*` to everyone where `aws:SecureTransport` is `false`";
    report.add(&BUCKET_POLICY_WITHOUT_TLS_DENY, list.key_span, message);
}

fn refuses_plain_requests(statement: &Statement<'_>) -> bool {
    let everyone = statement
        .principal
        .as_ref()
        .is_some_and(|p| p.everyone().is_some());
    let [test] = statement.tests.as_slice() else {
        return false;
    };
    statement.denies() && everyone && statement.covers_action("s3:GetObject") && is_without_tls(test)
}

fn is_without_tls(test: &Test<'_>) -> bool {
    let comparison = test.operator.map(crate::Operator::test);
    let asks = |value: &str| {
        let mut values = test.values.items().iter();
        values.all(|node| match &node.value {
            crate::json::Value::Bool(flag) => flag.to_string() == value,
            _ => node.as_str().is_some_and(|text| text.eq_ignore_ascii_case(value)),
        })
    };
    match comparison {
        Some(Comparison::Bool) => test.is_about("aws:SecureTransport") && asks("false"),
        Some(Comparison::NumericLessThan | Comparison::NumericLessThanEquals) => {
            test.is_about("s3:TlsVersion")
        }
        _ => false,
    }
}
