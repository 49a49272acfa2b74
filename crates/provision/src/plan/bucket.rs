//! What is to be done with the bucket. One that somebody else made is used as it is.

use bucketline_policy::exporter::template::DATA_EXPORT_ROOTS;

use super::Plan;
use crate::change::{Action, Change, Kind};
use crate::observed::{Bucket, BucketState, Observed};
use crate::setup::{BucketEncryption, Integration, Setup, UNFINISHED_UPLOADS_DAYS};

pub(super) fn plan(setup: &Setup, observed: &Observed, plan: &mut Plan) {
    let name = setup.bucket().as_str();
    let mut step = |action, kind, why: &str| plan.changes.push(Change::new(action, kind, name, why));
    let bucket = match &observed.bucket {
        BucketState::Closed { why } => {
            plan.problems.push(format!(
                "bucket `{name}` exists and cannot be looked at: it is another account's, or the caller may not read its settings ({why}); take another name, or the credentials of its owner"
            ));
            return;
        }
        BucketState::Absent => {
            step(Action::Create, Kind::Bucket, "there is none");
            step(Action::Create, Kind::PublicAccessBlock, "block all public access");
            step(Action::Create, Kind::Ownership, "its owner owns every object");
            if let BucketEncryption::Kms(key) = setup.encryption() {
                step(Action::Create, Kind::Encryption, &format!("with `{key}`"));
            }
            step(Action::Create, Kind::Lifecycle, &rule());
            return;
        }
        BucketState::Present(bucket) => bucket,
    };
    if bucket.region != *setup.region() {
        plan.problems.push(format!(
            "bucket `{name}` is in `{}`, not in `{}`: name its region, or another bucket",
            bucket.region.as_str(),
            setup.region().as_str()
        ));
        return;
    }
    match whose(setup, observed, bucket) {
        Whose::Ours => step(Action::None, Kind::Bucket, "it is there, and ours"),
        Whose::Unfinished => step(
            Action::Adopt,
            Kind::Bucket,
            "an earlier run of this set-up made it and was stopped",
        ),
        Whose::Others => return used_as_it_is(setup, bucket, plan),
    }
    for (kind, holds, is, will) in [
        (
            Kind::PublicAccessBlock,
            bucket.closed,
            "all public access is blocked",
            "public access is not all blocked",
        ),
        (
            Kind::Ownership,
            bucket.owner_enforced,
            "its owner owns every object",
            "objects may belong to whoever writes them",
        ),
    ] {
        match holds {
            true => step(Action::None, kind, is),
            false => step(Action::Update, kind, will),
        }
    }
    if let BucketEncryption::Kms(key) = setup.encryption() {
        match bucket.kms_key.as_deref() == Some(key.as_str()) {
            true => step(Action::None, Kind::Encryption, &format!("with `{key}`")),
            false => step(Action::Update, Kind::Encryption, &format!("with `{key}`")),
        }
    }
    match bucket.ends_uploads {
        true => step(Action::None, Kind::Lifecycle, "a rule ends unfinished uploads"),
        false => step(Action::Create, Kind::Lifecycle, &rule()),
    }
}

/// Whose a bucket is.
pub(super) enum Whose {
    Ours,
    /// Ours, made and not marked yet.
    Unfinished,
    Others,
}

pub(super) fn whose(setup: &Setup, observed: &Observed, bucket: &Bucket) -> Whose {
    if bucket.setup.as_deref() == Some(setup.name().as_str()) {
        return Whose::Ours;
    }
    let intended = observed.holder.as_ref().is_some_and(|holder| {
        holder.setup.as_deref() == Some(setup.name().as_str())
            && holder.makes_bucket.as_deref() == Some(setup.bucket().as_str())
    });
    match intended && bucket.setup.is_none() && bucket.keys.is_empty() {
        true => Whose::Unfinished,
        false => Whose::Others,
    }
}

fn used_as_it_is(setup: &Setup, bucket: &Bucket, plan: &mut Plan) {
    let name = setup.bucket().as_str();
    plan.changes.push(Change::new(
        Action::None,
        Kind::Bucket,
        name,
        "it was there before: it is used as it is, and never deleted",
    ));
    if let Some(other) = bucket.keys.iter().find(|key| !is_delivery(setup, key)) {
        plan.warnings.push(format!(
            "bucket `{name}` holds other data, such as `{}`: a bucket of its own is easier to audit and to share",
            other.escape_debug()
        ));
    }
    for (holds, what) in [
        (bucket.closed, "does not block all public access"),
        (
            bucket.owner_enforced,
            "lets whoever writes an object own it, so that readers in your account may be refused",
        ),
        (
            bucket.ends_uploads,
            "has no rule that ends unfinished uploads, whose parts cost for ever",
        ),
    ] {
        if !holds {
            plan.warnings
                .push(format!("bucket `{name}` {what}; it is not ours to change"));
        }
    }
    if let BucketEncryption::Kms(key) = setup.encryption()
        && bucket.kms_key.as_deref() != Some(key.as_str())
    {
        plan.warnings.push(format!(
            "bucket `{name}` does not encrypt with `{key}` by default: deliveries have to ask for it"
        ));
    }
}

/// Whether a key lies where deliveries do.
fn is_delivery(setup: &Setup, key: &str) -> bool {
    let below = |root: &str| key.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    let exports = setup.integration() != Integration::Currents;
    below("_bucketline")
        || setup.folders().iter().any(|folder| below(folder))
        || (exports && DATA_EXPORT_ROOTS.into_iter().any(below))
}

fn rule() -> String {
    format!("end uploads that are not completed within {UNFINISHED_UPLOADS_DAYS} days")
}
