//! What STS answers, in this crate's words. Knows nothing of the wire.

use aws_credential_types::Credentials;
use bucketline_policy::{AccountId, Arn};

/// A session in a role.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AssumedRole {
    /// The session's credentials, with the time they expire at.
    pub credentials: Credentials,
    /// The session's own ARN: `arn:aws:sts::111122223333:assumed-role/export/bucketline`.
    pub arn: Arn,
    /// How much of AWS's limit on a session's size was used, in per cent: of its token, or from endpoints that do not
    /// tell that, of its session policies and tags in AWS's packed form.
    ///
    /// AWS alone can compute it: a value close to 100 today is a refusal (`PackedPolicyTooLarge`) after the next longer
    /// folder path.
    pub size_used_percent: Option<u32>,
    /// The id under which AWS knows the call.
    pub request_id: Option<String>,
}

impl AssumedRole {
    /// A session with these credentials.
    #[must_use]
    pub fn new(credentials: Credentials, arn: Arn) -> Self {
        Self {
            credentials,
            arn,
            size_used_percent: None,
            request_id: None,
        }
    }
}

/// Who some credentials belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallerIdentity {
    /// The account.
    pub account: AccountId,
    /// The user, role session or root.
    pub arn: Arn,
    /// AWS's own unique id of it: `AIDA...`, `AROA...:session`.
    pub user_id: String,
}

impl CallerIdentity {
    /// An identity.
    #[must_use]
    pub fn new(account: AccountId, arn: Arn, user_id: impl Into<String>) -> Self {
        Self {
            account,
            arn,
            user_id: user_id.into(),
        }
    }
}
