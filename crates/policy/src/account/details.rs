//! The file that describes an account, as AWS prints it. Judges nothing.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;
use serde_json::Value;

use super::{Account, Member, may_anything};
use crate::{AccountId, Arn, Decision, Document, DocumentKind, Error, ErrorKind, Layers, Principal, Request};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    #[serde(default)]
    user_detail_list: Vec<User>,
    #[serde(default)]
    group_detail_list: Vec<Group>,
    #[serde(default)]
    role_detail_list: Vec<Role>,
    #[serde(default)]
    policies: Vec<Managed>,
    #[serde(default)]
    is_truncated: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    arn: Arn,
    #[serde(default)]
    user_policy_list: Vec<Inline>,
    #[serde(default)]
    group_list: Vec<String>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    permissions_boundary: Option<Boundary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    arn: Arn,
    group_name: String,
    #[serde(default)]
    group_policy_list: Vec<Inline>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Role {
    arn: Arn,
    assume_role_policy_document: Option<Value>,
    #[serde(default)]
    role_policy_list: Vec<Inline>,
    #[serde(default)]
    attached_managed_policies: Vec<Attached>,
    #[serde(default)]
    instance_profile_list: Vec<Value>,
    permissions_boundary: Option<Boundary>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inline {
    policy_name: String,
    policy_document: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attached {
    policy_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Boundary {
    permissions_boundary_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Managed {
    arn: String,
    #[serde(default)]
    policy_version_list: Vec<Revision>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Revision {
    document: Value,
    #[serde(default)]
    is_default_version: bool,
}

/// Reads documents and remembers which were wanted and not there.
struct Reader {
    managed: HashMap<String, Document>,
    missing: BTreeSet<String>,
}

pub(super) fn read(text: &str) -> Result<Account, Error> {
    let details: Details = serde_json::from_str(text).map_err(|error| {
        Error::new(
            ErrorKind::Syntax,
            format!("this is not what `aws iam get-account-authorization-details` prints: {error}"),
        )
    })?;
    if details.is_truncated {
        return Err(Error::new(
            ErrorKind::Syntax,
            "this is a part of the answer alone (`IsTruncated`): without `--no-paginate` and `--max-items` AWS's program \
             asks for all of it",
        ));
    }
    let mut reader = Reader {
        managed: HashMap::new(),
        missing: BTreeSet::new(),
    };
    let mut older_admin = BTreeSet::new();
    for policy in &details.policies {
        for older in policy
            .policy_version_list
            .iter()
            .filter(|v| !v.is_default_version)
        {
            if allows_anything(&[document(&older.document, &policy.arn)?]) {
                older_admin.insert(policy.arn.clone());
            }
        }
        let Some(default) = policy.policy_version_list.iter().find(|v| v.is_default_version) else {
            continue;
        };
        let document = document(&default.document, &policy.arn)?;
        reader.managed.insert(policy.arn.clone(), document);
    }
    let mut admin_groups = Vec::new();
    let mut groups: HashMap<&str, (&Group, Vec<Document>)> = HashMap::new();
    for group in &details.group_detail_list {
        let documents = reader.documents(
            &group.group_policy_list,
            &group.attached_managed_policies,
            group.arn.as_str(),
        )?;
        if allows_anything(&documents) {
            admin_groups.push(group.arn.as_str().to_owned());
        }
        groups.insert(&group.group_name, (group, documents));
    }
    let mut members = Vec::new();
    for user in &details.user_detail_list {
        let mut documents = reader.documents(
            &user.user_policy_list,
            &user.attached_managed_policies,
            user.arn.as_str(),
        )?;
        let mut own = own_policies(&user.attached_managed_policies);
        let mut arns = Vec::new();
        for name in &user.group_list {
            let Some((group, theirs)) = groups.get(name.as_str()) else {
                reader.missing.insert(format!("group {name}"));
                continue;
            };
            documents.extend(theirs.iter().cloned());
            own.extend(own_policies(&group.attached_managed_policies));
            arns.push(group.arn.as_str().to_owned());
        }
        members.push(Member {
            principal: principal(&user.arn)?,
            layers: reader.layers(&documents, user.permissions_boundary.as_ref()),
            trust: None,
            own_policies: own,
            groups: arns,
            has_instance_profile: false,
        });
    }
    for role in &details.role_detail_list {
        let owner = role.arn.as_str();
        let documents = reader.documents(&role.role_policy_list, &role.attached_managed_policies, owner)?;
        let trust = match &role.assume_role_policy_document {
            Some(value) => Some(Member::set(&[document(
                value,
                &format!("the trust policy of {owner}"),
            )?])),
            None => None,
        };
        members.push(Member {
            principal: principal(&role.arn)?,
            layers: reader.layers(&documents, role.permissions_boundary.as_ref()),
            trust,
            own_policies: own_policies(&role.attached_managed_policies),
            groups: Vec::new(),
            has_instance_profile: !role.instance_profile_list.is_empty(),
        });
    }
    account(members, reader.missing, admin_groups, older_admin)
}

/// Whether these policies by themselves make an administrator.
fn allows_anything(documents: &[Document]) -> bool {
    let set = Member::set(documents);
    let Ok(account) = "123456789012".parse::<AccountId>() else {
        return false;
    };
    may_anything("aws", account, |action, resource| {
        let caller = Principal::account_member(account);
        let request = Request::new(caller, action.clone(), resource);
        set.decide(DocumentKind::Identity, &request) == Decision::Allow
    })
}

fn account(
    members: Vec<Member>,
    missing: BTreeSet<String>,
    admin_groups: Vec<String>,
    older_admin: BTreeSet<String>,
) -> Result<Account, Error> {
    let accounts: BTreeSet<AccountId> = members.iter().filter_map(|m| m.principal.account()).collect();
    let mut accounts = accounts.into_iter();
    match (accounts.next(), accounts.next(), members.first()) {
        (Some(id), None, Some(first)) => Ok(Account {
            id,
            partition: first.principal.partition().to_owned(),
            members,
            missing: missing.into_iter().collect(),
            resource: None,
            admin_groups,
            older_admin,
        }),
        (Some(_), Some(_), _) => Err(Error::new(
            ErrorKind::Structure,
            "the users and roles are of several accounts: one file describes one account",
        )),
        _ => Err(Error::new(
            ErrorKind::Structure,
            "there is neither a user nor a role in it",
        )),
    }
}

impl Reader {
    fn documents(
        &mut self,
        inline: &[Inline],
        attached: &[Attached],
        owner: &str,
    ) -> Result<Vec<Document>, Error> {
        let mut documents = Vec::new();
        for policy in inline {
            documents.push(document(
                &policy.policy_document,
                &format!("`{}` of {owner}", policy.policy_name),
            )?);
        }
        for policy in attached {
            match self.managed.get(&policy.policy_arn) {
                Some(document) => documents.push(document.clone()),
                None => drop(self.missing.insert(policy.policy_arn.clone())),
            }
        }
        Ok(documents)
    }

    /// A boundary that is not described allows nothing.
    fn layers(&mut self, documents: &[Document], boundary: Option<&Boundary>) -> Layers {
        let layers = Layers::new(Member::set(documents));
        let Some(boundary) = boundary else {
            return layers;
        };
        let document = self.managed.get(&boundary.permissions_boundary_arn);
        if document.is_none() {
            self.missing.insert(boundary.permissions_boundary_arn.clone());
        }
        let documents: Vec<Document> = document.into_iter().cloned().collect();
        layers.boundary(Member::set(&documents))
    }
}

/// Those that the account itself can change.
fn own_policies(attached: &[Attached]) -> Vec<String> {
    let arns = attached.iter().map(|policy| policy.policy_arn.clone());
    arns.filter(|arn| !arn.contains(":iam::aws:")).collect()
}

fn principal(arn: &Arn) -> Result<Principal, Error> {
    arn.as_str().parse()
}

/// A policy as an object, or as text in URL encoding.
fn document(value: &Value, owner: &str) -> Result<Document, Error> {
    let text = match value {
        Value::String(text) if text.starts_with('%') => decoded(text),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    Document::parse(&text)
        .map_err(|error| Error::new(ErrorKind::Structure, format!("{owner} is no policy: {error}")))
}

/// Text in URL encoding (RFC 3986), in which the API sends policies.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let byte = hex.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, byte) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
