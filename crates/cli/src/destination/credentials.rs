//! From a grant to credentials: an access key as it is, a role as a session boxed into the connector's folder.

use aws_credential_types::provider::SharedCredentialsProvider;
use bucketline_auth::{AssumeRole, Cached, Fixed};
use bucketline_policy::template::{SessionScope, session_policy};

use super::{Aws, secret};
use crate::config::{Bucket, Config, Connector, GrantKind};
use crate::failure::{Failure, Outcome, Problem};

/// The credentials of one connector: its own cache, so that one customer's trouble is nobody else's.
///
/// # Errors
/// A secret cannot be read, or the session policy cannot be made: exit code 2.
pub(super) fn of(
    config: &Config,
    connector: &Connector,
    bucket: &Bucket,
    aws: &Aws,
) -> Outcome<SharedCredentialsProvider> {
    let unusable = |what: String| Failure::usage(Problem::new(what).at(&connector.place));
    let grant = config
        .grant(&bucket.grant)
        .ok_or_else(|| unusable(format!("there is no grant `{}`", bucket.grant)))?;
    let (role, external_id) = match &grant.kind {
        GrantKind::AccessKey(key) => {
            let key = secret::access_key(key, aws.environment())?;
            return Ok(SharedCredentialsProvider::new(Fixed::new(&key)));
        }
        GrantKind::AssumeRole { role, external_id } => (role, external_id),
    };
    let policy_error =
        |error: bucketline_policy::Error| unusable(format!("no session policy can be made: {error}"));
    // The partition is the role's: a bucket of another one could not be reached with its session.
    let partition = role.partition().parse().map_err(policy_error)?;
    let name = bucket.name.as_str().parse().map_err(policy_error)?;
    let scope = SessionScope::new(name, connector.folder.as_str()).partition(partition);
    let policy = session_policy(&scope).map_err(policy_error)?;
    let assume = format!("bucketline-{}", connector.id)
        .parse()
        .map(|session| AssumeRole::new(aws.sts(), role.clone(), external_id.clone()).session_name(session))
        .and_then(|assume| assume.session_policy(&policy))
        .map_err(|error: bucketline_auth::Error| unusable(error.to_string()))?;
    Ok(SharedCredentialsProvider::new(Cached::new(assume)))
}
