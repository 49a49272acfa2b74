//! From a grant to the rotation of its key: whose it is, and what proves another one. The stages are `bucketline-provision`'s.

use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_auth::{ErrorKind as AuthKind, Region};
use bucketline_check::{Cause, Report, Settings, Verdict};
use bucketline_provision::{
    IamName, KeyProof, Replaced, Rotated, Rotation, RotationError, RotationStage, Unproved,
};

use super::probes::{Occasion, Selection, check};
use super::{Aws, administrator, credentials, why};
use crate::model::{GrantKind, Installation, Keeper, KeptKey, ModelPath};
use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// Where IAM is asked unless the environment says: it is one service for all regions of a partition.
const DEFAULT_REGION: &str = "us-east-1";

/// How a grant's key is rotated.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RotationSettings {
    /// Whose key it is; as STS says where none.
    pub user: Option<IamName>,
    /// What becomes of the key that was replaced.
    pub replaced: Replaced,
    /// How long the new key may take until AWS knows it everywhere.
    pub patience: Duration,
}

/// Why a key was not rotated.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "before it began, or while it went on")]
pub enum KeyNotRotated {
    /// A setting that cannot be used: nothing was asked or changed.
    Unusable(Error),
    /// What the rotation came to.
    Rotation(Box<RotationError>),
}

impl From<Error> for KeyNotRotated {
    fn from(error: Error) -> Self {
        Self::Unusable(error)
    }
}

/// Replaces a grant's access key, with the customer's own administrator as the environment names one. The new key is proved by
/// the check of everything that uses the grant. `told` hears of each stage once it is through.
///
/// # Errors
///
/// [`KeyNotRotated`]: the key that is in use stays valid and in use whichever it is.
///
/// # Cancel safety
///
/// A rotation that is dropped is started again and goes on where it was.
pub async fn rotate_key(
    installation: &Installation,
    variables: &Variables,
    grant: &str,
    settings: RotationSettings,
    told: &mut (dyn FnMut(&RotationStage) + Send),
) -> Result<Rotated, KeyNotRotated> {
    let (key, file) = rotatable(installation, grant)?;
    let user = match settings.user {
        Some(user) => user,
        None => owner(installation, variables, grant, key).await?,
    };
    let region = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    let region = region.iter().find_map(|name| variables.optional(name));
    let region: Region = region.unwrap_or(DEFAULT_REGION).parse().map_err(|error| {
        Error::configuration(Problem::new(chain(&error)).at("the AWS settings of the environment"))
    })?;
    let administrator = administrator(&region, variables).await?;
    let rotation = Rotation::new(user, file)
        .replaced(settings.replaced)
        .patience(settings.patience);
    let proof = Checked {
        installation,
        variables,
        grant,
    };
    administrator
        .rotate_key(&rotation, &proof, told)
        .await
        .map_err(|error| KeyNotRotated::Rotation(Box::new(error)))
}

/// The key of a grant, if it is kept so that both of its halves change at once.
fn rotatable<'a>(installation: &'a Installation, grant: &str) -> Result<(&'a KeptKey, &'a Path), Error> {
    let found = installation.grant(grant).ok_or_else(|| {
        Error::configuration(
            Problem::new(format!("there is no grant `{grant}`")).advice("its id is in the configuration"),
        )
    })?;
    let unusable = |what: &str, advice: &str| {
        let problem = Problem::new(format!("the grant `{grant}` {what}")).at_model(ModelPath::grant(grant));
        Error::configuration(problem.advice(advice))
    };
    let GrantKind::AccessKey(key) = &found.kind else {
        return Err(unusable(
            "is a role, which has no key",
            "its sessions are renewed by themselves: there is nothing to rotate",
        ));
    };
    match (&key.id, &key.secret) {
        (None, Keeper::File(file)) => Ok((key, file)),
        (_, Keeper::Env(_)) => Err(unusable(
            "has its secret in an environment variable, which a running program does not see change",
            "write `secret_access_key = { file = \"...\" }`, and let the file be AWS's own CSV",
        )),
        (Some(_), Keeper::File(_)) => Err(unusable(
            "names its access key id in the configuration, so that id and secret cannot change at once",
            "leave `access_key_id` out, and let the secret's file be AWS's own CSV, which holds both",
        )),
    }
}

/// The user whose key it is.
async fn owner(
    installation: &Installation,
    variables: &Variables,
    grant: &str,
    key: &KeptKey,
) -> Result<IamName, Error> {
    let unusable = |what: String, advice: &str| {
        Error::configuration(
            Problem::new(what)
                .at_model(ModelPath::grant(grant))
                .advice(advice),
        )
    };
    let aws = Aws::load(installation, variables).await?;
    let signing = credentials::key_signing(grant, grant, key, &aws)?;
    let identity = aws.sts_signing_with(signing.credentials)?.caller_identity().await;
    let identity = identity.map_err(|error| {
        let advice = match error.kind() {
            AuthKind::Unauthenticated => "name the user with `--user`: the key itself does not sign any more",
            _ => "try again, or name the user with `--user`",
        };
        unusable(
            format!("whose key it is was not answered: {}", chain(&error)),
            advice,
        )
    })?;
    let resource = identity.arn.resource();
    let name = resource
        .strip_prefix("user/")
        .and_then(|user| user.rsplit('/').next());
    name.and_then(|name| name.parse().ok()).ok_or_else(|| {
        unusable(
            format!("the key is of `{}`, which is no user", identity.arn),
            "give the grant the key of a user of its own",
        )
    })
}

/// A key is good where everything that uses its grant passes its check with it.
struct Checked<'a> {
    installation: &'a Installation,
    variables: &'a Variables,
    grant: &'a str,
}

#[async_trait]
impl KeyProof for Checked<'_> {
    async fn prove(&self, file: &Path) -> Result<(), Unproved> {
        let mut installation = self.installation.clone();
        for grant in &mut installation.grants {
            if let (true, GrantKind::AccessKey(key)) = (grant.id == self.grant, &mut grant.kind) {
                key.secret = Keeper::File(file.to_owned());
            }
        }
        let selection = Selection::Using(self.grant.to_owned());
        let checked = check(
            &installation,
            self.variables,
            &selection,
            &Settings::default(),
            Occasion::Timer,
        )
        .await
        .map_err(|error| Unproved::new(error.to_string()))?;
        let Some(failing) = checked.reports.0.iter().find(|report| !report.is_ok()) else {
            return Ok(());
        };
        let unproved = Unproved::new(format!("of `{}`, {}", failing.id, why(failing)));
        Err(if may_pass(failing) {
            unproved.passing()
        } else {
            unproved
        })
    }
}

/// A key that was just made is unknown to some of AWS for a while; and what nobody answered may be answered later.
fn may_pass(report: &Report) -> bool {
    report.steps.iter().any(|step| {
        step.verdict == Verdict::Inconclusive
            || (step.verdict == Verdict::Fail && step.cause == Some(Cause::UnknownKey))
    })
}
