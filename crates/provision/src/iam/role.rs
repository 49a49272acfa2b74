//! A role as IAM has it, and one to be made. Knows nothing of the wire.

use std::collections::BTreeMap;
use std::time::Duration;

use bucketline_policy::{Arn, Document};

use super::names::{IamName, IamPath};
use bucketline_auth::RoleArn;

/// A role as IAM has it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Role {
    /// Its ARN, which holds its path and name.
    pub arn: RoleArn,
    /// AWS's own unique id of it (`AROA...`): another one of the same name has another.
    pub id: String,
    /// Who may assume it.
    pub trust: Document,
    /// The longest session it allows.
    pub max_session: Duration,
    /// The policy that bounds what it may be granted.
    pub boundary: Option<Arn>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl Role {
    /// A role with sessions of an hour, without boundary or tags.
    #[must_use]
    pub fn new(arn: RoleArn, id: impl Into<String>, trust: Document) -> Self {
        let max_session = Duration::from_secs(3600);
        Self {
            arn,
            id: id.into(),
            trust,
            max_session,
            boundary: None,
            tags: BTreeMap::new(),
        }
    }
}

/// A role to be made.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CreateRole {
    /// Its name.
    pub name: IamName,
    /// Its path.
    pub path: IamPath,
    /// Who may assume it.
    pub trust: Document,
    /// What it is for, for people.
    pub description: Option<String>,
    /// The longest session it allows: 1 h to 12 h. IAM's default is 1 h.
    pub max_session: Option<Duration>,
    /// The policy that bounds what it may be granted.
    pub boundary: Option<Arn>,
    /// Its tags: 50 at most, keys unique without regard to case.
    pub tags: BTreeMap<String, String>,
}

impl CreateRole {
    /// A role without path, boundary or tags.
    #[must_use]
    pub fn new(name: IamName, trust: Document) -> Self {
        Self {
            name,
            path: IamPath::default(),
            trust,
            description: None,
            max_session: None,
            boundary: None,
            tags: BTreeMap::new(),
        }
    }

    /// Its path.
    #[must_use]
    pub fn path(mut self, path: IamPath) -> Self {
        self.path = path;
        self
    }

    /// What it is for, for people.
    #[must_use]
    pub fn description(mut self, text: impl Into<String>) -> Self {
        self.description = Some(text.into());
        self
    }

    /// The longest session it allows.
    #[must_use]
    pub fn max_session(mut self, duration: Duration) -> Self {
        self.max_session = Some(duration);
        self
    }

    /// The policy that bounds what it may be granted.
    #[must_use]
    pub fn boundary(mut self, policy: Arn) -> Self {
        self.boundary = Some(policy);
        self
    }

    /// Adds a tag.
    #[must_use]
    pub fn tag(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.tags.insert(key.into(), value.into());
        self
    }
}
