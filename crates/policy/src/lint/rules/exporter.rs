//! What an exporter should have, and what it should not.

use super::{
    DELETE_GRANTED_TO_EXPORTER, LIST_BUCKET_WITHOUT_PREFIX_CONDITION, MISSING_KMS_PERMISSIONS,
    MISSING_MULTIPART_PERMISSIONS,
};
use crate::Span;
use crate::exporter::template::DATA_EXPORT_ROOTS;
use crate::lint::PolicyType;
use crate::lint::fix::removals;
use crate::lint::policy::{Pattern, Policy, Statement};
use crate::lint::report::Report;
use crate::lint::s3_scope::may_touch_s3;
use crate::permissions::{CallOption, Operation, Scope, required_by_all};

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if !matches!(
        policy.kind,
        PolicyType::Identity | PolicyType::Session | PolicyType::Bucket
    ) {
        return;
    }
    let grants = |statement: &&Statement<'_>| statement.allows() && may_touch_s3(statement);
    let own_data = keeps_own_data(policy);
    for statement in policy.statements.iter().filter(grants) {
        if !own_data && !is_of_data_exports(statement) {
            delete(policy, statement, report);
        }
        list(statement, report);
    }
    if policy.kind != PolicyType::Bucket {
        uploads(policy, report);
        encryption(policy, report);
    }
}

/// Whether the policy looks like that of an application that keeps its own data in a bucket: it reads and writes objects and
/// never looks at the bucket, as exporters do before they begin. Nothing is wrong with deleting there.
fn keeps_own_data(policy: &Policy<'_>) -> bool {
    let reads_and_writes = ["s3:GetObject", "s3:PutObject"];
    let looks = ["s3:GetBucketLocation", "s3:ListBucket"];
    reads_and_writes.iter().all(|action| grants(policy, action))
        && !looks.iter().any(|action| grants(policy, action))
}

/// Whether a statement reaches nothing but what data exports write, whose files may have a time after which they are deleted,
/// and the object by which a check learns whether that is allowed.
fn is_of_data_exports(statement: &Statement<'_>) -> bool {
    let mut resources = statement.listed_resources().peekable();
    resources.peek().is_some()
        && resources.all(|resource| {
            let before = resource.text.split('*').next().unwrap_or_default();
            let below_root = DATA_EXPORT_ROOTS
                .iter()
                .any(|root| before.contains(&format!("/{root}/")));
            below_root || before.ends_with("/_bucketline/check")
        })
}

const DELETES: [&str; 3] = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket"];

fn delete(policy: &Policy<'_>, statement: &Statement<'_>, report: &mut Report<'_>) {
    let Some(element) = statement.action.as_ref() else {
        return;
    };
    let open: Vec<&str> = DELETES
        .into_iter()
        .filter(|delete| !is_denied(policy, statement, delete))
        .collect();
    if element.negated {
        if open.iter().any(|delete| statement.covers_action(delete)) {
            let message = "this grants deleting too, since it is not among what is left out";
            report.add(&DELETE_GRANTED_TO_EXPORTER, element.member.key_span, message);
        }
        return;
    }
    let deletes = |text: &str| {
        let pattern = Pattern::action(text);
        open.iter().any(|delete| pattern.covers_action(delete))
    };
    let nodes = element.items();
    // A wildcard grants more than deleting and is not simply taken out.
    let plain = |text: &str| deletes(text) && !Pattern::action(text).has_wildcard();
    let gone: Vec<bool> = nodes
        .iter()
        .map(|node| node.as_str().is_some_and(plain))
        .collect();
    for (node, fix) in nodes.iter().zip(removals(nodes, &gone)) {
        if let Some(text) = node.as_str().filter(|text| deletes(text)) {
            let message = format!("`{text}` lets an exporter delete what it has delivered");
            report.add_with_fix(&DELETE_GRANTED_TO_EXPORTER, node.span, message, fix);
        }
    }
}

/// Whether the policy denies the action, without conditions, on all that the statement allows it on.
fn is_denied(policy: &Policy<'_>, allow: &Statement<'_>, action: &str) -> bool {
    let covers = |deny: &Statement<'_>, resource: &str| {
        let resource = Pattern::resource(resource);
        deny.listed_resources()
            .any(|mine| Pattern::resource(mine.text).covers(&resource))
    };
    let everything = |deny: &&Statement<'_>| {
        let mut resources = allow.listed_resources().peekable();
        resources.peek().is_some() && resources.all(|resource| covers(deny, resource.text))
    };
    let denies = |deny: &&Statement<'_>| deny.denies() && deny.tests.is_empty() && deny.covers_action(action);
    policy
        .statements
        .iter()
        .filter(denies)
        .any(|deny| everything(&deny))
}

