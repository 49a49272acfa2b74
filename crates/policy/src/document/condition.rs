//! The `Condition` element: operator, key, values. Comparing them with a request is the evaluator's business.

use super::{List, Operator};

/// The tests under one operator; all of them must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionBlock {
    pub(crate) operator: Operator,
    pub(crate) tests: Vec<ConditionTest>,
}

impl ConditionBlock {
    /// The operator.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The keys with their values, in the order written.
    pub fn tests(&self) -> &[ConditionTest] {
        &self.tests
    }
}

/// One condition key and the values it is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionTest {
    pub(crate) key: String,
    pub(crate) values: List<ConditionValue>,
}

impl ConditionTest {
    /// The key as written; keys compare without regard to case.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The values, any of which may match.
    pub fn values(&self) -> &List<ConditionValue> {
        &self.values
    }
}

/// A value of a condition. AWS accepts JSON booleans and numbers and reads them as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these three")]
pub enum ConditionValue {
    /// A JSON string.
    String(String),
    /// A JSON boolean.
    Bool(bool),
    /// A JSON number, with its digits as written.
    Number(String),
}

impl ConditionValue {
    /// The value as AWS compares it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::String(text) | Self::Number(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }
}

impl From<&str> for ConditionValue {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for ConditionValue {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for ConditionValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
