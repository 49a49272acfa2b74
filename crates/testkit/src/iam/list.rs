//! The users and roles of an account, by path.

use s3s::S3Result;

use super::page::Page;
use super::{authorize, role, user};
use crate::operation::Operation;
use crate::query_protocol::{Asked, Xml};

pub(super) fn answer(operation: Operation, asked: &Asked<'_>) -> S3Result<Xml> {
    let account = asked.caller.account().unwrap_or_default();
    let partition = asked.gate.partition_of(account);
    let prefix = asked.parameters.get("PathPrefix").unwrap_or("/");
    let what = match operation {
        Operation::ListRoles => "role",
        _ => "user",
    };
    let resource = format!("arn:{partition}:iam::{account}:{what}{prefix}");
    authorize(asked, operation, &resource, Vec::new())?;
    let identities = asked.gate.world.identities();
    let names = match operation {
        Operation::ListRoles => identities.role_names(account),
        _ => identities.user_names(account),
    };
    drop(identities);
    let below = names
        .into_iter()
        .filter(|(_, path)| path.starts_with(prefix))
        .map(|(name, _)| name);
    let page = Page::of(asked, below.collect(), |name: &String| name)?;
    let members = page.items.iter().fold(Xml::new(), |members, name| {
        let identities = asked.gate.world.identities();
        let shown = match operation {
            Operation::ListRoles => identities
                .role_record(account, name)
                .map(|found| role::listed(name, &found)),
            _ => identities
                .user_view(account, name)
                .map(|found| user::listed(name, &found)),
        };
        match shown {
            Some(shown) => members.nested("member", shown),
            None => members,
        }
    });
    let list = match operation {
        Operation::ListRoles => "Roles",
        _ => "Users",
    };
    Ok(page.end(Xml::new().nested(list, members)))
}
