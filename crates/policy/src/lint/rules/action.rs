//! The strings of `Action` and `NotAction`: that they name something.

use super::{
    EMPTY_ARRAY_ACTION, INVALID_ACTION, INVALID_SERVICE_IN_ACTION, UNSUPPORTED_ACTION_IN_POLICY,
    WILDCARD_IN_SERVICE_NAME,
};
use crate::catalog::{Action, Service};
use crate::lint::known_service::{is_granted_by_aws, is_known_service};
use crate::lint::policy::{Pattern, Policy, Text};
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};
use crate::permissions::{Operation, required_permissions};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        let Some(element) = &statement.action else {
            continue;
        };
        if element.is_empty_array() {
            let message = "the statement is about no action and has no effect";
            report.add(&EMPTY_ARRAY_ACTION, element.member.value.span, message);
        }
        for action in element.texts.iter().copied().filter(|action| action.text != "*") {
            one(policy, action, report);
        }
    }
}

fn one(policy: &Policy<'_>, action: Text<'_>, report: &mut Report<'_>) {
    let Text { text, span } = action;
    let Some((prefix, name)) = text.split_once(':') else {
        let message = format!("`{text}` does not name a service: `service:Action` is needed");
        report.add(&INVALID_ACTION, span, message);
        return;
    };
    if prefix.contains(['*', '?']) {
        let message = format!("`{text}` means every service whose name happens to match");
        report.add(&WILDCARD_IN_SERVICE_NAME, span, message);
        return;
    }
    let possible = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !possible {
        let message = format!("`{prefix}` cannot be the prefix of a service");
        report.add(&INVALID_SERVICE_IN_ACTION, span, message);
        return;
    }
    let Some(service) = policy.service(prefix) else {
        unknown_service(policy, action, prefix, name, report);
        return;
    };
    if !exists(service, name) && !is_granted_by_aws(prefix, name) {
        let (message, fix) = match (of_call(service, name), nearest(service, name)) {
            (Some(needed), _) => {
                let edit = match needed.as_slice() {
                    [one] => Some(TextEdit::string(span, one)),
                    _ => None,
                };
                let needed = needed.join("`, `");
                (
                    format!("`{text}` is a call and no action: it needs `{needed}`"),
                    edit,
                )
            }
            (None, Some(near)) => {
                let near = format!("{}:{}", service.prefix(), near.name());
                (
                    format!("`{text}` does not exist; did you mean `{near}`?"),
                    Some(TextEdit::string(span, &near)),
                )
            }
            (None, None) => (format!("`{text}` matches no action of the service"), None),
        };
        report.add_with_fix(&INVALID_ACTION, span, message, fix);
        return;
    }
    if let Some(message) = out_of_place(policy.kind, service, name) {
        report.add(&UNSUPPORTED_ACTION_IN_POLICY, span, format!("`{text}` {message}"));
    }
}

/// A service may be newer than the catalogue. Its prefix is right unless a single letter parts it from a known service
/// that has this very action.
fn unknown_service(policy: &Policy<'_>, action: Text<'_>, prefix: &str, name: &str, report: &mut Report<'_>) {
    let Text { text, span } = action;
    let written = prefix.to_ascii_lowercase();
    let twin = policy
        .prefixes()
        .filter(|known| distance(known, &written) == 1)
        .filter_map(|known| policy.service(known))
        .find(|service| service.action(name).is_some())
        // Many services have this one.
        .filter(|_| !name.to_ascii_lowercase().ends_with("tagresource"));
    if let Some(service) = twin {
        let near = format!("{}:{name}", service.prefix());
        let message = format!("`{text}`: there is no service `{prefix}`; did you mean `{near}`?");
        report.add_with_fix(
            &INVALID_SERVICE_IN_ACTION,
            span,
            message,
            [TextEdit::string(span, &near)],
        );
        return;
    }
    if let Some(date) = policy.knows_all_services()
        && !is_known_service(policy, prefix)
    {
        let message = format!("`{text}`: there is no service `{prefix}` (as of {date})");
        report.add(&INVALID_SERVICE_IN_ACTION, span, message);
        return;
    }
    let possible = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'*' | b'?' | b'-' | b'_' | b'.' | b':'));
    if !possible && !name.contains("${") {
        report.add(
            &INVALID_ACTION,
            span,
            format!("`{text}` cannot be the name of an action"),
        );
        return;
    }
    if policy.kind == PolicyType::Bucket {
        let message =
            format!("`{text}` is not an action of S3, so no request for it ever reaches a bucket's policy");
        report.add(&UNSUPPORTED_ACTION_IN_POLICY, span, message);
    }
    if policy.kind == PolicyType::Trust {
        let message = format!("`{text}` has no place in a trust policy, which knows actions of STS alone");
        report.add(&UNSUPPORTED_ACTION_IN_POLICY, span, message);
    }
}

