//! A user as IAM has it, and one to be made. Knows nothing of the wire.

use std::collections::BTreeMap;

use bucketline_policy::Arn;

use super::names::{IamName, IamPath};

/// A user as IAM has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct User {
    /// Its ARN, which holds its path and name.
    pub arn: Arn,
    /// AWS's own unique id of it (`AIDA...`): another one of the same name has another.
    pub id: String,
    /// The policy that bounds what it may be granted.
    pub boundary: Option<Arn>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl User {
    /// A user without boundary or tags.
    #[must_use]
    pub fn new(arn: Arn, id: impl Into<String>) -> Self {
        Self {
            arn,
            id: id.into(),
            boundary: None,
            tags: BTreeMap::new(),
        }
    }
}

/// A user to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CreateUser {
    /// Its name.
    pub name: IamName,
    /// Its path.
    pub path: IamPath,
    /// The policy that bounds what it may be granted.
    pub boundary: Option<Arn>,
    /// Its tags: 50 at most, keys unique without regard to case.
    pub tags: BTreeMap<String, String>,
}

impl CreateUser {
    /// A user without path, boundary or tags.
    #[must_use]
    pub fn new(name: IamName) -> Self {
        Self {
            name,
            path: IamPath::default(),
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
