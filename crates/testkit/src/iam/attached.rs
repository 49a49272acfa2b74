//! Managed policies on users and roles: attached to them, or bounding them.

use s3s::S3Result;

use super::page::Page;
use super::{Call, Kind, limit, managed};
use crate::query_protocol::{Xml, refuse};
use crate::world::Holder;

/// Source: "IAM and AWS STS quotas", IAM user guide.
const MOST_ATTACHED: usize = 10;

pub(super) fn attach(call: &Call<'_>) -> S3Result<()> {
    let arn = call.needed("PolicyArn")?;
    let mut identities = call.asked.gate.world.identities_mut();
    let policy = identities.managed_in_force(&call.account, arn);
    let policy = policy.ok_or_else(|| managed::no_such(arn))?;
    let rights = identities
        .rights_mut(&call.account, holder(call))
        .map_err(|_| call.no_such())?;
    let others = rights
        .policies
        .attached()
        .filter(|attached| *attached != arn)
        .count();
    if others >= MOST_ATTACHED {
        let per = match call.kind {
            Kind::User => "User",
            Kind::Role => "Role",
        };
        return Err(limit(format!(
            "Cannot exceed quota for PoliciesPer{per}: {MOST_ATTACHED}"
        )));
    }
    rights.attach(arn, policy);
    Ok(())
}

pub(super) fn detach(call: &Call<'_>) -> S3Result<()> {
    let arn = call.needed("PolicyArn")?;
    let mut identities = call.asked.gate.world.identities_mut();
    let rights = identities
        .rights_mut(&call.account, holder(call))
        .map_err(|_| call.no_such())?;
    if rights.detach(arn) {
        return Ok(());
    }
    let message = format!("Policy {arn} was not found.");
    Err(refuse(404, "NoSuchEntity", message))
}

pub(super) fn list(call: &Call<'_>) -> S3Result<Xml> {
    let rights = call.rights()?;
    let all = rights.policies.attached().map(str::to_owned).collect();
    let page = Page::of(call.asked, all, |arn: &String| arn)?;
    let members = page.items.iter().fold(Xml::new(), |members, arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let one = Xml::new().text("PolicyName", name).text("PolicyArn", arn);
        members.nested("member", one)
    });
    Ok(page.end(Xml::new().nested("AttachedPolicies", members)))
}

/// `PutUserPermissionsBoundary` and the role's.
pub(super) fn bound(call: &Call<'_>) -> S3Result<()> {
    let arn = call.needed("PermissionsBoundary")?;
    let mut identities = call.asked.gate.world.identities_mut();
    let policy = identities.managed_in_force(&call.account, arn);
    let policy = policy.ok_or_else(|| managed::no_such(arn))?;
    let rights = identities
        .rights_mut(&call.account, holder(call))
        .map_err(|_| call.no_such())?;
    rights.boundary = Some(policy);
    rights.boundary_arn = Some(arn.to_owned());
    Ok(())
}

/// What takes it away again.
pub(super) fn unbound(call: &Call<'_>) -> S3Result<()> {
    let mut identities = call.asked.gate.world.identities_mut();
    let rights = identities
        .rights_mut(&call.account, holder(call))
        .map_err(|_| call.no_such())?;
    if rights.boundary.take().is_none() {
        let message = format!("{} does not have a permissions boundary.", call.name);
        return Err(refuse(404, "NoSuchEntity", message));
    }
    rights.boundary_arn = None;
    Ok(())
}

/// How GetUser and GetRole show it.
pub(super) fn boundary_shown(shown: Xml, arn: Option<&String>) -> Xml {
    match arn {
        Some(arn) => shown.nested(
            "PermissionsBoundary",
            Xml::new()
                .text("PermissionsBoundaryType", "Policy")
                .text("PermissionsBoundaryArn", arn),
        ),
        None => shown,
    }
}

fn holder<'a>(call: &'a Call<'_>) -> Holder<'a> {
    match call.kind {
        Kind::User => Holder::User(&call.name),
        Kind::Role => Holder::Role(&call.name),
    }
}
