//! Inline policies of users and roles.

use s3s::S3Result;

use super::{Call, Kind, encoded};
use crate::authorize::{Policy, Rights};
use crate::query_protocol::{Xml, refuse};

pub(super) fn put(call: &Call<'_>) -> S3Result<()> {
    rights(call)?;
    let name = call.needed("PolicyName")?;
    let policy = Policy::parse("the policy", call.needed("PolicyDocument")?)
        .map_err(|_| refuse(400, "MalformedPolicyDocument", "Syntax errors in policy."))?;
    set(call, name, Some(policy))
}

pub(super) fn get(call: &Call<'_>) -> S3Result<Xml> {
    let name = call.needed("PolicyName")?;
    let rights = rights(call)?;
    let document = rights.policies.get(name).ok_or_else(|| no_such(call, name))?;
    Ok(Xml::new()
        .text(owner(call), &call.name)
        .text("PolicyName", name)
        .text("PolicyDocument", encoded(&document.to_json())))
}

pub(super) fn delete(call: &Call<'_>) -> S3Result<()> {
    rights(call)?;
    set(call, call.needed("PolicyName")?, None)
}

/// All on one page: what has more is no test.
pub(super) fn list(call: &Call<'_>) -> S3Result<Xml> {
    let rights = rights(call)?;
    let names = rights.policies.names();
    let members = names.fold(Xml::new(), |members, name| members.text("member", name));
    Ok(Xml::new()
        .nested("PolicyNames", members)
        .text("IsTruncated", "false"))
}

fn set(call: &Call<'_>, name: &str, policy: Option<Policy>) -> S3Result<()> {
    let mut identities = call.asked.gate.world.identities_mut();
    let done = match call.kind {
        Kind::User => identities.set_user_policy(&call.account, &call.name, name, policy),
        Kind::Role => identities.set_role_policy(&call.account, &call.name, name, policy),
    };
    done.map_err(|_| no_such(call, name))
}

fn rights(call: &Call<'_>) -> S3Result<Rights> {
    let identities = call.asked.gate.world.identities();
    let found = match call.kind {
        Kind::User => identities
            .user_view(&call.account, &call.name)
            .map(|user| user.rights),
        Kind::Role => identities
            .role_record(&call.account, &call.name)
            .map(|role| role.rights),
    };
    found.ok_or_else(|| call.no_such())
}

fn owner(call: &Call<'_>) -> &'static str {
    match call.kind {
        Kind::User => "UserName",
        Kind::Role => "RoleName",
    }
}

fn no_such(call: &Call<'_>, name: &str) -> s3s::S3Error {
    let what = match call.kind {
        Kind::User => "user",
        Kind::Role => "role",
    };
    let message = format!("The {what} policy with name {name} cannot be found.");
    refuse(404, "NoSuchEntity", message)
}
