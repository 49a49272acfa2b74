//! Conditions, one key at a time.

use super::Text;
use crate::document::Operator;
use crate::json::{Member, Node, Span};

/// One key of one operator, and the values that stand beside it.
pub(in crate::lint) struct Test<'a> {
    pub(in crate::lint) operator_name: &'a str,
    pub(in crate::lint) operator_span: Span,
    /// Nothing when there is no such operator.
    pub(in crate::lint) operator: Option<Operator>,
    pub(in crate::lint) key: &'a str,
    pub(in crate::lint) key_span: Span,
    pub(in crate::lint) values: &'a Node,
}

impl<'a> Test<'a> {
    /// Whether its key is this one, or one of this family (`aws:ResourceTag/`). Keys compare in any case.
    pub(in crate::lint) fn is_about(&self, key: &str) -> bool {
        if key.ends_with('/') {
            let head = self.key.get(..key.len());
            return head.is_some_and(|head| head.eq_ignore_ascii_case(key));
        }
        self.key.eq_ignore_ascii_case(key)
    }

    /// The values that are strings.
    pub(in crate::lint) fn texts(&self) -> impl Iterator<Item = Text<'a>> {
        self.values.items().iter().filter_map(Text::of)
    }
}

/// What is not an object of objects is left out.
pub(super) fn tests(condition: &Node) -> Vec<Test<'_>> {
    let blocks = condition.as_object().unwrap_or_default();
    blocks.iter().flat_map(block).collect()
}

fn block(member: &Member) -> impl Iterator<Item = Test<'_>> {
    let operator = member.key.parse().ok();
    let keys = member.value.as_object().unwrap_or_default();
    keys.iter().map(move |key| Test {
        operator_name: &member.key,
        operator_span: member.key_span,
        operator,
        key: &key.key,
        key_span: key.key_span,
        values: &key.value,
    })
}
