//! Whether statements say the same, one by one, and list by list: much less to compare than whole documents, and enough for
//! most edits. Says yes only where `compare` proves it.

use std::collections::BTreeSet;

use crate::compare::{Relation, diff};
use crate::document::{ActionElement, Document, Effect, List, ResourceElement, Statement, Version};
use crate::{DocumentKind, PolicySet};

/// Whether each statement that differs is about the same requests as the one in its place, and has the same effect.
pub(super) fn all_say_the_same(kind: DocumentKind, before: &Document, after: &Document) -> bool {
    let same_language = before.effective_version() == after.effective_version();
    if !same_language || before.statements().len() != after.statements().len() {
        return false;
    }
    let version = before.effective_version();
    let mut pairs = before.statements().iter().zip(after.statements().iter());
    pairs.all(|(before, after)| say_the_same(kind, version, before, after))
}

fn say_the_same(kind: DocumentKind, version: Version, before: &Statement, after: &Statement) -> bool {
    if before.effect != after.effect {
        return false;
    }
    let (before, after) = (without_id(before), without_id(after));
    if before == after {
        return true;
    }
    let actions = before.action != after.action;
    let resources = before.resource != after.resource;
    // What is left when both lists are set equal says whether anything else differs.
    let mut rest = before.clone();
    rest.action.clone_from(&after.action);
    rest.resource.clone_from(&after.resource);
    if rest == after {
        let same_actions = !actions || same_action_lists(version, &before.action, &after.action);
        let same_resources = !resources || same_resource_lists(version, &before, &after);
        if same_actions && same_resources {
            return true;
        }
    }
    let set = |statement: Statement| compiled(version, statement);
    diff(kind, &set(before), &set(after)).relation() == Relation::Equal
}

fn without_id(statement: &Statement) -> Statement {
    let mut statement = statement.clone();
    statement.sid = None;
    statement
}

/// As if the statement allowed what it is about: the effect takes nothing from that.
fn compiled(version: Version, mut statement: Statement) -> PolicySet {
    statement.effect = Effect::Allow;
    let mut document = Document::new(vec![statement]);
    document.version = Some(version);
    PolicySet::compile(&[document])
}

fn same_action_lists(version: Version, before: &ActionElement, after: &ActionElement) -> bool {
    before.is_negated() == after.is_negated()
        && same_lists(before.patterns(), after.patterns(), |patterns| {
            let actions = ActionElement::Action(List::many(patterns));
            compiled(version, plain(actions, vec!["*".to_owned()]))
        })
}

fn same_resource_lists(version: Version, before: &Statement, after: &Statement) -> bool {
    let (Some(before), Some(after)) = (&before.resource, &after.resource) else {
        return false;
    };
    before.is_negated() == after.is_negated()
        && same_lists(before.patterns(), after.patterns(), |patterns| {
            let action = ActionElement::Action(List::many(vec!["*".to_owned()]));
            compiled(version, plain(action, patterns))
        })
}

/// Whether what one list has alone is within the other, both ways.
fn same_lists(before: &List<String>, after: &List<String>, set: impl Fn(Vec<String>) -> PolicySet) -> bool {
    let (mine, theirs): (BTreeSet<&String>, BTreeSet<&String>) =
        (before.iter().collect(), after.iter().collect());
    let within = |a: &BTreeSet<&String>, b: &BTreeSet<&String>| {
        let alone: Vec<String> = a.difference(b).map(|text| (*text).clone()).collect();
        let all: Vec<String> = b.iter().map(|text| (*text).clone()).collect();
        alone.is_empty()
            || (!all.is_empty()
                && diff(DocumentKind::Identity, &set(alone), &set(all)).first_is_within_second())
    };
    within(&mine, &theirs) && within(&theirs, &mine)
}

fn plain(action: ActionElement, resources: Vec<String>) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action,
        resource: Some(ResourceElement::Resource(List::many(resources))),
        condition: None,
    }
}
