//! S3 actions and the ARNs beside them: buckets are not objects, and a name with a wildcard is many names.

use super::{
    BUCKET_ACTION_ON_OBJECT_ARN, BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS, OBJECT_ACTION_ON_BUCKET_ARN,
};
use crate::lint::fix::quoted;
use crate::lint::policy::{Element, Pattern, Policy, Statement, Text};
use crate::lint::report::Report;
use crate::lint::s3_scope::{Reach, bucket_and_key, of_action, of_resource, s3_resource};
use crate::lint::{PolicyType, TextEdit};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        // What NotAction and NotResource leave over is too much to say that anything in it is useless.
        let plain = |element: Option<&Element<'_>>| element.is_some_and(|element| !element.negated);
        if !plain(statement.action.as_ref()) || !plain(statement.resource.as_ref()) {
            continue;
        }
        let actions = statement
            .listed_actions()
            .map(|action| of_action(policy, action.text));
        let actions = actions.fold(Reach::default(), Reach::or);
        if !actions.s3 {
            continue;
        }
        useless_resources(statement, actions, report);
        useless_actions(policy, statement, report);
        // What an organization leaves open is granted elsewhere.
        let grants = !matches!(policy.kind, PolicyType::Scp | PolicyType::Rcp);
        if statement.allows() && grants {
            wildcards(statement, actions, report);
        }
    }
}

/// Resources that none of the actions works on.
fn useless_resources(statement: &Statement<'_>, actions: Reach, report: &mut Report<'_>) {
    for resource in statement.listed_resources() {
        let reach = of_resource(resource.text);
        let Text { text, span } = resource;
        if reach.bucket && !reach.object && actions.object && !actions.bucket {
            let message =
                format!("`{text}` is the bucket; the actions beside it work on its objects, `{text}/*`");
            let fix = alone(statement).then(|| TextEdit::string(span, &format!("{text}/*")));
            report.add_with_fix(&OBJECT_ACTION_ON_BUCKET_ARN, span, message, fix);
        }
        if reach.object && !reach.bucket && actions.bucket && !actions.object {
            let key = s3_resource(text)
                .and_then(|name| bucket_and_key(name).1)
                .unwrap_or_default();
            let bucket = text
                .strip_suffix(key)
                .and_then(|t| t.strip_suffix('/'))
                .unwrap_or(text);
            let message =
                format!("`{text}` are objects; the actions beside it work on the bucket, `{bucket}`");
            let fix = alone(statement).then(|| TextEdit::string(span, bucket));
            report.add_with_fix(&BUCKET_ACTION_ON_OBJECT_ARN, span, message, fix);
        }
    }
}

fn alone(statement: &Statement<'_>) -> bool {
    statement.listed_resources().count() == 1
}

/// Actions that work on none of the resources, beside others that do.
fn useless_actions(policy: &Policy<'_>, statement: &Statement<'_>, report: &mut Report<'_>) {
    let resources: Vec<Reach> = statement
        .listed_resources()
        .map(|r| of_resource(r.text))
        .collect();
    let all_s3 = !resources.is_empty() && resources.iter().all(|reach| reach.s3);
    let any = resources.into_iter().fold(Reach::default(), Reach::or);
    let reaches: Vec<(Text<'_>, Reach)> = statement
        .listed_actions()
        .map(|action| (action, of_action(policy, action.text)))
        .collect();
    let all = reaches
        .iter()
        .map(|(_, reach)| *reach)
        .fold(Reach::default(), Reach::or);
    // With actions of one kind alone, the resources are what is wrong.
    if !(all_s3 && all.bucket && all.object) {
        return;
    }
    for (action, reach) in reaches {
        let Text { text, span } = action;
        if reach.object && !reach.bucket && !any.object {
            let message = format!("`{text}` works on objects, and no object is named here");
            report.add(&OBJECT_ACTION_ON_BUCKET_ARN, span, message);
        }
        if reach.bucket && !reach.object && !any.bucket {
            let message = format!("`{text}` works on a bucket, and no bucket is named here");
            report.add(&BUCKET_ACTION_ON_OBJECT_ARN, span, message);
        }
    }
}

fn wildcards(statement: &Statement<'_>, actions: Reach, report: &mut Report<'_>) {
    if !actions.bucket && !actions.object {
        return;
    }
    for resource in statement.listed_resources() {
        let Text { text, span } = resource;
        if text == "*" {
            let message = "`*` is every bucket and every object";
            report.add(&BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS, span, message);
            continue;
        }
        let Some(name) = s3_resource(text) else { continue };
        let (bucket, key) = bucket_and_key(name);
        if !Pattern::resource(bucket).has_wildcard() {
            continue;
        }
        let message = if let Some(stem) = bucket.strip_suffix('*').filter(|stem| !stem.is_empty()) {
            format!("`{text}` also matches the buckets `{stem}-2`, `{stem}backup` and their objects")
        } else {
            format!("`{text}` matches every bucket whose name happens to fit, and its objects")
        };
        let fix = without_star(text, bucket, key, actions).map(|right| TextEdit::replace(span, right));
        report.add_with_fix(&BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS, span, message, fix);
    }
}

/// `arn:aws:s3:::b*` as it was probably meant: the bucket, its objects, or both, by what the actions work on.
fn without_star(text: &str, bucket: &str, key: Option<&str>, actions: Reach) -> Option<String> {
    let stem = bucket.strip_suffix('*')?;
    // `acme-*` names a family of buckets, not one with a star too many.
    if stem.is_empty() || stem.ends_with(['-', '.']) || Pattern::resource(stem).has_wildcard() {
        return None;
    }
    let head = text
        .strip_suffix(bucket)
        .or_else(|| text.strip_suffix(&format!("{bucket}/{}", key?)))?;
    if let Some(key) = key {
        return Some(quoted(&format!("{head}{stem}/{key}")));
    }
    let (itself, objects) = (
        quoted(&format!("{head}{stem}")),
        quoted(&format!("{head}{stem}/*")),
    );
    match (actions.bucket, actions.object) {
        (true, false) => Some(itself),
        (false, true) => Some(objects),
        // Two strings are only right where an array stands, which the caller of this cannot see.
        _ => None,
    }
}
