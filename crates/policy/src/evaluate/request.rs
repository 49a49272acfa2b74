//! What is asked: who, which action, on what, under which circumstances. Holds everything pre-cut for matching.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use super::Principal;
use crate::pattern::Variables;
use crate::{AccountId, ActionName, Arn};

/// One request to AWS, as policies see it.
///
/// The context holds exactly what it is given; nothing is guessed. [`Request::with_identity_keys`] adds the keys that AWS
/// derives from the caller itself.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) principal: Principal,
    pub(super) action: ActionName,
    pub(super) resource: Resource,
    pub(super) resource_account: Option<AccountId>,
    pub(super) context: Context,
}

impl Request {
    /// A request without context. The resource's account is taken from its ARN where that names one.
    pub fn new(principal: Principal, action: ActionName, resource: impl Into<Resource>) -> Self {
        let resource = resource.into();
        Self {
            principal,
            action,
            resource_account: resource.account(),
            resource,
            context: Context::default(),
        }
    }

    /// The account that owns the resource; needed for bucket and object ARNs, which do not name it. Without it the
    /// resource counts as the caller's own.
    #[must_use]
    pub fn resource_account(mut self, account: AccountId) -> Self {
        self.resource_account = Some(account);
        self
    }

    /// Adds one value to a context key.
    #[must_use]
    pub fn context(mut self, key: impl AsRef<str>, value: impl Into<String>) -> Self {
        self.context.push(key.as_ref(), value.into());
        self
    }

    /// Replaces the whole context.
    #[must_use]
    pub fn with_context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Adds the keys that AWS sets for every caller, where the context does not have them yet:
    /// `aws:PrincipalArn` (for a session, the role's ARN without its path), `aws:PrincipalAccount`,
    /// `aws:PrincipalType`, `aws:username` (users alone), `aws:ResourceAccount`
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
    #[must_use]
    pub fn with_identity_keys(mut self) -> Self {
        for (key, value) in self.principal.context_keys() {
            self.context.set_default(key, value);
        }
        if let Some(account) = self.resource_account {
            self.context
                .set_default("aws:resourceaccount", account.to_string());
        }
        self
    }

    /// The caller.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The action.
    pub fn action(&self) -> &ActionName {
        &self.action
    }

    /// The resource.
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The account that owns the resource, if known.
    pub fn account_of_resource(&self) -> Option<AccountId> {
        self.resource_account
    }

    /// The circumstances.
    pub fn circumstances(&self) -> &Context {
        &self.context
    }
}

/// What a request acts on: an ARN, or `*` for actions that have no resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    text: Box<str>,
    /// Ends of the first five fields, when the text is an ARN.
    colons: Option<[usize; 5]>,
}

impl Resource {
    /// For actions without a resource type, such as `s3:ListAllMyBuckets`.
    pub fn any() -> Self {
        Self {
            text: "*".into(),
            colons: None,
        }
    }

    /// The ARN, or `*`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Fields 0 to 5 of the ARN; `None` when the text is not one.
    pub(super) fn field(&self, index: usize) -> Option<&str> {
        let colons = self.colons.as_ref()?;
        let start = match index.checked_sub(1) {
            None => 0,
            Some(before) => colons.get(before)? + 1,
        };
        let end = colons.get(index).copied().unwrap_or(self.text.len());
        self.text.get(start..end)
    }

    pub(super) fn is_arn(&self) -> bool {
        self.colons.is_some()
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        self.field(4)?.parse().ok()
    }
}

impl FromStr for Resource {
    type Err = Infallible;

    /// Never fails: a text that is no ARN is matched by `*` alone.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl From<&str> for Resource {
    fn from(text: &str) -> Self {
        let mut colons = [0; 5];
        let mut found = text.match_indices(':').map(|(at, _)| at);
        let complete = colons.iter_mut().all(|place| match found.next() {
            Some(at) => {
                *place = at;
                true
            }
            None => false,
        });
        let is_arn = complete && text.starts_with("arn:");
        Self {
            text: text.into(),
            colons: is_arn.then_some(colons),
        }
    }
}

impl From<String> for Resource {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&Arn> for Resource {
    fn from(arn: &Arn) -> Self {
        arn.as_str().into()
    }
}

impl From<Arn> for Resource {
    fn from(arn: Arn) -> Self {
        arn.as_str().into()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Condition keys of a request with their values. Keys compare without regard to case; a key without values is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Sorted by key, in lower case.
    entries: Vec<(Box<str>, Vec<String>)>,
}

impl Context {
    /// Adds one value to a key.
    pub fn push(&mut self, key: &str, value: String) {
        self.values_mut(key).push(value);
    }

    /// Replaces the values of a key.
    pub fn set(&mut self, key: &str, values: impl IntoIterator<Item: Into<String>>) {
        *self.values_mut(key) = values.into_iter().map(Into::into).collect();
    }

    /// The values of a key, empty when it is absent.
    pub fn get(&self, key: &str) -> &[String] {
        self.lookup(&key.to_ascii_lowercase())
    }

    /// All keys, in lower case and sorted, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries
            .iter()
            .map(|(key, values)| (&**key, values.as_slice()))
    }

    /// `key` must be lower case.
    #[inline]
    pub(super) fn lookup(&self, key: &str) -> &[String] {
        // A handful of keys is the rule, where a scan beats a search.
        let found = self.entries.iter().find(|(known, _)| **known == *key);
        found.map_or(&[], |(_, values)| values)
    }

    fn set_default(&mut self, key: &str, value: String) {
        if self.get(key).is_empty() {
            self.push(key, value);
        }
    }

    fn values_mut(&mut self, key: &str) -> &mut Vec<String> {
        let key = key.to_ascii_lowercase();
        let at = match self.entries.binary_search_by(|(known, _)| (**known).cmp(&key)) {
            Ok(at) => at,
            Err(at) => {
                self.entries.insert(at, (key.into(), Vec::new()));
                at
            }
        };
        // INVARIANT: `at` was found or inserted just now.
        #[expect(
            clippy::indexing_slicing,
            reason = "the entry at this place was found or inserted above"
        )]
        &mut self.entries[at].1
    }
}

impl<K: AsRef<str>, V: Into<String>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut context = Self::default();
        for (key, value) in entries {
            context.push(key.as_ref(), value.into());
        }
        context
    }
}

impl Variables for Context {
    /// Only keys with exactly one value can stand in for a variable.
    fn value(&self, key: &str) -> Option<&str> {
        match self.lookup(key) {
            [only] => Some(only),
            _ => None,
        }
    }
}
