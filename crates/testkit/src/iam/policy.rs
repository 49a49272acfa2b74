//! Inline policies of users and roles.

use s3s::S3Result;

use super::page::Page;
use super::{Call, Kind, encoded, limit, malformed};
use crate::authorize::Policy;
use crate::query_protocol::{Xml, refuse};

pub(super) fn put(call: &Call<'_>) -> S3Result<()> {
    let rights = call.rights()?;
    let name = call.needed("PolicyName")?;
    let text = call.needed("PolicyDocument")?;
    // All inline policies of one count together.
    let (largest, what) = match call.kind {
        Kind::User => (2048, "user"),
        Kind::Role => (10_240, "role"),
    };
    if rights.policies.size_beside(name) + super::size(text) > largest {
        let whose = &call.name;
        return Err(limit(format!(
            "Maximum policy size of {largest} bytes exceeded for {what} {whose}"
        )));
    }
    let policy = Policy::parse("the policy", text).map_err(|_| malformed())?;
    set(call, name, Some(policy))
}

pub(super) fn get(call: &Call<'_>) -> S3Result<Xml> {
    let name = call.needed("PolicyName")?;
    let rights = call.rights()?;
    let document = rights.policies.get(name).ok_or_else(|| no_such(call, name))?;
    Ok(Xml::new()
        .text(owner(call), &call.name)
        .text("PolicyName", name)
        .text("PolicyDocument", encoded(&document.to_json())))
}

pub(super) fn delete(call: &Call<'_>) -> S3Result<()> {
    call.rights()?;
    set(call, call.needed("PolicyName")?, None)
}

pub(super) fn list(call: &Call<'_>) -> S3Result<Xml> {
    let rights = call.rights()?;
    let names = rights.policies.names().map(str::to_owned).collect();
    let page = Page::of(call.asked, names, |name: &String| name)?;
    let members = page.items.iter();
    let members = members.fold(Xml::new(), |members, name| members.text("member", name));
    Ok(page.end(Xml::new().nested("PolicyNames", members)))
}

fn set(call: &Call<'_>, name: &str, policy: Option<Policy>) -> S3Result<()> {
    let mut identities = call.asked.gate.world.identities_mut();
    let done = match call.kind {
        Kind::User => identities.set_user_policy(&call.account, &call.name, name, policy),
        Kind::Role => identities.set_role_policy(&call.account, &call.name, name, policy),
    };
    done.map_err(|_| no_such(call, name))
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