fn list(statement: &Statement<'_>, report: &mut Report<'_>) {
    if !statement.covers_action("s3:ListBucket") || statement.tests_key("s3:prefix") {
        return;
    }
    let Some(element) = statement.action.as_ref() else {
        return;
    };
    let text = element
        .texts
        .iter()
        .find(|t| !element.negated && Pattern::action(t.text).covers_action("s3:ListBucket"));
    let span = text.map_or(element.member.key_span, |text| text.span);
    let message = "this lists every key of the bucket: ask for `s3:prefix` in a statement of its own";
    report.add(&LIST_BUCKET_WITHOUT_PREFIX_CONDITION, span, message);
}

/// Whether anything in the policy grants the action.
fn grants(policy: &Policy<'_>, action: &str) -> bool {
    policy
        .statements
        .iter()
        .any(|statement| statement.allows() && statement.covers_action(action))
}

fn missing(
    policy: &Policy<'_>,
    operations: &[Operation],
    options: &[CallOption],
    scopes: &[Scope],
) -> Vec<&'static str> {
    required_by_all(operations, options)
        .into_iter()
        .filter(|permission| scopes.contains(&permission.scope) && !grants(policy, permission.action))
        .map(|permission| permission.action)
        .collect()
}

const PARTS: &[Operation] = &[
    Operation::CreateMultipartUpload,
    Operation::UploadPart,
    Operation::CompleteMultipartUpload,
    Operation::AbortMultipartUpload,
    Operation::ListParts,
    Operation::ListMultipartUploads,
];

/// Uploads in parts are expected, or a part of what they need is spelt out and the rest is not granted.
fn uploads(policy: &Policy<'_>, report: &mut Report<'_>) {
    const MARKS: [&str; 3] = [
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
        "s3:ListBucketMultipartUploads",
    ];
    let names = |statement: &Statement<'_>| MARKS.iter().any(|action| statement.names_action(action));
    let begun = policy
        .statements
        .iter()
        .any(|statement| statement.allows() && names(statement));
    // Without being told, only what keeps parts from lying about for ever is missed.
    let operations = match (policy.uploads_expected, begun) {
        (true, _) => PARTS,
        // Who lists parts and never uploads one does not lack what it takes to upload.
        (false, true) if !grants(policy, "s3:PutObject") => return,
        (false, true) => &[Operation::UploadPart, Operation::AbortMultipartUpload],
        (false, false) => return,
    };
    let missing = missing(policy, operations, &[], &[Scope::Object, Scope::Bucket]);
    if !missing.is_empty() {
        let message = format!("uploads in parts also need `{}`", missing.join("`, `"));
        report.add(&MISSING_MULTIPART_PERMISSIONS, whole(policy), message);
    }
}

/// Encryption with a KMS key is expected, asked for by a condition, or half granted.
fn encryption(policy: &Policy<'_>, report: &mut Report<'_>) {
    let asked = policy
        .statements
        .iter()
        .filter(|s| s.allows())
        .flat_map(|s| &s.tests)
        .any(|test| {
            test.is_about("s3:x-amz-server-side-encryption-aws-kms-key-id")
                || (test.is_about("s3:x-amz-server-side-encryption")
                    && test.texts().any(|value| value.text.starts_with("aws:kms")))
        });
    let names = |statement: &Statement<'_>| {
        ["kms:Decrypt", "kms:GenerateDataKey"]
            .iter()
            .any(|action| statement.names_action(action))
    };
    let begun = policy
        .statements
        .iter()
        .any(|statement| statement.allows() && names(statement));
    if !policy.encryption_expected && !asked && !begun {
        return;
    }
    let mut operations = Vec::new();
    if grants(policy, "s3:PutObject") {
        operations.push(Operation::PutObject);
    }
    if grants(policy, "s3:GetObject") {
        operations.push(Operation::GetObject);
    }
    if policy.uploads_expected {
        operations.extend(PARTS);
    }
    let missing = missing(policy, &operations, &[CallOption::Kms], &[Scope::Key]);
    if !missing.is_empty() {
        let message = format!(
            "objects encrypted with a KMS key also need `{}`",
            missing.join("`, `")
        );
        report.add(&MISSING_KMS_PERMISSIONS, whole(policy), message);
    }
}

fn whole(policy: &Policy<'_>) -> Span {
    policy.root.map_or_else(Span::default, |root| root.span)
}
