//! One service and what is in it, found by name in any case.

use crate::{Action, ConditionKey, ResourceType, Text};

/// One service: what can be done, to what, under which conditions.
#[derive(Clone, Debug, Default)]
pub struct Service {
    pub(crate) prefix: Text,
    pub(crate) name: Text,
    pub(crate) resource_control: bool,
    /// By lower-case name: AWS matches action names in any case.
    pub(crate) actions: Vec<Action>,
    pub(crate) resource_types: Vec<ResourceType>,
    /// By lower-case key; `${TagKey}` in it stands for any tag.
    pub(crate) condition_keys: Vec<ConditionKey>,
}

impl Service {
    /// The prefix of its actions, `s3`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What AWS calls it, `Amazon S3`; empty where that was not said.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether resource control policies of AWS Organizations apply to it.
    #[must_use]
    pub fn supports_resource_control_policies(&self) -> bool {
        self.resource_control
    }

    /// The action of this name, in any case.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&Action> {
        find(&self.actions, name, Action::name)
    }

    /// All actions, by name.
    pub fn actions(&self) -> impl ExactSizeIterator<Item = &Action> {
        self.actions.iter()
    }

    /// The resource type of this name (`bucket`, `object`), in any case.
    #[must_use]
    pub fn resource_type(&self, name: &str) -> Option<&ResourceType> {
        find(&self.resource_types, name, ResourceType::name)
    }

    /// All resource types, by name.
    pub fn resource_types(&self) -> impl ExactSizeIterator<Item = &ResourceType> {
        self.resource_types.iter()
    }

    /// The condition key that `key` is or is an instance of: `aws:RequestTag/team` is one of `aws:RequestTag/${TagKey}`.
    #[must_use]
    pub fn condition_key(&self, key: &str) -> Option<&ConditionKey> {
        find(&self.condition_keys, key, ConditionKey::key)
            .or_else(|| self.condition_keys.iter().find(|known| known.covers(key)))
    }

    /// All condition keys, by name.
    pub fn condition_keys(&self) -> impl ExactSizeIterator<Item = &ConditionKey> {
        self.condition_keys.iter()
    }

    pub(crate) fn prefix_text(&self) -> Text {
        self.prefix.clone()
    }

    /// The services in the ARNs of its resources, each once.
    pub(crate) fn arn_services(&self) -> Vec<&str> {
        let arns = self.resource_types.iter().flat_map(ResourceType::arns);
        let mut services: Vec<&str> = arns.filter_map(|arn| arn.split(':').nth(2)).collect();
        services.sort_unstable();
        services.dedup();
        services
    }

    /// Puts the lists in the order in which they are searched.
    #[cfg(feature = "json")]
    pub(crate) fn sorted(mut self) -> Self {
        self.actions.sort_by(|a, b| lower(a.name()).cmp(lower(b.name())));
        self.resource_types
            .sort_by(|a, b| lower(a.name()).cmp(lower(b.name())));
        self.condition_keys
            .sort_by(|a, b| lower(a.key()).cmp(lower(b.key())));
        self
    }
}

fn find<'s, T>(items: &'s [T], wanted: &str, name: fn(&T) -> &str) -> Option<&'s T> {
    let at = items
        .binary_search_by(|item| lower(name(item)).cmp(lower(wanted)))
        .ok()?;
    items.get(at)
}

fn lower(text: &str) -> impl Iterator<Item = u8> + '_ {
    text.bytes().map(|b| b.to_ascii_lowercase())
}
