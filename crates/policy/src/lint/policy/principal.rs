//! Who a statement is about.

use super::{Text, member, statement};
use crate::document::PrincipalType;
use crate::json::{Member, Node};

/// `Principal` or `NotPrincipal`.
pub(in crate::lint) struct Principals<'a> {
    pub(in crate::lint) negated: bool,
    pub(in crate::lint) member: &'a Member,
    /// The types that exist, with what stands beside them. Nothing where a plain string stands.
    pub(in crate::lint) groups: Vec<Group<'a>>,
}

pub(in crate::lint) struct Group<'a> {
    pub(in crate::lint) kind: PrincipalType,
    pub(in crate::lint) node: &'a Node,
    pub(in crate::lint) texts: Vec<Text<'a>>,
}

impl<'a> Principals<'a> {
    pub(super) fn find(members: &'a [Member]) -> Option<Self> {
        let found = member(members, "Principal").map(|member| (false, member));
        let (negated, member) = found.or_else(|| Some((true, member(members, "NotPrincipal")?)))?;
        let types = member.value.as_object().unwrap_or_default();
        let groups = types.iter().filter_map(|group| {
            Some(Group {
                kind: PrincipalType::find(&group.key)?,
                node: &group.value,
                texts: statement::texts(&group.value),
            })
        });
        Some(Self {
            negated,
            member,
            groups: groups.collect(),
        })
    }

    /// Whether it is the bare string `*`.
    pub(in crate::lint) fn is_bare_star(&self) -> bool {
        self.member.value.as_str() == Some("*")
    }

    pub(in crate::lint) fn of(&self, kind: PrincipalType) -> impl Iterator<Item = Text<'a>> {
        let groups = self.groups.iter().filter(move |group| group.kind == kind);
        groups.flat_map(|group| group.texts.iter().copied())
    }

    /// The strings that stand for everyone: `"*"` and `{"AWS": "*"}`, which mean the same.
    pub(in crate::lint) fn everyone(&self) -> Option<Text<'a>> {
        if self.negated {
            return None;
        }
        if self.is_bare_star() {
            return Text::of(&self.member.value);
        }
        self.of(PrincipalType::Aws)
            .find(|principal| principal.text == "*")
    }
}
