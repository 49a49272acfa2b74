//! One statement and its `X`/`NotX` elements as enums, so that both at once cannot be said. Knows no JSON.

use super::{ConditionBlock, List, PrincipalElement, StatementBuilder};
use serde::Serialize;

/// Whether a statement grants or refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these two")]
pub enum Effect {
    /// Grants what nothing denies.
    Allow,
    /// Refuses, whatever else grants.
    Deny,
}

impl Effect {
    /// `Allow` or `Deny`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        }
    }
}

/// `Action` or `NotAction`, with patterns as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these two")]
pub enum ActionElement {
    /// The statement is about these actions.
    Action(List<String>),
    /// The statement is about every action of every service but these.
    NotAction(List<String>),
}

impl ActionElement {
    /// The patterns, of either kind.
    pub fn patterns(&self) -> &List<String> {
        let (Self::Action(list) | Self::NotAction(list)) = self;
        list
    }

    /// `Action` or `NotAction`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Action(_) => "Action",
            Self::NotAction(_) => "NotAction",
        }
    }

    /// Whether this is `NotAction`.
    pub fn is_negated(&self) -> bool {
        matches!(self, Self::NotAction(_))
    }
}

/// `Resource` or `NotResource`, with patterns as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these two")]
pub enum ResourceElement {
    /// The statement is about these resources.
    Resource(List<String>),
    /// The statement is about every resource but these.
    NotResource(List<String>),
}

impl ResourceElement {
    /// The patterns, of either kind.
    pub fn patterns(&self) -> &List<String> {
        let (Self::Resource(list) | Self::NotResource(list)) = self;
        list
    }

    /// `Resource` or `NotResource`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Resource(_) => "Resource",
            Self::NotResource(_) => "NotResource",
        }
    }

    /// Whether this is `NotResource`.
    pub fn is_negated(&self) -> bool {
        matches!(self, Self::NotResource(_))
    }
}

/// One statement of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub(crate) sid: Option<String>,
    pub(crate) effect: Effect,
    pub(crate) principal: Option<PrincipalElement>,
    pub(crate) action: ActionElement,
    pub(crate) resource: Option<ResourceElement>,
    pub(crate) condition: Option<Vec<ConditionBlock>>,
}

impl Statement {
    /// Starts a statement that grants.
    pub fn allow() -> StatementBuilder {
        StatementBuilder::new(Effect::Allow)
    }

    /// Starts a statement that refuses.
    pub fn deny() -> StatementBuilder {
        StatementBuilder::new(Effect::Deny)
    }

    /// The statement's own name.
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// Whether it grants or refuses.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whom it is about: present in resource and trust policies, absent in all others.
    pub fn principal(&self) -> Option<&PrincipalElement> {
        self.principal.as_ref()
    }

    /// Which actions it is about.
    pub fn action(&self) -> &ActionElement {
        &self.action
    }

    /// Which resources it is about; absent in trust policies.
    pub fn resource(&self) -> Option<&ResourceElement> {
        self.resource.as_ref()
    }

    /// Under which conditions it applies; all blocks must hold.
    pub fn conditions(&self) -> &[ConditionBlock] {
        self.condition.as_deref().unwrap_or_default()
    }
}
