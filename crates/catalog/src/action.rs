//! Actions and the resources that they work on. Knows nothing of the form in which they are kept.

use std::fmt;
use std::sync::Arc;

use crate::Text;

/// One action.
#[derive(Clone, Debug)]
pub struct Action {
    pub(crate) name: Text,
    pub(crate) levels: Levels,
    pub(crate) resources: Vec<ActionResource>,
    pub(crate) keys: Keys,
}

/// Condition keys, shared by all that carry the same.
pub(crate) type Keys = Arc<[Text]>;

impl Action {
    /// Its name without the service, `PutObject`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of access it is; a few actions are of two kinds.
    pub fn access_levels(&self) -> impl Iterator<Item = AccessLevel> + '_ {
        AccessLevel::ALL
            .into_iter()
            .map(|(level, _, _)| level)
            .filter(|level| self.has_access(*level))
    }

    /// Whether it is access of this kind.
    #[must_use]
    pub fn has_access(&self, level: AccessLevel) -> bool {
        self.levels.contains(level)
    }

    /// The resource types that it works on. Empty: it takes no resource, and is granted on `*` alone.
    #[must_use]
    pub fn resources(&self) -> &[ActionResource] {
        &self.resources
    }

    /// The condition keys that a request for it carries whatever the resource, beside the global ones.
    pub fn condition_keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }
}

/// A resource type that an action works on.
#[derive(Clone, Debug)]
pub struct ActionResource {
    pub(crate) name: Text,
    pub(crate) required: bool,
    pub(crate) keys: Keys,
}

impl ActionResource {
    /// The name of the resource type.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a statement must name a resource of this type for the action to be granted.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// The condition keys that a request for the action on such a resource carries besides.
    pub fn condition_keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }
}

/// How AWS classes an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AccessLevel {
    /// Sees that resources exist.
    List,
    /// Sees what is in them.
    Read,
    /// Changes tags and nothing else.
    Tagging,
    /// Creates, changes or deletes resources.
    Write,
    /// Grants or changes permissions.
    PermissionsManagement,
}

impl AccessLevel {
    /// With the letter of the packed form and AWS's words.
    pub(crate) const ALL: [(Self, char, &'static str); 5] = [
        (Self::List, 'L', "List"),
        (Self::Read, 'R', "Read"),
        (Self::Tagging, 'T', "Tagging"),
        (Self::Write, 'W', "Write"),
        (Self::PermissionsManagement, 'P', "Permissions management"),
    ];

    /// AWS's words for it, `Permissions management`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(level, _, _)| *level == self);
        found.map_or("", |(_, _, name)| name)
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A set of access levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Levels(u8);

impl Levels {
    pub(crate) fn with(self, level: AccessLevel) -> Self {
        Self(self.0 | (1 << level as u8))
    }

    fn contains(self, level: AccessLevel) -> bool {
        self.0 & (1 << level as u8) != 0
    }
}
