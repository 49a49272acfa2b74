//! Condition keys: that they exist, and that they can be present in the requests the statement is about.

use super::{
    DEPRECATED_GLOBAL_CONDITION_KEY, INVALID_CONDITION_KEY_FORMAT, INVALID_GLOBAL_CONDITION_KEY,
    INVALID_SERVICE_CONDITION_KEY, IRRELEVANT_CONDITION_KEY_IN_POLICY, MISSING_PAIRED_CONDITION_KEYS,
    MISSING_TAG_KEY_IN_CONDITION, UNSUPPORTED_ACTION_FOR_CONDITION_KEY, UNSUPPORTED_GLOBAL_CONDITION_KEY,
};
use crate::catalog::Service;
use crate::document::Test as Comparison;
use crate::lint::condition_key::{GLOBAL, describe, is_global, is_instance};
use crate::lint::policy::{Policy, Statement, Test};
use crate::lint::report::Report;
use crate::lint::{PolicyType, TextEdit};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        for test in &statement.tests {
            if lacks_tag(test, report) || malformed(test, report) {
                continue;
            }
            if is_global(test.key) {
                global(policy, test, report);
            } else {
                of_service(policy, statement, test, report);
            }
            irrelevant(policy.kind, test, report);
        }
        unpaired(statement, report);
    }
}

/// A family of tag keys without the tag.
fn lacks_tag(test: &Test<'_>, report: &mut Report<'_>) -> bool {
    const FAMILIES: &[&str] = &[
        "aws:PrincipalTag",
        "aws:RequestTag",
        "aws:ResourceTag",
        "iam:ResourceTag",
        "s3:ExistingObjectTag",
        "s3:RequestObjectTag",
    ];
    let bare = test.key.strip_suffix('/').unwrap_or(test.key);
    let family = FAMILIES.iter().find(|family| family.eq_ignore_ascii_case(bare));
    if let Some(family) = family {
        let message = format!("`{}` does not say which tag: `{family}/KEY` is needed", test.key);
        report.add(&MISSING_TAG_KEY_IN_CONDITION, test.key_span, message);
    }
    family.is_some()
}

fn malformed(test: &Test<'_>, report: &mut Report<'_>) -> bool {
    let formed = test.key.split_once(':').is_some_and(|(prefix, name)| {
        let word = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'/' | b'_');
        // What follows a slash is the key of a tag, which may have blanks.
        let stem = name.split(['/', ':']).next().unwrap_or_default();
        !prefix.is_empty()
            && !stem.is_empty()
            && !stem.contains(char::is_whitespace)
            && prefix.bytes().all(word)
    });
    if !formed {
        let message = format!("`{}` is not a condition key: `service:key` is needed", test.key);
        report.add(&INVALID_CONDITION_KEY_FORMAT, test.key_span, message);
    }
    !formed
}

fn global(policy: &Policy<'_>, test: &Test<'_>, report: &mut Report<'_>) {
    if test.is_about("aws:ARN") {
        let message = "`aws:ARN` is no longer supported: `aws:PrincipalArn` is the caller, `aws:SourceArn` the resource \
                       on whose behalf a service calls";
        report.add(&UNSUPPORTED_GLOBAL_CONDITION_KEY, test.key_span, message);
        report.add(&DEPRECATED_GLOBAL_CONDITION_KEY, test.key_span, message);
    } else if describe(policy, test.key).is_none() {
        let near = GLOBAL
            .iter()
            .map(|(name, _, _)| *name)
            .find(|name| looks_like(name, test.key));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        let message = format!("there is no global condition key `{}`{hint}", test.key);
        let fix = near.map(|near| TextEdit::string(test.key_span, near));
        report.add_with_fix(&INVALID_GLOBAL_CONDITION_KEY, test.key_span, message, fix);
    }
}

/// One letter too many or too few at any one place.
fn looks_like(name: &str, written: &str) -> bool {
    if name.ends_with('/') {
        return false;
    }
    let (a, b) = (name.to_ascii_lowercase(), written.to_ascii_lowercase());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.len() > short.len() + 1 {
        return false;
    }
    let common = short
        .bytes()
        .zip(long.bytes())
        .take_while(|(x, y)| x == y)
        .count();
    let skip = usize::from(long.len() == short.len());
    short.as_bytes().get(common + skip..) == long.as_bytes().get(common + 1..)
}