fn exists(service: &Service, name: &str) -> bool {
    if !name.contains(['*', '?']) {
        return service.action(name).is_some();
    }
    let pattern = Pattern::action(name);
    service
        .actions()
        .any(|action| pattern.covers_action(action.name()))
}

/// The actions that a call of S3's API needs, where it is not called as its action is: `ListBuckets`, `HeadObject`.
fn of_call(service: &Service, name: &str) -> Option<Vec<&'static str>> {
    if service.prefix() != "s3" {
        return None;
    }
    let call = Operation::ALL
        .iter()
        .find(|call| call.as_str().eq_ignore_ascii_case(name))?;
    let actions: Vec<&str> = required_permissions(*call, &[])
        .iter()
        .map(|p| p.action)
        .collect();
    (!actions.is_empty()).then_some(actions)
}

/// Why a known action can never be meant in a policy of this type.
fn out_of_place(kind: PolicyType, service: &Service, name: &str) -> Option<&'static str> {
    let action = service.action(name);
    match kind {
        PolicyType::Bucket if service.prefix() != "s3" => {
            Some("is not an action of S3, so no request for it ever reaches a bucket's policy")
        }
        PolicyType::Bucket if action.is_some_and(|action| !works_on_buckets(action)) => {
            Some("works on no bucket and no object, so a bucket's policy has no say in it")
        }
        PolicyType::Trust if service.prefix() != "sts" => {
            Some("has no place in a trust policy, which knows actions of STS alone")
        }
        PolicyType::Trust if action.is_some_and(|action| !assumes_a_role(action.name())) => {
            Some("does not lead to a session of the role")
        }
        _ => None,
    }
}

fn works_on_buckets(action: &Action) -> bool {
    action
        .resources()
        .iter()
        .any(|resource| matches!(resource.name(), "bucket" | "object"))
}

fn assumes_a_role(name: &str) -> bool {
    name.starts_with("AssumeRole") || matches!(name, "TagSession" | "SetSourceIdentity" | "SetContext")
}

/// The action that was probably meant: at most three letters away, and nearer than any other.
fn nearest<'s>(service: &'s Service, name: &str) -> Option<&'s Action> {
    if name.contains(['*', '?']) || name.len() > 80 {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let away = |action: &Action| distance(&action.name().to_ascii_lowercase(), &name);
    let (found, away) = service
        .actions()
        .map(|a| (a, away(a)))
        .min_by_key(|(_, away)| *away)?;
    (away <= 3 && away < name.len() / 2).then_some(found)
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (y, cell) in b.bytes().zip(row.iter_mut().skip(1)) {
            let next = (diagonal + usize::from(x != y)).min(left + 1).min(*cell + 1);
            diagonal = *cell;
            *cell = next;
            left = next;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances() {
        for (a, b, away) in [
            ("", "", 0),
            ("s3", "s33", 1),
            ("kitten", "sitting", 3),
            ("abc", "", 3),
            ("sts", "ses", 1),
        ] {
            assert_eq!(distance(a, b), away, "{a} {b}");
            assert_eq!(distance(b, a), away, "{b} {a}");
        }
    }
}
