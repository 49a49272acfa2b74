//! What AWS decides whatever the policies say. Knows no policy.

use std::fmt;

use serde::Serialize;

use super::{Decision, PrincipalKind, Request};

/// Why a decision rests on no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// The root user of the account needs no policy.
    RootUser,
    /// The call needs no permission, and no policy can refuse it
    /// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html>,
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_getsessiontoken.html>).
    NeedsNoPermission,
    /// `AssumeRole` cannot be called with the credentials of the root user
    /// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>).
    RootCannotAssumeRoles,
    /// `GetSessionToken` and `GetFederationToken` are called with the long-term credentials of a user
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>).
    SessionCannotGetToken,
    /// A session of `GetFederationToken` calls nothing of STS but `GetCallerIdentity`
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>).
    FederatedUserCannotCallSts,
    /// Nor anything of IAM. A console that such a session has opened can, and policies cannot tell it from a program
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html>).
    FederatedUserCannotCallIam,
}

impl Rule {
    /// What is decided before any policy is asked.
    pub(super) fn before_policies(request: &Request) -> Option<(Decision, Self)> {
        use PrincipalKind as K;
        let kind = request.principal().kind();
        if kind == K::FederatedUser && request.action().service() == "iam" {
            return Some((Decision::ImplicitDeny, Self::FederatedUserCannotCallIam));
        }
        let name = request.action().lower().strip_prefix("sts:")?;
        match (kind, name) {
            (K::Anonymous, _) => None,
            (_, "getcalleridentity") => Some((Decision::Allow, Self::NeedsNoPermission)),
            (K::FederatedUser, _) => Some((Decision::ImplicitDeny, Self::FederatedUserCannotCallSts)),
            (K::Role | K::RoleSession, "getsessiontoken" | "getfederationtoken") => {
                Some((Decision::ImplicitDeny, Self::SessionCannotGetToken))
            }
            (K::User | K::Root | K::Account, "getsessiontoken") => {
                Some((Decision::Allow, Self::NeedsNoPermission))
            }
            (K::Root, "assumerole") => Some((Decision::ImplicitDeny, Self::RootCannotAssumeRoles)),
            _ => None,
        }
    }

    /// Whether the bucket policy's denials do not reach this request: the root user of the bucket's account can always
    /// mend a policy that locks everybody out
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html>).
    pub(super) fn outranks_bucket_policy(request: &Request) -> bool {
        let principal = request.principal();
        principal.kind() == PrincipalKind::Root
            && request
                .account_of_resource()
                .is_none_or(|owner| principal.account() == Some(owner))
            && matches!(
                request.action().lower(),
                "s3:getbucketpolicy" | "s3:putbucketpolicy" | "s3:deletebucketpolicy"
            )
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RootUser => "the account's root user needs no policy",
            Self::NeedsNoPermission => "it needs no permission and cannot be denied",
            Self::RootCannotAssumeRoles => {
                "it cannot be called with the credentials of the root user: use those of a user or role"
            }
            Self::SessionCannotGetToken => {
                "it cannot be called with the credentials of a session: use those of a user"
            }
            Self::FederatedUserCannotCallSts => {
                "a session of `GetFederationToken` can call nothing of STS but `GetCallerIdentity`"
            }
            Self::FederatedUserCannotCallIam => "a session of `GetFederationToken` can call nothing of IAM",
        })
    }
}
