//! From a grant to credentials: an access key from where it is kept, a role as a session boxed into the connector's
//! folder. Each connector has its own cache, so that one customer's trouble is nobody else's.

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use bucketline_auth::{AssumeRole, Cached, ErrorKind, VendorAccount};
use bucketline_policy::template::{SessionScope, session_policy};

use super::{Aws, secret};
use crate::model::{Bucket, Connector, GrantKind, Installation, KeptKey, ModelPath};
use crate::variables::Variables;
use crate::{Error, Problem};

/// What signs one connector's requests, and learns which of its keys the store refuses.
#[derive(Debug)]
pub(super) struct Signing {
    pub(super) credentials: SharedCredentialsProvider,
    pub(super) refusals: SharedInterceptor,
}

/// The credentials of one connector.
///
/// # Errors
/// A secret cannot be read, or the session policy cannot be made.
pub(super) fn of(
    installation: &Installation,
    connector: &Connector,
    bucket: &Bucket,
    aws: &Aws,
) -> Result<Signing, Error> {
    let unusable =
        |what: String| Error::configuration(Problem::new(what).at_model(ModelPath::connector(&connector.id)));
    let grant = installation
        .grant(&bucket.grant)
        .ok_or_else(|| unusable(format!("there is no grant `{}`", bucket.grant)))?;
    let (role, external_id) = match &grant.kind {
        GrantKind::AccessKey(key) => {
            let kept = Kept {
                key: key.clone(),
                variables: aws.variables().clone(),
            };
            // What cannot be read is told at start.
            kept.read()?;
            return Ok(cached(kept));
        }
        GrantKind::AssumeRole { role, external_id } => (role, external_id),
    };
    let policy_error =
        |error: bucketline_policy::Error| unusable(format!("no session policy can be made: {error}"));
    // The partition is the role's: a bucket of another one could not be reached with its session.
    let partition = role.partition().parse().map_err(policy_error)?;
    let name = bucket.name.as_str().parse().map_err(policy_error)?;
    let mut scope = SessionScope::new(name, connector.folder.as_str()).partition(partition);
    // A bucket may encrypt with a KMS key by default, which the role then has to use. Other servers than AWS's may refuse
    // a session policy that names actions of KMS (MinIO does).
    if aws.s3_endpoint(bucket).is_none() {
        scope = match &bucket.region {
            Some(region) => scope.kms_of_bucket(region.as_str()),
            None => scope.kms_of_bucket_in_any_region(),
        };
    }
    let policy = session_policy(&scope).map_err(policy_error)?;
    let assume = format!("bucketline-{}", connector.id)
        .parse()
        .and_then(|session| {
            let vendor = match &installation.vendor.account {
                Some(account) => VendorAccount::Is(*account),
                None => VendorAccount::Unknown,
            };
            let assume = AssumeRole::new(aws.sts(), vendor, role.clone(), external_id.clone())?;
            Ok(assume.session_name(session))
        })
        .and_then(|assume| assume.session_policy(&policy))
        .map_err(|error: bucketline_auth::Error| unusable(error.to_string()))?;
    Ok(cached(assume))
}

fn cached(provider: impl ProvideCredentials + 'static) -> Signing {
    let cached = Cached::new(provider);
    Signing {
        refusals: cached.interceptor(),
        credentials: SharedCredentialsProvider::new(cached),
    }
}

/// An access key that is read again when what was read is refused: a replaced key needs no restart.
#[derive(Debug)]
struct Kept {
    key: KeptKey,
    variables: Variables,
}

impl Kept {
    fn read(&self) -> Result<bucketline_auth::AccessKey, Error> {
        secret::access_key(&self.key, &self.variables)
    }
}

impl ProvideCredentials for Kept {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(match self.read() {
            Ok(key) => Ok(key.to_credentials("BucketlineAccessKey")),
            // What cannot be read is a setting to correct: told as such, and not as a store that cannot be reached.
            Err(failure) => {
                Err(bucketline_auth::Error::new(ErrorKind::InvalidConfig, failure.to_string()).into())
            }
        })
    }
}
