//! Conditions on the tags of a resource, beside actions whose requests never carry these.

use super::{
    ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
    ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
    DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
    DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
};
use crate::document::{Effect, Test as Comparison};
use crate::lint::condition_key::is_instance;
use crate::lint::policy::{Policy, Test, Text};
use crate::lint::report::Report;

const TAG: &str = "aws:ResourceTag/";

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        let (Some(effect), Some(action)) = (statement.effect, &statement.action) else {
            continue;
        };
        let Some(test) = statement
            .tests
            .iter()
            .find(|test| test.is_about(TAG) && needs_the_key(test))
        else {
            continue;
        };
        if action.negated {
            let (code, message) = match effect {
                Effect::Allow => (
                    &ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
                    "of all actions but those listed, this allows only the ones whose requests carry the tag",
                ),
                Effect::Deny => (
                    &DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE,
                    "of all actions but those listed, this denies only the ones whose requests carry the tag",
                ),
            };
            report.add(code, test.key_span, message);
            continue;
        }
        let deaf = action
            .texts
            .iter()
            .filter(|action| never_carries(policy, action.text));
        let deaf: Vec<Text<'_>> = deaf.copied().collect();
        let Some(first) = deaf.first() else { continue };
        let names: Vec<&str> = deaf.iter().map(|action| action.text).collect();
        let (code, verb) = match effect {
            Effect::Allow => (&ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, "allow"),
            Effect::Deny => (&DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE, "deny"),
        };
        let message = format!(
            "requests for `{}` never carry `{}`, so this does not {verb} them",
            names.join("`, `"),
            test.key
        );
        report.add(code, first.span, message);
    }
}

/// Whether the condition fails without the key.
fn needs_the_key(test: &Test<'_>) -> bool {
    test.operator.is_some_and(|operator| {
        !operator.if_exists() && !operator.test().is_negated() && operator.test() != Comparison::Null
    })
}

/// An action without resources has none whose tags could be meant, unless it makes one and tags it. Of the others only AWS
/// knows, type by type.
fn never_carries(policy: &Policy<'_>, action: &str) -> bool {
    const TAGS: [&str; 3] = ["aws:ResourceTag/any", "aws:RequestTag/any", "aws:TagKeys"];
    let known = action
        .split_once(':')
        .and_then(|(prefix, name)| policy.service(prefix)?.action(name));
    known.is_some_and(|action| {
        let tags = |key: &str| TAGS.iter().any(|tag| is_instance(key, tag));
        action.resources().is_empty() && !action.condition_keys().any(tags)
    })
}
