//! Who we are to a customer who makes a role: account, principal, and the external ID of the grant that is to be. Asks STS
//! alone, as ourselves.

use bucketline_auth::{AccountId, Arn, CallerIdentity, ExternalId};

use super::Aws;
use super::aws::Vendor;
use crate::grants::GrantStore;
use crate::model::{GrantKind, Installation, Integration, ModelPath};
use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// What a customer needs before the role exists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identifiers {
    /// Our account: what a trust policy names.
    pub account: AccountId,
    /// Who will assume the role, as far as it is known: for a trust policy that names nobody else of our account.
    pub principal: Option<Principal>,
    /// Why the principal is not known.
    pub unknown: Option<String>,
    /// The draft's external ID: what the trust policy asks for.
    pub external_id: ExternalId,
    /// The grant of the configuration that uses it, once one does.
    pub grant: Option<String>,
}

/// Whom a trust policy may name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Principal {
    /// Its ARN.
    pub arn: Arn,
    /// Whether it was made from a session's name, which does not tell the role's path.
    pub without_path: bool,
}

/// Which external ID is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the draft's, or another one")]
pub enum Draft {
    /// The one that was made before, if one was.
    Kept,
    /// Another one, for another grant: the one before is forgotten.
    New,
}

/// What a customer of this workspace needs for this integration. The external ID is made with the first call, and stays until
/// another is asked for.
///
/// # Errors
///
/// The workspace does not exist, or may not use the integration; nobody knows our account; it is another than the
/// configuration says; the data directory cannot be written.
///
/// # Cancel safety
///
/// Safe: the draft may have been made, and is what the next call tells.
pub async fn identifiers(
    installation: &Installation,
    variables: &Variables,
    store: &dyn GrantStore,
    workspace: &str,
    integration: Integration,
    draft: Draft,
) -> Result<Identifiers, Error> {
    let found = installation
        .workspaces
        .iter()
        .find(|found| found.id.as_str() == workspace);
    let Some(found) = found else {
        let known: Vec<String> = installation
            .workspaces
            .iter()
            .map(|known| format!("`{}`", known.id))
            .collect();
        let advice = match known.is_empty() {
            true => "add a `[[workspace]]` section with that id".to_owned(),
            false => format!("known: {}", known.join(", ")),
        };
        return Err(Error::configuration(
            Problem::new(format!("there is no workspace `{workspace}`")).advice(advice),
        ));
    };
    if !found.integrations.contains(&integration) {
        return Err(Error::configuration(
            Problem::new(format!(
                "the workspace `{workspace}` may not use this integration"
            ))
            .advice("add it to `integrations` of the workspace"),
        ));
    }
    let aws = Aws::load_for(installation, variables, Vendor::Asked).await?;
    let asked = aws.sts().caller_identity().await;
    let (account, principal, unknown) = match (asked, installation.vendor.account) {
        (Ok(identity), Some(account)) if identity.account != account => {
            return Err(Error::configuration(
                Problem::new(format!(
                    "our credentials are of account `{}`, configured is `{account}`",
                    identity.account
                ))
                .at_model(ModelPath::vendor())
                .advice("correct `account_id`, or use the credentials of that account"),
            ));
        }
        (Ok(identity), _) => (identity.account, Some(principal(&identity)?), None),
        (Err(error), Some(account)) => (account, None, Some(chain(&error))),
        (Err(error), None) => {
            return Err(Error::configuration(
                Problem::new(format!("our account is not known: {}", chain(&error)))
                    .at_model(ModelPath::vendor())
                    .advice("set `account_id` in `[vendor]`, or give our own credentials"),
            ));
        }
    };
    let mut external_id = None;
    store.update(&mut |records| {
        if draft == Draft::New {
            records.forget_draft(workspace, integration);
        }
        external_id = Some(records.draft_or_make(workspace, integration, || {
            ExternalId::new_for(workspace).map_err(|error| Error::configuration(chain(&error)))
        })?);
        Ok(())
    })?;
    let external_id = external_id.ok_or_else(|| Error::data_directory("no external ID was kept"))?;
    let grant = installation.grants.iter().find(|grant| match &grant.kind {
        GrantKind::AssumeRole {
            external_id: used, ..
        } => used.matches(external_id.as_str()),
        GrantKind::AccessKey(_) => false,
    });
    Ok(Identifiers {
        account,
        principal,
        unknown,
        grant: grant.map(|grant| grant.id.clone()),
        external_id,
    })
}

/// Of a session, the role: a trust policy that named the session would trust nobody else of that role.
fn principal(identity: &CallerIdentity) -> Result<Principal, Error> {
    let arn = &identity.arn;
    let role = arn
        .resource()
        .strip_prefix("assumed-role/")
        .filter(|_| arn.service() == "sts");
    let Some(role) = role.and_then(|rest| rest.split('/').next()) else {
        return Ok(Principal {
            arn: arn.clone(),
            without_path: false,
        });
    };
    let text = format!("arn:{}:iam::{}:role/{role}", arn.partition(), identity.account);
    let arn = text
        .parse()
        .map_err(|error: bucketline_policy::Error| Error::configuration(error.to_string()))?;
    Ok(Principal {
        arn,
        without_path: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_stands_for_its_role_and_a_user_for_itself() {
        for (arn, principal_arn, without_path) in [
            (
                "arn:aws:sts::999988887777:assumed-role/exporter/i-0abc",
                "arn:aws:iam::999988887777:role/exporter",
                true,
            ),
            (
                "arn:aws:iam::999988887777:user/teams/exporter",
                "arn:aws:iam::999988887777:user/teams/exporter",
                false,
            ),
            (
                "arn:aws-cn:sts::999988887777:assumed-role/a/b",
                "arn:aws-cn:iam::999988887777:role/a",
                true,
            ),
        ] {
            let identity = CallerIdentity::new("999988887777".parse().unwrap(), arn.parse().unwrap(), "A");
            let found = principal(&identity).unwrap();
            assert_eq!(
                (found.arn.as_str(), found.without_path),
                (principal_arn, without_path)
            );
        }
    }
}
