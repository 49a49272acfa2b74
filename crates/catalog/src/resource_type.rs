//! Types of resources and the forms of their ARNs.

use crate::Text;
use crate::action::Keys;

/// A type of resource and the forms of its ARN.
#[derive(Clone, Debug)]
pub struct ResourceType {
    pub(crate) name: Text,
    pub(crate) arns: Vec<Text>,
    pub(crate) keys: Keys,
}

impl ResourceType {
    /// Its name, `bucket`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its ARN with placeholders, `arn:${Partition}:s3:::${BucketName}`. A few types have several forms; most have one.
    pub fn arns(&self) -> impl ExactSizeIterator<Item = &str> {
        self.arns.iter().map(|arn| &**arn)
    }

    /// The condition keys that a request on such a resource carries, whatever the action.
    pub fn condition_keys(&self) -> impl ExactSizeIterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }
}
