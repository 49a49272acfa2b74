//! The form of the ARNs in `Resource` and `NotResource`, whatever service they are of.

use super::{
    EMPTY_ARRAY_RESOURCE, INVALID_ARN_PREFIX, INVALID_ARN_SERVICE_CASE, INVALID_PARTITION, INVALID_SERVICE,
    MISSING_ARN_FIELD, WILDCARD_IN_SERVICE_NAME,
};
use crate::Partition;
use crate::lint::known_service::is_known_service;
use crate::lint::policy::{ArnFields, Policy, Text, is_open};
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if policy.kind == PolicyType::Trust {
        return;
    }
    for statement in &policy.statements {
        let Some(element) = &statement.resource else {
            continue;
        };
        if element.is_empty_array() {
            let message = "the statement is about no resource and has no effect";
            report.add(&EMPTY_ARRAY_RESOURCE, element.member.value.span, message);
        }
        for resource in element
            .texts
            .iter()
            .copied()
            .filter(|resource| resource.text != "*")
        {
            one(policy, resource, report);
        }
    }
}

fn one(policy: &Policy<'_>, resource: Text<'_>, report: &mut Report<'_>) {
    let Text { text, span } = resource;
    let arn = ArnFields::of(text);
    if arn.prefix() != "arn" {
        // A name that stands alone is most often a bucket's or an object's.
        let message = format!("`{text}` is neither `*` nor an ARN, which begins with `arn:`");
        report.add(&INVALID_ARN_PREFIX, span, message);
        return;
    }
    if !arn.is_complete() {
        let message =
            format!("`{text}` lacks fields: `arn:partition:service:region:account:resource` is needed");
        report.add(&MISSING_ARN_FIELD, span, message);
        return;
    }
    partition(text, &arn, span, report);
    service(policy, text, &arn, span, report);
}

pub(super) fn partition(text: &str, arn: &ArnFields<'_>, span: crate::Span, report: &mut Report<'_>) {
    let name = arn.partition();
    let known = name
        .parse::<Partition>()
        .is_ok_and(|partition| partition.is_aws());
    if known || (is_open(name) && !name.is_empty()) {
        return;
    }
    let right = format!(
        "arn:aws{}",
        text.get("arn:".len() + name.len()..).unwrap_or_default()
    );
    let message = format!("`{name}` is not a partition of AWS: `aws`, `aws-cn` and `aws-us-gov` are");
    report.add_with_fix(
        &INVALID_PARTITION,
        span,
        message,
        [TextEdit::string(span, &right)],
    );
}

fn service(policy: &Policy<'_>, text: &str, arn: &ArnFields<'_>, span: crate::Span, report: &mut Report<'_>) {
    let name = arn.service();
    if name.contains("${") {
        return;
    }
    if is_open(name) {
        let message = format!("`{text}` means every service whose name happens to match");
        report.add(&WILDCARD_IN_SERVICE_NAME, span, message);
    } else if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        report.add(
            &INVALID_SERVICE,
            span,
            format!("`{name}` cannot be the name of a service"),
        );
    } else if name.bytes().any(|b| b.is_ascii_uppercase()) {
        let head = format!("arn:{}:", arn.partition());
        let tail = text.get(head.len() + name.len()..).unwrap_or_default();
        let right = format!("{head}{}{tail}", name.to_ascii_lowercase());
        let message =
            format!("the service `{name}` is written in small letters, and nothing matches it as it stands");
        report.add_with_fix(
            &INVALID_ARN_SERVICE_CASE,
            span,
            message,
            [TextEdit::string(span, &right)],
        );
    } else if let Some(date) = policy.knows_all_services()
        && !is_known_service(policy, name)
    {
        let message = format!("there is no service `{name}` (as of {date})");
        report.add(&INVALID_SERVICE, span, message);
    }
}
