//! Users and their access keys.

use s3s::S3Result;

use super::page::Page;
use super::{Call, attached, bounded, conflict, date, limit, tags};
use crate::query_protocol::{Xml, refuse};
use crate::world::{KeyStatus, UserView};

/// Source: "IAM and AWS STS quotas", IAM user guide.
const MOST_KEYS: usize = 2;
const MOST_USERS: usize = 5000;

pub(super) fn create(call: &Call<'_>) -> S3Result<Xml> {
    let about = call.about()?;
    let rights = bounded(call.boundary()?);
    let mut identities = call.asked.gate.world.identities_mut();
    let names = identities.user_names(&call.account);
    // A name is taken whatever its case.
    if names
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case(&call.name))
    {
        return Err(call.exists());
    }
    if names.len() >= MOST_USERS {
        return Err(limit(format!(
            "Cannot exceed quota for UsersPerAccount: {MOST_USERS}"
        )));
    }
    let made = identities.add_user(&call.account, &about.path, &call.name, rights);
    made.map_err(|_| call.exists())?;
    identities.describe_user(&call.account, &call.name, about);
    let user = identities.user_view(&call.account, &call.name);
    user.map(|user| Xml::new().nested("User", shown(call, &user)))
        .ok_or_else(|| call.no_such())
}

pub(super) fn get(call: &Call<'_>) -> S3Result<Xml> {
    Ok(Xml::new().nested("User", shown(call, &find(call)?)))
}

pub(super) fn delete(call: &Call<'_>) -> S3Result<()> {
    let user = find(call)?;
    let world = &call.asked.gate.world;
    if !world
        .identities()
        .keys_of_user(&call.account, &call.name)
        .is_empty()
    {
        return Err(conflict("Cannot delete entity, must delete access keys first."));
    }
    if user.rights.policies.attached().next().is_some() {
        return Err(conflict("Cannot delete entity, must detach all policies first."));
    }
    if user.rights.policies.names().next().is_some() {
        return Err(conflict("Cannot delete entity, must delete policies first."));
    }
    let removed = world.identities_mut().remove_user(&call.account, &call.name);
    world.orphan(&removed.map_err(|_| call.no_such())?);
    Ok(())
}

pub(super) fn create_key(call: &Call<'_>) -> S3Result<Xml> {
    find(call)?;
    let world = &call.asked.gate.world;
    let mut identities = world.identities_mut();
    if identities.keys_of_user(&call.account, &call.name).len() >= MOST_KEYS {
        let message = format!("Cannot exceed quota for AccessKeysPerUser: {MOST_KEYS}");
        return Err(refuse(409, "LimitExceeded", message));
    }
    let made = identities.new_key(&call.account, &call.name, world.ids(), call.now());
    let (id, secret) = made.map_err(|_| call.no_such())?;
    let key = Xml::new()
        .text("UserName", &call.name)
        .text("AccessKeyId", id)
        .text("Status", "Active")
        .text("SecretAccessKey", secret.expose())
        .text("CreateDate", date(Some(call.now())));
    Ok(Xml::new().nested("AccessKey", key))
}

pub(super) fn list_keys(call: &Call<'_>) -> S3Result<Xml> {
    find(call)?;
    let keys = call
        .asked
        .gate
        .world
        .identities()
        .keys_of_user(&call.account, &call.name);
    let page = Page::of(call.asked, keys, |key| &key.id)?;
    let members = page.items.iter().fold(Xml::new(), |members, key| {
        let status = match key.status {
            KeyStatus::Active => "Active",
            KeyStatus::Inactive => "Inactive",
        };
        let shown = Xml::new()
            .text("UserName", &call.name)
            .text("AccessKeyId", &key.id)
            .text("Status", status)
            .text("CreateDate", date(key.created));
        members.nested("member", shown)
    });
    Ok(page.end(Xml::new().nested("AccessKeyMetadata", members)))
}

pub(super) fn update_key(call: &Call<'_>) -> S3Result<()> {
    let id = own_key(call)?;
    let status = match call.needed("Status")? {
        "Active" => KeyStatus::Active,
        "Inactive" => KeyStatus::Inactive,
        other => {
            let message = format!("{other} is not a status of an access key");
            return Err(refuse(400, "ValidationError", message));
        }
    };
    let changed = call.asked.gate.world.identities_mut().set_key_status(id, status);
    changed.map_err(|_| call.no_such())
}

pub(super) fn delete_key(call: &Call<'_>) -> S3Result<()> {
    let id = own_key(call)?;
    call.asked.gate.world.identities_mut().remove_key(id);
    Ok(())
}

/// The key that is named, if it is the user's.
fn own_key<'a>(call: &'a Call<'_>) -> S3Result<&'a str> {
    find(call)?;
    let id = call.needed("AccessKeyId")?;
    let keys = call
        .asked
        .gate
        .world
        .identities()
        .keys_of_user(&call.account, &call.name);
    if keys.iter().any(|key| key.id == id) {
        return Ok(id);
    }
    let message = format!("The Access Key with id {id} cannot be found.");
    Err(refuse(404, "NoSuchEntity", message))
}

fn find(call: &Call<'_>) -> S3Result<UserView> {
    let found = call
        .asked
        .gate
        .world
        .identities()
        .user_view(&call.account, &call.name);
    found.ok_or_else(|| call.no_such())
}

/// As a list shows it: without tags and boundary.
pub(super) fn listed(name: &str, user: &UserView) -> Xml {
    Xml::new()
        .text("Path", &user.about.path)
        .text("UserName", name)
        .text("UserId", &user.id)
        .text("Arn", &user.arn)
        .text("CreateDate", date(user.about.created))
}

fn shown(call: &Call<'_>, user: &UserView) -> Xml {
    let shown = attached::boundary_shown(listed(&call.name, user), user.rights.boundary_arn.as_ref());
    match tags(&user.about) {
        Some(tags) => shown.nested("Tags", tags),
        None => shown,
    }
}
