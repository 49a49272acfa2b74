//! One statement: its elements, each with its place.

use super::{Pattern, Principals, Test, condition, member};
use crate::document::Effect;
use crate::json::{Member, Node, Span, Value};

pub(in crate::lint) struct Statement<'a> {
    pub(in crate::lint) node: &'a Node,
    pub(in crate::lint) members: &'a [Member],
    /// Nothing when it is missing or neither `Allow` nor `Deny`.
    pub(in crate::lint) effect: Option<Effect>,
    pub(in crate::lint) action: Option<Element<'a>>,
    pub(in crate::lint) resource: Option<Element<'a>>,
    pub(in crate::lint) principal: Option<Principals<'a>>,
    /// Every key of every operator.
    pub(in crate::lint) tests: Vec<Test<'a>>,
}

/// A string and its place; the place holds the quotes too.
#[derive(Clone, Copy, Debug)]
pub(in crate::lint) struct Text<'a> {
    pub(in crate::lint) text: &'a str,
    pub(in crate::lint) span: Span,
}

/// `Action` or `NotAction`, `Resource` or `NotResource`.
pub(in crate::lint) struct Element<'a> {
    pub(in crate::lint) negated: bool,
    pub(in crate::lint) member: &'a Member,
    /// Its strings; anything else that stands in it is left out.
    pub(in crate::lint) texts: Vec<Text<'a>>,
}

impl<'a> Statement<'a> {
    pub(super) fn new(node: &'a Node) -> Option<Self> {
        let members = node.as_object()?;
        let effect = match member(members, "Effect").and_then(|effect| effect.value.as_str()) {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            _ => None,
        };
        Some(Self {
            node,
            members,
            effect,
            action: Element::find(members, "Action", "NotAction"),
            resource: Element::find(members, "Resource", "NotResource"),
            principal: Principals::find(members),
            tests: member(members, "Condition").map_or_else(Vec::new, |c| condition::tests(&c.value)),
        })
    }

    pub(in crate::lint) fn member(&self, key: &str) -> Option<&'a Member> {
        member(self.members, key)
    }

    pub(in crate::lint) fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow)
    }

    pub(in crate::lint) fn denies(&self) -> bool {
        self.effect == Some(Effect::Deny)
    }

    /// Whether this action, written without wildcards, is among those that the statement is about.
    pub(in crate::lint) fn covers_action(&self, action: &str) -> bool {
        let Some(element) = &self.action else { return false };
        let listed = element
            .texts
            .iter()
            .any(|t| Pattern::action(t.text).covers_action(action));
        listed != element.negated
    }

    /// Whether this very action is spelt out in `Action`.
    pub(in crate::lint) fn names_action(&self, action: &str) -> bool {
        self.listed_actions().any(|t| t.text.eq_ignore_ascii_case(action))
    }

    /// The strings of `Action`; none for `NotAction`.
    pub(in crate::lint) fn listed_actions(&self) -> impl Iterator<Item = Text<'a>> {
        let element = self.action.iter().filter(|element| !element.negated);
        element.flat_map(|element| element.texts.iter().copied())
    }

    /// The strings of `Resource`; none for `NotResource`.
    pub(in crate::lint) fn listed_resources(&self) -> impl Iterator<Item = Text<'a>> {
        let element = self.resource.iter().filter(|element| !element.negated);
        element.flat_map(|element| element.texts.iter().copied())
    }

    /// Whether any condition looks at this key, or at one of this family (`aws:ResourceTag/`).
    pub(in crate::lint) fn tests_key(&self, key: &str) -> bool {
        self.tests.iter().any(|test| test.is_about(key))
    }
}

impl<'a> Element<'a> {
    fn find(members: &'a [Member], plain: &str, negated: &str) -> Option<Self> {
        let found = member(members, plain).map(|member| (false, member));
        let (negated, member) = found.or_else(|| Some((true, member(members, negated)?)))?;
        Some(Self {
            negated,
            member,
            texts: texts(&member.value),
        })
    }

    /// The items as they stand in the text, other things than strings included.
    pub(in crate::lint) fn items(&self) -> &'a [Node] {
        self.member.value.items()
    }

    pub(in crate::lint) fn is_empty_array(&self) -> bool {
        matches!(&self.member.value.value, Value::Array(items) if items.is_empty())
    }
}

impl<'a> Text<'a> {
    pub(super) fn of(node: &'a Node) -> Option<Self> {
        node.as_str().map(|text| Self {
            text,
            span: node.span,
        })
    }
}

pub(super) fn texts(node: &Node) -> Vec<Text<'_>> {
    node.items().iter().filter_map(Text::of).collect()
}
