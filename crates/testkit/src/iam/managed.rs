//! Managed policies and their versions.

use s3s::S3Result;

use super::page::Page;
use super::{about, authorize, conflict, date, encoded, limit, malformed, needed};
use crate::authorize::Policy;
use crate::operation::Operation;
use crate::query_protocol::{Asked, Xml, refuse};
use crate::world::Managed;

/// Source: "IAM and AWS STS quotas", IAM user guide.
const MOST_VERSIONS: usize = 5;
const LARGEST: usize = 6144;
const MOST_POLICIES: usize = 1500;

pub(super) fn answer(operation: Operation, asked: &Asked<'_>) -> S3Result<Option<Xml>> {
    let call = Call::read(operation, asked)?;
    match operation {
        Operation::CreatePolicy => call.create().map(Some),
        Operation::ListPolicies => call.list().map(Some),
        Operation::GetPolicy => call
            .found()
            .map(|policy| Some(Xml::new().nested("Policy", call.shown(&policy)))),
        Operation::DeletePolicy => call.delete().map(|()| None),
        Operation::CreatePolicyVersion => call.create_version().map(Some),
        Operation::GetPolicyVersion => call.version().map(Some),
        Operation::ListPolicyVersions => call.list_versions().map(Some),
        Operation::DeletePolicyVersion => call.delete_version().map(|()| None),
        _ => call.set_default().map(|()| None),
    }
}

struct Call<'a> {
    asked: &'a Asked<'a>,
    account: String,
    arn: String,
}

impl<'a> Call<'a> {
    fn read(operation: Operation, asked: &'a Asked<'a>) -> S3Result<Self> {
        let account = asked.caller.account().unwrap_or_default().to_owned();
        let partition = asked.gate.partition_of(&account);
        let arn = match operation {
            Operation::CreatePolicy => {
                let path = asked.parameters.get("Path").unwrap_or("/");
                format!(
                    "arn:{partition}:iam::{account}:policy{path}{}",
                    needed(asked, "PolicyName")?
                )
            }
            Operation::ListPolicies => format!("arn:{partition}:iam::{account}:policy/"),
            _ => needed(asked, "PolicyArn")?.to_owned(),
        };
        authorize(asked, operation, &arn, Vec::new())?;
        Ok(Self { asked, account, arn })
    }

    fn create(&self) -> S3Result<Xml> {
        let name = needed(self.asked, "PolicyName")?;
        let about = about(self.asked)?;
        let policy = self.document()?;
        let now = self.asked.gate.world.clock().now();
        let mut identities = self.asked.gate.world.identities_mut();
        // A name is taken whatever its path.
        if identities
            .managed_of(&self.account)
            .any(|(_, policy)| policy.name == name)
        {
            let message = format!("A policy called {name} already exists. Duplicate names are not allowed.");
            return Err(refuse(409, "EntityAlreadyExists", message));
        }
        if identities.managed_of(&self.account).count() >= MOST_POLICIES {
            return Err(limit(format!(
                "Cannot exceed quota for PoliciesPerAccount: {MOST_POLICIES}"
            )));
        }
        let made = identities.add_managed(&self.account, name, about, policy, now);
        made.map_err(|_| self.no_such())?;
        drop(identities);
        Ok(Xml::new().nested("Policy", self.shown(&self.found()?)))
    }

    fn list(&self) -> S3Result<Xml> {
        let identities = self.asked.gate.world.identities();
        let all = identities
            .managed_of(&self.account)
            .map(|(arn, policy)| (arn.to_owned(), policy.clone()))
            .collect();
        drop(identities);
        let page = Page::of(self.asked, all, |(arn, _)| arn)?;
        let members = page.items.iter().fold(Xml::new(), |members, (arn, policy)| {
            let one = Call {
                asked: self.asked,
                account: self.account.clone(),
                arn: arn.clone(),
            };
            members.nested("member", one.shown(policy))
        });
        Ok(page.end(Xml::new().nested("Policies", members)))
    }

    fn delete(&self) -> S3Result<()> {
        let policy = self.found()?;
        let mut identities = self.asked.gate.world.identities_mut();
        if identities.uses_of(&self.account, &self.arn) != (0, 0) {
            return Err(conflict("Cannot delete a policy attached to entities."));
        }
        if policy.versions.len() > 1 {
            return Err(conflict(
                "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
            ));
        }
        let removed = identities.remove_managed(&self.account, &self.arn);
        removed.map_err(|_| self.no_such())
    }

