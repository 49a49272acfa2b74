//! One change, as it is shown before it is made. Knows nothing of how it is made.

use std::fmt;

use serde::Serialize;

/// What is done with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// It is made.
    Create,
    /// It is there, and made to be as it should.
    Update,
    /// It is deleted.
    Delete,
    /// It was made by an earlier run that was stopped, and is marked as ours.
    Adopt,
    /// Nothing.
    None,
}

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// The bucket itself, with the tag that marks it.
    Bucket,
    /// The settings that block all public access to it.
    PublicAccessBlock,
    /// Who owns its objects.
    Ownership,
    /// Its default encryption.
    Encryption,
    /// Its rule for unfinished uploads.
    Lifecycle,
    /// The role.
    Role,
    /// Who may assume the role.
    TrustPolicy,
    /// What the role may do.
    RolePolicy,
    /// The user.
    User,
    /// What the user may do.
    UserPolicy,
    /// A key of the user's.
    AccessKey,
}

impl Action {
    /// As JSON has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Adopt => "adopt",
            Self::None => "none",
        }
    }
}

impl Kind {
    /// As JSON has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::PublicAccessBlock => "public_access_block",
            Self::Ownership => "ownership",
            Self::Encryption => "encryption",
            Self::Lifecycle => "lifecycle",
            Self::Role => "role",
            Self::TrustPolicy => "trust_policy",
            Self::RolePolicy => "role_policy",
            Self::User => "user",
            Self::UserPolicy => "user_policy",
            Self::AccessKey => "access_key",
        }
    }
}

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// What is done.
    pub action: Action,
    /// With what.
    pub kind: Kind,
    /// Which one.
    pub name: String,
    /// Why, in words for people.
    pub why: String,
}

impl Change {
    pub(crate) fn new(action: Action, kind: Kind, name: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            action,
            kind,
            name: name.into(),
            why: why.into(),
        }
    }

    /// Whether anything is done.
    #[must_use]
    pub fn is_some(&self) -> bool {
        self.action != Action::None
    }
}

/// On one line: `create  role  bucketline-acme-events: there is none`.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (action, kind) = (self.action.as_str(), self.kind.as_str());
        write!(f, "{action:6}  {kind:19}  {}: {}", self.name, self.why)
    }
}
