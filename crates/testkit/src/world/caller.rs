//! Who makes a request, with the policies that bind them at this moment.

use std::time::SystemTime;

use crate::authorize::{Policy, Rights};

/// An authenticated principal, or nobody.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// No signature.
    Anonymous,
    /// An account's root user.
    Root { account: String, partition: String },
    User {
        account: String,
        arn: String,
        id: String,
        rights: Rights,
    },
    /// A session of a role.
    Session {
        account: String,
        arn: String,
        role_arn: String,
        role_id: String,
        session_name: String,
        rights: Rights,
        session_policy: Option<Policy>,
        issued: SystemTime,
    },
}

/// Why credentials whose signature may be right are no good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialFault {
    /// No such key, a disabled one, or a temporary one without its token.
    UnknownKey,
    /// A token that does not belong to the key.
    BadToken,
    Expired,
}

impl Caller {
    pub(crate) fn account(&self) -> Option<&str> {
        match self {
            Self::Anonymous => None,
            Self::Root { account, .. } | Self::User { account, .. } | Self::Session { account, .. } => {
                Some(account)
            }
        }
    }

    /// The ARN that GetCallerIdentity and refusals name.
    pub(crate) fn arn(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::Root { account, partition } => format!("arn:{partition}:iam::{account}:root"),
            Self::User { arn, .. } | Self::Session { arn, .. } => arn.clone(),
        }
    }

    /// `aws:userid`.
    pub(crate) fn user_id(&self) -> Option<String> {
        match self {
            Self::Anonymous => None,
            Self::Root { account, .. } => Some(account.clone()),
            Self::User { id, .. } => Some(id.clone()),
            Self::Session {
                role_id,
                session_name,
                ..
            } => Some(format!("{role_id}:{session_name}")),
        }
    }
}
