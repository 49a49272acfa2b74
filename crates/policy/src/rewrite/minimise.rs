//! The same access in fewer characters: what others say already is left out, and what belongs together is put together.

use super::{proof, wildcard};
use crate::compare::catalog;
use crate::document::{
    ActionElement, Effect, List, PrincipalElement, PrincipalGroup, Principals, ResourceElement,
};
use crate::pattern::{Pattern, Syntax};
use crate::{Context, Document, DocumentKind, Error, ErrorKind, Statement};

/// Whether lists of actions may become patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wildcards {
    /// No new ones: what AWS adds to a service later is granted to nobody.
    #[default]
    AsTheyAre,
    /// `s3:Get*` for all its actions, where all of the catalogue are listed. What AWS adds later is then meant too.
    New,
}

/// Statements that are tried to do without, one by one.
const STATEMENTS: usize = 200;

/// Writes the document in as few characters as is easily found: statements that differ in one element alone are put together,
/// what other statements grant or deny already is left out. Each step is proven to keep access as it is, or not taken.
///
/// ```
/// use bucketline_policy::rewrite::{Wildcards, minimise};
/// use bucketline_policy::{Document, DocumentKind};
/// let text = r#"{"Version":"2012-10-17","Statement":[
///     {"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme/*"},
///     {"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":["arn:aws:s3:::acme/*","arn:aws:s3:::acme/f"]}]}"#;
/// let short = minimise(DocumentKind::Identity, &Document::parse(text)?, Wildcards::AsTheyAre)?;
/// assert_eq!(
///     short.to_json(),
///     r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject"],"Resource":"arn:aws:s3:::acme/*"}]}"#
/// );
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::Unproven`] where it cannot be proven that the result allows what the document allows, and for new wildcards
/// without the catalogue (feature `catalog`).
pub fn minimise(kind: DocumentKind, document: &Document, wildcards: Wildcards) -> Result<Document, Error> {
    let canonical = document.canonical();
    let mut best: Vec<Statement> = canonical.statements().iter().cloned().collect();
    let with = |statements: &[Statement]| Document {
        statements: List::many(statements.iter().cloned()),
        ..canonical.clone()
    };
    let keeps = |before: &[Statement], after: &[Statement]| {
        proof::equal(kind, &[with(before)], &[with(after)]).is_ok()
    };
    let take = |next: Vec<Statement>, best: &mut Vec<Statement>| {
        if next != *best && keeps(best, &next) {
            *best = next;
        }
    };
    let without_idle = |best: &mut Vec<Statement>| {
        let mut at = best.len().min(STATEMENTS);
        while at > 0 && best.len() > 1 {
            at -= 1;
            let mut next = best.clone();
            next.remove(at);
            take(next, best);
        }
    };
    // A statement that does nothing is seen as long as it stands alone.
    without_idle(&mut best);
    take(together(&best), &mut best);
    for at in 0..best.len() {
        let mut next = best.clone();
        if let Some(statement) = next.get_mut(at) {
            *statement = without_covered(statement);
        }
        take(next, &mut best);
    }
    take(together(&best), &mut best);
    if wildcards == Wildcards::New {
        let Some(catalog) = catalog() else {
            return Err(Error::new(
                ErrorKind::Unproven,
                "what a wildcard would mean is not known: this program was built without the catalogue of actions",
            ));
        };
        let shortened = best.iter().map(|statement| Statement {
            action: match statement.action() {
                ActionElement::Action(list) => {
                    ActionElement::Action(plain(wildcard::shortened(catalog, list.as_slice())))
                }
                ActionElement::NotAction(list) => {
                    ActionElement::NotAction(plain(wildcard::shortened(catalog, list.as_slice())))
                }
            },
            ..statement.clone()
        });
        take(shortened.collect(), &mut best);
    }
    let short = with(&best);
    proof::equal(kind, std::slice::from_ref(document), std::slice::from_ref(&short))?;
    Ok(short)
}

fn plain(list: Vec<String>) -> List<String> {
    List::many(list).canonical()
}

/// Statements that differ in one element alone, as one.
fn together(statements: &[Statement]) -> Vec<Statement> {
    let mut all: Vec<Statement> = Vec::new();
    for statement in statements {
        let mut next = statement.clone();
        // What it became may go together with another one.
        while let Some((at, merged)) = all
            .iter()
            .enumerate()
            .find_map(|(at, known)| Some((at, merged(known, &next)?)))
        {
            all.remove(at);
            next = merged;
        }
        all.push(next);
    }
    all
}

fn merged(a: &Statement, b: &Statement) -> Option<Statement> {
    if a.effect() != b.effect() || a.condition != b.condition {
        return None;
    }
    let (action, resource, principal) = (
        a.action() == b.action(),
        a.resource() == b.resource(),
        a.principal() == b.principal(),
    );
    let union = |a: &List<String>, b: &List<String>| plain(a.iter().chain(b).cloned().collect());
    let mut both = a.clone();
    if both.sid.is_none() {
        both.sid.clone_from(&b.sid);
    }
    match (a.action(), b.action()) {
        (ActionElement::Action(mine), ActionElement::Action(theirs)) if resource && principal => {
            both.action = ActionElement::Action(union(mine, theirs));
            return Some(both);
        }
        _ => {}
    }
    match (a.resource(), b.resource()) {
        (Some(ResourceElement::Resource(mine)), Some(ResourceElement::Resource(theirs)))
            if action && principal =>
        {
            both.resource = Some(ResourceElement::Resource(union(mine, theirs)));
            return Some(both);
        }
        _ => {}
    }
    match (a.principal(), b.principal()) {
        (
            Some(PrincipalElement::Principal(Principals::Named(mine))),
            Some(PrincipalElement::Principal(Principals::Named(theirs))),
        ) if action && resource => {
            both.principal = Some(PrincipalElement::Principal(Principals::Named(groups(
                mine, theirs,
            ))));
            Some(both)
        }
        _ => None,
    }
}

fn groups(mine: &[PrincipalGroup], theirs: &[PrincipalGroup]) -> Vec<PrincipalGroup> {
    let mut all: Vec<PrincipalGroup> = mine.to_vec();
    for group in theirs {
        match all.iter_mut().find(|known| known.kind == group.kind) {
            Some(known) => known.values = plain(known.values.iter().chain(&group.values).cloned().collect()),
            None => all.push(group.clone()),
        }
    }
    all
}

/// The statement without patterns that others of the same list take in.
fn without_covered(statement: &Statement) -> Statement {
    let mut own = statement.clone();
    let effect = statement.effect();
    own.action = match statement.action() {
        ActionElement::Action(list) => ActionElement::Action(uncovered(list, str::to_ascii_lowercase)),
        ActionElement::NotAction(list) => ActionElement::NotAction(uncovered(list, str::to_ascii_lowercase)),
    };
    own.resource = statement.resource().map(|element| match element {
        ResourceElement::Resource(list) => ResourceElement::Resource(uncovered(list, str::to_owned)),
        // An entry that cannot be read keeps the whole from granting.
        ResourceElement::NotResource(list) if effect == Effect::Allow => {
            ResourceElement::NotResource(list.clone())
        }
        ResourceElement::NotResource(list) => ResourceElement::NotResource(uncovered(list, str::to_owned)),
    });
    own
}

/// What looks as if no other pattern took it in. The proof follows.
fn uncovered(list: &List<String>, form: fn(&str) -> String) -> List<String> {
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    let forms: Vec<String> = list.iter().map(|text| form(text)).collect();
    let mut kept: Vec<String> = Vec::new();
    for (at, text) in list.iter().enumerate() {
        let is_covered = forms.iter().enumerate().any(|(other, pattern)| {
            let own = forms.get(at).map(String::as_str).unwrap_or_default();
            let is_wider = pattern != own || other < at;
            other != at && is_wider && Pattern::compile(pattern, syntax).matches(own, &Context::default())
        });
        if !is_covered {
            kept.push(text.clone());
        }
    }
    plain(kept)
}
