//! What is to be done with the user or role, its policies and its key. One that does not bear our tag is not touched.

use super::Plan;
use crate::change::{Action, Change, Kind};
use crate::iam::KeyStatus;
use crate::observed::{KeyFileState, Observed};
use crate::setup::{Method, Setup, TAG};

pub(super) fn plan(setup: &Setup, observed: &Observed, plan: &mut Plan) {
    let name = setup.name().as_str();
    let (kind, policy_kind) = kinds(setup);
    let mut step = |action, kind, why: &str| plan.changes.push(Change::new(action, kind, name, why));
    let Some(holder) = &observed.holder else {
        step(Action::Create, kind, "there is none");
        step(
            Action::Create,
            policy_kind,
            "what deliveries need, and nothing else",
        );
        return;
    };
    if holder.setup.as_deref() != Some(name) {
        plan.problems.push(format!(
            "{} `{name}` is there already and does not bear the tag `{TAG}`: it is not ours to change; choose another name (`--name`)",
            kind.as_str()
        ));
        return;
    }
    step(Action::None, kind, "it is there, and ours");
    if let Some(trust) = setup.trust() {
        match &holder.trust {
            Some(found) if found == trust => step(Action::None, Kind::TrustPolicy, "it is as it should be"),
            Some(found) if names_a_deleted(&found.to_json()) => step(
                Action::Update,
                Kind::TrustPolicy,
                "it names a principal that was deleted: one made anew is another",
            ),
            _ => step(Action::Update, Kind::TrustPolicy, "it differs"),
        }
    }
    match &holder.policy {
        Some(found) if found == setup.policy() => step(Action::None, policy_kind, "it is as it should be"),
        Some(_) => step(Action::Update, policy_kind, "it differs"),
        None => step(
            Action::Create,
            policy_kind,
            "what deliveries need, and nothing else",
        ),
    }
}

pub(super) fn plan_key(setup: &Setup, observed: &Observed, plan: &mut Plan) {
    if *setup.method() != Method::User {
        return;
    }
    let user = setup.name().as_str();
    let holder = observed.holder.as_ref();
    if holder.is_some_and(|holder| holder.setup.as_deref() != Some(user)) {
        return;
    }
    let keys = holder.map(|holder| holder.keys.as_slice()).unwrap_or_default();
    let mut step = |action, name: &str, why: &str| {
        plan.changes.push(Change::new(action, Kind::AccessKey, name, why));
    };
    match &observed.key_file {
        KeyFileState::Holds(id) if keys.iter().any(|key| key.id == *id) => {
            step(Action::None, id.as_str(), "its secret is in the key file");
        }
        KeyFileState::Holds(id) => plan.problems.push(format!(
            "the key file holds `{id}`, which is no key of user `{user}`: move the file away, or name another with `--key-file`"
        )),
        KeyFileState::Pending { had } => {
            let lost = keys.iter().filter(|key| !had.iter().any(|had| had == key.id.as_str()));
            for key in lost {
                let why = "a run that was stopped made it, and nobody has its secret";
                step(Action::Delete, key.id.as_str(), why);
            }
            step(Action::Create, user, "none has been handed over yet");
        }
        KeyFileState::Absent => match keys.iter().find(|key| key.status == KeyStatus::Active) {
            Some(key) => step(
                Action::None,
                key.id.as_str(),
                "it is there; its secret was shown once (delete the key in IAM, and the next run makes another)",
            ),
            None => step(Action::Create, user, "there is none that is active"),
        },
    }
}

pub(super) fn kinds(setup: &Setup) -> (Kind, Kind) {
    match setup.method() {
        Method::User => (Kind::User, Kind::UserPolicy),
        Method::Role { .. } => (Kind::Role, Kind::RolePolicy),
    }
}

/// AWS shows the unique id in place of a principal that is no more.
fn names_a_deleted(trust: &str) -> bool {
    trust.contains("\"AROA") || trust.contains("\"AIDA")
}
