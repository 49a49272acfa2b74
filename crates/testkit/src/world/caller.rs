//! Who makes a request, with the policies that bind them at this moment.

use std::time::SystemTime;

use crate::authorize::{Policy, Rights};
use crate::sts::SessionTag;

/// An authenticated principal, or nobody.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    /// No signature.
    Anonymous,
    /// Whoever an identity provider, an ARN, vouches for.
    Federated { provider: String },
    /// An account's root user.
    Root { account: String, partition: String },
    User {
        account: String,
        arn: String,
        id: String,
        rights: Rights,
        tags: Vec<(String, String)>,
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
        role_tags: Vec<(String, String)>,
        tags: Vec<SessionTag>,
        source_identity: Option<String>,
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
            Self::Anonymous | Self::Federated { .. } => None,
            Self::Root { account, .. } | Self::User { account, .. } | Self::Session { account, .. } => {
                Some(account)
            }
        }
    }

    /// The ARN that GetCallerIdentity and refusals name.
    pub(crate) fn arn(&self) -> String {
        match self {
            Self::Anonymous => "anonymous".into(),
            Self::Federated { provider } => provider.clone(),
            Self::Root { account, partition } => format!("arn:{partition}:iam::{account}:root"),
            Self::User { arn, .. } | Self::Session { arn, .. } => arn.clone(),
        }
    }

    /// The condition keys that its tags are, and where it comes from. A session's tags are before its role's.
    pub(crate) fn context(&self) -> Vec<(String, String)> {
        let tag = |key: &str, value: &str| (format!("aws:PrincipalTag/{key}"), value.to_owned());
        match self {
            Self::Anonymous | Self::Federated { .. } | Self::Root { .. } => Vec::new(),
            Self::User { tags, .. } => tags.iter().map(|(key, value)| tag(key, value)).collect(),
            Self::Session {
                role_tags,
                tags,
                source_identity,
                ..
            } => {
                let own = role_tags
                    .iter()
                    .filter(|(key, _)| !tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(key)));
                let own = own.map(|(key, value)| tag(key, value));
                let passed = tags.iter().map(|passed| tag(&passed.key, &passed.value));
                let source = source_identity.clone();
                let source = source.map(|identity| ("aws:SourceIdentity".to_owned(), identity));
                own.chain(passed).chain(source).collect()
            }
        }
    }

    /// `aws:userid`.
    pub(crate) fn user_id(&self) -> Option<String> {
        match self {
            Self::Anonymous | Self::Federated { .. } => None,
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