    fn create_version(&self) -> S3Result<Xml> {
        let policy = self.found()?;
        let document = self.document()?;
        if policy.versions.len() >= MOST_VERSIONS {
            return Err(limit(
                "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
            ));
        }
        let as_default = self.asked.parameters.get("SetAsDefault") == Some("true");
        let now = self.asked.gate.world.clock().now();
        let mut identities = self.asked.gate.world.identities_mut();
        let added = identities.add_version(&self.account, &self.arn, document, as_default, now);
        let number = added.map_err(|_| self.no_such())?;
        drop(identities);
        let policy = self.found()?;
        Ok(Xml::new().nested("PolicyVersion", version_shown(&policy, number, Detail::Brief)))
    }

    fn version(&self) -> S3Result<Xml> {
        let policy = self.found()?;
        let number = self.version_number(&policy)?;
        Ok(Xml::new().nested("PolicyVersion", version_shown(&policy, number, Detail::Whole)))
    }

    fn list_versions(&self) -> S3Result<Xml> {
        let policy = self.found()?;
        let names = policy
            .versions
            .keys()
            .map(|number| format!("v{number}"))
            .collect();
        let page = Page::of(self.asked, names, |name: &String| name)?;
        let members = page.items.iter().fold(Xml::new(), |members, name| {
            let number = name.trim_start_matches('v').parse().unwrap_or_default();
            members.nested("member", version_shown(&policy, number, Detail::Brief))
        });
        Ok(page.end(Xml::new().nested("Versions", members)))
    }

    fn delete_version(&self) -> S3Result<()> {
        let policy = self.found()?;
        let number = self.version_number(&policy)?;
        if number == policy.default {
            return Err(conflict("Cannot delete the default version of a policy."));
        }
        let mut identities = self.asked.gate.world.identities_mut();
        let removed = identities.remove_version(&self.account, &self.arn, number);
        removed.map_err(|_| self.no_such())
    }

    fn set_default(&self) -> S3Result<()> {
        let policy = self.found()?;
        let number = self.version_number(&policy)?;
        let mut identities = self.asked.gate.world.identities_mut();
        let set = identities.set_default_version(&self.account, &self.arn, number);
        set.map_err(|_| self.no_such())
    }

    fn version_number(&self, policy: &Managed) -> S3Result<u32> {
        let name = needed(self.asked, "VersionId")?;
        let number = name.strip_prefix('v').and_then(|number| number.parse().ok());
        number
            .filter(|number| policy.versions.contains_key(number))
            .ok_or_else(|| {
                let message = format!(
                    "Policy {} version {name} does not exist or is not attachable.",
                    self.arn
                );
                refuse(404, "NoSuchEntity", message)
            })
    }

    fn document(&self) -> S3Result<Policy> {
        let text = needed(self.asked, "PolicyDocument")?;
        if super::size(text) > LARGEST {
            return Err(limit(format!("Cannot exceed quota for PolicySize: {LARGEST}")));
        }
        Policy::parse("the policy", text).map_err(|_| malformed())
    }

    fn found(&self) -> S3Result<Managed> {
        let identities = self.asked.gate.world.identities();
        let found = identities.managed(&self.account, &self.arn).cloned();
        found.ok_or_else(|| self.no_such())
    }

    fn no_such(&self) -> s3s::S3Error {
        no_such(&self.arn)
    }

    fn shown(&self, policy: &Managed) -> Xml {
        let identities = self.asked.gate.world.identities();
        let (attached, bounds) = identities.uses_of(&self.account, &self.arn);
        drop(identities);
        let shown = Xml::new()
            .text("PolicyName", &policy.name)
            .text("PolicyId", &policy.id)
            .text("Arn", &self.arn)
            .text("Path", &policy.about.path)
            .text("DefaultVersionId", format!("v{}", policy.default))
            .text("AttachmentCount", attached.to_string())
            .text("PermissionsBoundaryUsageCount", bounds.to_string())
            .text("IsAttachable", "true")
            .maybe("Description", policy.about.description.as_ref())
            .text("CreateDate", date(policy.about.created))
            .text("UpdateDate", date(policy.about.created));
        match super::tags(&policy.about) {
            Some(tags) => shown.nested("Tags", tags),
            None => shown,
        }
    }
}

/// AWS's words for a policy that is not there.
pub(super) fn no_such(arn: &str) -> s3s::S3Error {
    let message = format!("Policy {arn} does not exist or is not attachable.");
    refuse(404, "NoSuchEntity", message)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// As lists show it.
    Brief,
    /// With the document.
    Whole,
}

fn version_shown(policy: &Managed, number: u32, detail: Detail) -> Xml {
    let version = policy.versions.get(&number);
    let document = version.filter(|_| detail == Detail::Whole);
    Xml::new()
        .maybe(
            "Document",
            document.map(|version| encoded(&version.policy.to_json())),
        )
        .text("VersionId", format!("v{number}"))
        .text("IsDefaultVersion", (number == policy.default).to_string())
        .text("CreateDate", date(version.map(|version| version.created)))
}
