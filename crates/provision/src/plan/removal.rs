//! What is taken away again, in reverse: what bears our tag, and a bucket only while it is empty.

use super::bucket::{Whose, whose};
use super::{Plan, holder};
use crate::change::{Action, Change, Kind};
use crate::observed::{BucketState, Observed};
use crate::setup::{Method, Setup, TAG};

/// The changes that take a set-up away. What is not ours stays, and so does a bucket that holds anything.
#[must_use]
pub fn plan_removal(setup: &Setup, observed: &Observed) -> Plan {
    let mut plan = Plan::default();
    let bucket = setup.bucket().as_str();
    // Before the user or role, whose tag tells that an unmarked bucket is ours.
    let (action, why) = match &observed.bucket {
        BucketState::Absent => (Action::None, "there is none"),
        BucketState::Closed { .. } => (Action::None, "it cannot be looked at, and is not ours"),
        BucketState::Present(found) => match whose(setup, observed, found) {
            Whose::Others => (Action::None, "it was there before"),
            _ if !found.keys.is_empty() => (Action::None, "it is not empty, and stays"),
            _ => (Action::Delete, "it is ours, and empty"),
        },
    };
    if let BucketState::Present(found) = &observed.bucket
        && !found.keys.is_empty()
        && !matches!(whose(setup, observed, found), Whose::Others)
    {
        plan.warnings.push(format!(
            "bucket `{bucket}` holds data and stays: empty it first if it is to go too"
        ));
    }
    plan.changes.push(Change::new(action, Kind::Bucket, bucket, why));
    remove_holder(setup, observed, &mut plan);
    plan
}

fn remove_holder(setup: &Setup, observed: &Observed, plan: &mut Plan) {
    let name = setup.name().as_str();
    let (kind, policy_kind) = holder::kinds(setup);
    let mut step = |action, kind, name: &str, why: &str| {
        plan.changes.push(Change::new(action, kind, name, why));
    };
    let Some(found) = &observed.holder else {
        return step(Action::None, kind, name, "there is none");
    };
    if found.setup.as_deref() != Some(name) {
        let why = format!("it does not bear the tag `{TAG}`, and is not ours");
        return step(Action::None, kind, name, &why);
    }
    if *setup.method() == Method::User {
        for key in &found.keys {
            step(
                Action::Delete,
                Kind::AccessKey,
                key.id.as_str(),
                "it is of a user of ours",
            );
        }
    }
    if found.policy.is_some() {
        step(
            Action::Delete,
            policy_kind,
            name,
            "it is of a user or role of ours",
        );
    }
    step(Action::Delete, kind, name, "it is ours");
}