/// Keys that AWS's own managed policies ask for (as of 2026-10) and its reference does not list.
const ASKED_BY_AWS: &[&str] = &["lakeformation:GlueARN"];

/// Services whose reference lists for each action just the keys that its requests carry. Of others AWS's validation says
/// nothing.
const EXACT: &[&str] = &["iam", "kms", "s3", "sts"];

fn of_service(policy: &Policy<'_>, statement: &Statement<'_>, test: &Test<'_>, report: &mut Report<'_>) {
    let Some(service) = test
        .key
        .split_once(':')
        .and_then(|(prefix, _)| policy.service(prefix))
    else {
        return;
    };
    let Some(known) = service.condition_key(test.key) else {
        if ASKED_BY_AWS.iter().any(|key| test.is_about(key)) {
            return;
        }
        let message = format!("`{}` has no condition key `{}`", service.prefix(), test.key);
        report.add(&INVALID_SERVICE_CONDITION_KEY, test.key_span, message);
        return;
    };
    // An absent key is what these ask for.
    let absent_is_meant = test
        .operator
        .is_some_and(|operator| operator.if_exists() || operator.test() == Comparison::Null);
    // Assuming a role with tags asks for two actions at once, with one set of keys.
    if absent_is_meant || policy.kind == PolicyType::Trust || !EXACT.contains(&service.prefix()) {
        return;
    }
    // Requests for wildcards are not judged, and neither are actions that the catalogue does not know.
    let lacks = |action: &str| {
        let of_service = action
            .split_once(':')
            .filter(|(p, _)| p.eq_ignore_ascii_case(service.prefix()));
        let action = of_service.and_then(|(_, name)| service.action(name));
        action.is_some_and(|action| !action.condition_keys().any(|key| is_instance(key, known.key())))
    };
    if of_resource(known.key()) || !is_of_actions(service, known.key()) {
        return;
    }
    let lacking: Vec<&str> = statement
        .listed_actions()
        .map(|action| action.text)
        .filter(|action| lacks(action))
        .collect();
    if lacking.is_empty() {
        return;
    }
    let message = format!(
        "requests for `{}` never carry `{}`: move them to a statement without this condition",
        lacking.join("`, `"),
        test.key
    );
    report.add(&UNSUPPORTED_ACTION_FOR_CONDITION_KEY, test.key_span, message);
}

/// Keys that come with a type of resource, whatever the action.
fn of_resource(key: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "iam:DelegationRequestOwner",
        "iam:ResourceTag/",
        "kms:Key",
        "kms:MultiRegion",
        "kms:ResourceAliases",
        "s3:AccessPoint",
        "s3:BucketTag/",
        "s3:DataAccessPoint",
    ];
    BEGINNINGS.iter().any(|beginning| key.starts_with(beginning))
}

/// Keys that the reference lists with no action of a service hold for all of them.
fn is_of_actions(service: &Service, key: &str) -> bool {
    service
        .actions()
        .any(|action| action.condition_keys().any(|known| is_instance(known, key)))
}

/// Keys about the resource, in the policy of that very resource.
fn irrelevant(kind: PolicyType, test: &Test<'_>, report: &mut Report<'_>) {
    const OF_RESOURCE: &[&str] = &[
        "s3:ResourceAccount",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
    ];
    let own = matches!(kind, PolicyType::Bucket | PolicyType::Resource);
    if own && OF_RESOURCE.iter().any(|key| test.is_about(key)) {
        let message = format!("`{}` is always the same in the policy of one resource", test.key);
        report.add(&IRRELEVANT_CONDITION_KEY_IN_POLICY, test.key_span, message);
    }
}

/// A private address means something only together with the network it is of.
fn unpaired(statement: &Statement<'_>, report: &mut Report<'_>) {
    let networks = ["aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn"];
    if networks.iter().any(|key| statement.tests_key(key)) {
        return;
    }
    for test in statement
        .tests
        .iter()
        .filter(|test| test.is_about("aws:VpcSourceIp"))
    {
        let message = "`aws:VpcSourceIp` holds in anyone's network: add `aws:SourceVpc` or `aws:SourceVpce`";
        report.add(&MISSING_PAIRED_CONDITION_KEYS, test.key_span, message);
    }
}
