//! What AWS's services offer: actions, resource types and condition keys, as the Service Authorization Reference lists them.
//!
//! It knows names and nothing of policies. A service that is not listed here is unknown, which is never an error.

#[cfg(feature = "catalog")]
mod built_in;
mod compact;
#[cfg(feature = "catalog")]
mod generated;
mod json;

use std::collections::BTreeMap;
use std::fmt;

use crate::error::{Error, ErrorKind};

/// The services that are known, by their prefix (`s3`).
///
/// ```
/// # #[cfg(feature = "catalog")] {
/// use bucketline_policy::catalog::{AccessLevel, Catalog};
///
/// let s3 = Catalog::built_in().service("s3").expect("s3 is listed");
/// let put = s3.action("putobject").expect("names match in any case");
/// assert_eq!(put.name(), "PutObject");
/// assert!(put.access_levels().contains(&AccessLevel::Write));
/// assert!(put.resources().iter().any(|r| r.name() == "object"));
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    services: BTreeMap<String, Service>,
}

impl Catalog {
    /// The data that came with this version of the crate (s3, sts, kms and iam).
    #[cfg(feature = "catalog")]
    #[must_use]
    pub fn built_in() -> &'static Self {
        built_in::catalog()
    }

    /// Reads data of the form kept in this crate's `data` folder, for instance a newer copy of it.
    ///
    /// # Errors
    /// `Structure` where the text is not JSON of that form, with the line.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        json::parse(text)
    }

    /// The service of this prefix, in any case.
    #[must_use]
    pub fn service(&self, prefix: &str) -> Option<&Service> {
        self.services.get(&prefix.to_ascii_lowercase())
    }

    /// All services, by prefix.
    pub fn services(&self) -> impl Iterator<Item = &Service> {
        self.services.values()
    }

    /// The compact text that `cargo xtask codegen` keeps in the crate.
    #[must_use]
    pub fn to_compact(&self) -> String {
        compact::print(self)
    }
}

/// One service: what can be done, to what, under which conditions.
#[derive(Debug, Clone, Default)]
pub struct Service {
    prefix: String,
    /// By lower-case name: AWS matches action names in any case.
    actions: BTreeMap<String, Action>,
    resource_types: BTreeMap<String, ResourceType>,
    /// By lower-case key; `${TagKey}` in it stands for any tag.
    condition_keys: BTreeMap<String, ConditionKey>,
}

impl Service {
    /// The prefix of its actions, `s3`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The action of this name, in any case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.get(&name.to_ascii_lowercase())
    }

    /// All actions, by name.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.actions.values()
    }

    /// The resource type of this name (`bucket`, `object`).
    #[must_use]
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        self.resource_types.get(name)
    }

    /// All resource types, by name.
    pub fn resource_types(&self) -> impl Iterator<Item = &ResourceType> {
        self.resource_types.values()
    }

    /// The condition key that `key` is or is an instance of: `aws:RequestTag/team` is one of `aws:RequestTag/${TagKey}`.
    #[must_use]
    pub fn condition_key(&self, key: &str) -> Option<&ConditionKey> {
        let key = key.to_ascii_lowercase();
        self.condition_keys.get(&key).or_else(|| {
            let (family, _) = key.split_once('/')?;
            self.condition_keys
                .values()
                .find(|known| known.family().is_some_and(|f| f.eq_ignore_ascii_case(family)))
        })
    }

    /// All condition keys, by name.
    pub fn condition_keys(&self) -> impl Iterator<Item = &ConditionKey> {
        self.condition_keys.values()
    }
}

/// One action.
#[derive(Debug, Clone)]
pub struct Action {
    name: String,
    access: Vec<AccessLevel>,
    resources: Vec<ActionResource>,
    keys: Vec<String>,
}

impl Action {
    /// Its name without the service, `PutObject`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What kind of access it is; a few actions are of two kinds.
    #[must_use]
    pub fn access_levels(&self) -> &[AccessLevel] {
        &self.access
    }

    /// The resource types that it works on. Empty: it takes no resource, and is granted on `*` alone.
    #[must_use]
    pub fn resources(&self) -> &[ActionResource] {
        &self.resources
    }

    /// The condition keys that a request for it carries, beside the global ones.
    #[must_use]
    pub fn condition_keys(&self) -> &[String] {
        &self.keys
    }
}

/// A resource type that an action works on.
#[derive(Debug, Clone)]
pub struct ActionResource {
    name: String,
    required: bool,
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
}

/// A type of resource and the form of its ARN.
#[derive(Debug, Clone)]
pub struct ResourceType {
    name: String,
    arn: String,
}

impl ResourceType {
    /// Its name, `bucket`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN with placeholders, `arn:${Partition}:s3:::${BucketName}`.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }
}

/// A condition key and the type of its values.
#[derive(Debug, Clone)]
pub struct ConditionKey {
    key: String,
    value_type: String,
}

impl ConditionKey {
    /// The key, perhaps with a placeholder: `s3:prefix`, `aws:RequestTag/${TagKey}`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// `String`, `Bool`, `Numeric`, `Date`, `ARN`, `IPAddress`, or `ArrayOf` one of these.
    #[must_use]
    pub fn value_type(&self) -> &str {
        &self.value_type
    }

    /// Whether a request can carry several values of it.
    #[must_use]
    pub fn is_multivalued(&self) -> bool {
        self.value_type.starts_with("ArrayOf")
    }

    /// What comes before the placeholder of a key for tags.
    fn family(&self) -> Option<&str> {
        let (family, rest) = self.key.split_once('/')?;
        (rest.starts_with("${") || rest.starts_with('<')).then_some(family)
    }
}

/// How AWS classes an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    const ALL: [(Self, &'static str); 5] = [
        (Self::List, "List"),
        (Self::Read, "Read"),
        (Self::Tagging, "Tagging"),
        (Self::Write, "Write"),
        (Self::PermissionsManagement, "Permissions management"),
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, n)| *n == name)
            .map(|(level, _)| level)
    }
}

impl fmt::Display for AccessLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            Self::ALL
                .iter()
                .find(|(level, _)| level == self)
                .map_or("", |(_, name)| name),
        )
    }
}

fn invalid(reason: impl fmt::Display) -> Error {
    Error::new(
        ErrorKind::Structure,
        format!("service data cannot be read: {reason}"),
    )
}

#[cfg(all(test, feature = "catalog"))]
mod tests;
