//! Roles and their trust policies.

use std::time::Duration;

use s3s::S3Result;

use super::{Call, attached, bounded, conflict, date, encoded, limit, tags};
use crate::authorize::Policy;
use crate::query_protocol::{Xml, refuse};
use crate::world::RoleRecord;

/// Source: "IAM and AWS STS quotas", IAM user guide.
const MOST_ROLES: usize = 1000;
const LARGEST_TRUST: usize = 2048;

pub(super) fn create(call: &Call<'_>) -> S3Result<Xml> {
    let about = call.about()?;
    let trust = trust(call, "AssumeRolePolicyDocument")?;
    let lasts = match call.asked.parameters.get("MaxSessionDuration").map(str::parse) {
        None => 3600,
        Some(Ok(seconds @ 3600..=43_200)) => seconds,
        Some(_) => {
            let message = "1 validation error detected: Value at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200";
            return Err(refuse(400, "ValidationError", message));
        }
    };
    let rights = bounded(call.boundary()?);
    let mut identities = call.asked.gate.world.identities_mut();
    let names = identities.role_names(&call.account);
    // A name is taken whatever its case.
    if names
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(&call.name))
    {
        return Err(call.exists());
    }
    if names.len() >= MOST_ROLES {
        return Err(limit(format!(
            "Cannot exceed quota for RolesPerAccount: {MOST_ROLES}"
        )));
    }
    let lasts = Duration::from_secs(lasts);
    let made = identities.add_role(&call.account, &about.path, &call.name, trust, rights, lasts);
    made.map_err(|_| call.exists())?;
    identities.describe_role(&call.account, &call.name, about);
    let role = identities.role_record(&call.account, &call.name);
    role.map(|role| Xml::new().nested("Role", shown(call, &role)))
        .ok_or_else(|| call.no_such())
}

pub(super) fn get(call: &Call<'_>) -> S3Result<Xml> {
    Ok(Xml::new().nested("Role", shown(call, &find(call)?)))
}

pub(super) fn delete(call: &Call<'_>) -> S3Result<()> {
    let role = find(call)?;
    if role.rights.policies.attached().next().is_some() {
        return Err(conflict("Cannot delete entity, must detach all policies first."));
    }
    if role.rights.policies.names().next().is_some() {
        return Err(conflict("Cannot delete entity, must delete policies first."));
    }
    let world = &call.asked.gate.world;
    world
        .remove_role(&call.account, &call.name)
        .map_err(|_| call.no_such())
}

pub(super) fn update_trust(call: &Call<'_>) -> S3Result<()> {
    find(call)?;
    let trust = trust(call, "PolicyDocument")?;
    let mut identities = call.asked.gate.world.identities_mut();
    identities
        .set_trust_policy(&call.account, &call.name, trust)
        .map_err(|_| call.no_such())
}

fn trust(call: &Call<'_>, parameter: &str) -> S3Result<Policy> {
    let text = call.needed(parameter)?;
    if super::size(text) > LARGEST_TRUST {
        return Err(limit(format!(
            "Cannot exceed quota for ACLSizePerRole: {LARGEST_TRUST}"
        )));
    }
    Policy::parse("the trust policy", text).map_err(|_| {
        refuse(
            400,
            "MalformedPolicyDocument",
            "This policy contains invalid Json",
        )
    })
}

fn find(call: &Call<'_>) -> S3Result<RoleRecord> {
    let found = call
        .asked
        .gate
        .world
        .identities()
        .role_record(&call.account, &call.name);
    found.ok_or_else(|| call.no_such())
}

fn shown(call: &Call<'_>, role: &RoleRecord) -> Xml {
    let shown = attached::boundary_shown(listed(&call.name, role), role.rights.boundary_arn.as_ref());
    match tags(&role.about) {
        Some(tags) => shown.nested("Tags", tags),
        None => shown,
    }
}

/// As a list shows it: without tags and boundary.
pub(super) fn listed(name: &str, role: &RoleRecord) -> Xml {
    Xml::new()
        .text("Path", &role.about.path)
        .text("RoleName", name)
        .text("RoleId", &role.id)
        .text("Arn", &role.arn)
        .text("CreateDate", date(role.about.created))
        .text("AssumeRolePolicyDocument", encoded(&role.trust.to_json()))
        .maybe("Description", role.about.description.as_ref())
        .text("MaxSessionDuration", role.max_session.as_secs().to_string())
}
