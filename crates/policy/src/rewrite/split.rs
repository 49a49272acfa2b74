//! One document as several that each keep to a quota.

use super::proof;
use crate::document::{ActionElement, List, ResourceElement};
use crate::{Document, DocumentKind, Error, ErrorKind, PolicyKind, Statement};

/// Parts the document's statements among documents, in order, each into the first one that has room for it; a statement that is too long by
/// itself is parted by its resources or its actions. All of them attached together allow what the document allows.
///
/// `quota` overrides that of the kind, for accounts that were given another one.
///
/// ```
/// use bucketline_policy::{Document, PolicyKind, rewrite};
/// let statements: Vec<String> = (0..60)
///     .map(|n| format!(r#"{{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-{n}/some/long/folder/path/that/fills/the/policy/up/*"}}"#))
///     .collect();
/// let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
/// let parts = rewrite::split(PolicyKind::Managed, &Document::parse(&text)?, None)?;
/// assert_eq!(parts.len(), 2);
/// assert!(parts.iter().all(|part| PolicyKind::Managed.check(part).is_ok()));
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
///
/// # Errors
/// [`ErrorKind::TooLarge`] where the kind of policy cannot be several (a resource has one policy, and the inline policies of
/// an identity count together) or a statement cannot be parted further; [`ErrorKind::Unproven`] where it cannot be proven
/// that the parts allow what the document allows.
pub fn split(kind: PolicyKind, document: &Document, quota: Option<usize>) -> Result<Vec<Document>, Error> {
    let quota = quota.unwrap_or(kind.quota());
    let fits = |document: &Document| kind.size_of(&document.to_json()) <= quota;
    if fits(document) {
        return Ok(vec![document.clone()]);
    }
    if let Some(why) = is_one(kind) {
        return Err(Error::new(ErrorKind::TooLarge, why));
    }
    let with = |statements: Vec<Statement>| Document {
        statements: List::many(statements),
        ..document.clone()
    };
    let mut waiting: Vec<Statement> = document.statements().iter().rev().cloned().collect();
    let mut parts: Vec<Vec<Statement>> = Vec::new();
    while let Some(statement) = waiting.pop() {
        if !fits(&with(vec![statement.clone()])) {
            let [first, second] = halves(&statement).ok_or_else(|| too_long(&statement, quota))?;
            waiting.extend([second, first]);
            continue;
        }
        let room = parts.iter_mut().find(|part| {
            let is_new = statement
                .sid()
                .is_none_or(|sid| part.iter().all(|own| own.sid() != Some(sid)));
            is_new
                && fits(&with(
                    [part.as_slice(), std::slice::from_ref(&statement)].concat(),
                ))
        });
        match room {
            Some(part) => part.push(statement),
            None => parts.push(vec![statement]),
        }
    }
    let parts: Vec<Document> = parts.into_iter().map(with).collect();
    let kind = match kind {
        PolicyKind::ResourceControl => DocumentKind::Resource,
        _ => DocumentKind::Identity,
    };
    proof::equal(kind, std::slice::from_ref(document), &parts)?;
    Ok(parts)
}

/// Why policies of this kind cannot be several.
fn is_one(kind: PolicyKind) -> Option<&'static str> {
    match kind {
        PolicyKind::Managed | PolicyKind::ServiceControl | PolicyKind::ResourceControl => None,
        PolicyKind::InlineUser | PolicyKind::InlineGroup | PolicyKind::InlineRole => Some(
            "it does not fit, and all inline policies of an identity count together: attach managed policies instead",
        ),
        PolicyKind::Bucket => {
            Some("it does not fit, and a bucket has one policy: use access points, or fewer words")
        }
        PolicyKind::Trust => Some(
            "it does not fit, and a role has one trust policy: ask AWS for a higher quota, or use fewer words",
        ),
        PolicyKind::Session => Some(
            "it does not fit, and a session has one inline policy: hand over ARNs of managed policies instead",
        ),
    }
}

/// The statement as two, by its resources or its actions, whichever are longer.
fn halves(statement: &Statement) -> Option<[Statement; 2]> {
    let length = |list: &List<String>| list.iter().map(String::len).sum::<usize>();
    let resources = match statement.resource() {
        Some(ResourceElement::Resource(list)) if list.len() > 1 => Some(list),
        _ => None,
    };
    let actions = match statement.action() {
        ActionElement::Action(list) if list.len() > 1 => Some(list),
        _ => None,
    };
    let by_resources = match (resources, actions) {
        (Some(resources), Some(actions)) => length(resources) >= length(actions),
        (resources, _) => resources.is_some(),
    };
    if by_resources {
        let parts = resources?.as_slice();
        let (first, second) = parts.split_at(parts.len() / 2);
        return Some([first, second].map(|part| Statement {
            resource: Some(ResourceElement::Resource(List::many(part.iter().cloned()))),
            ..statement.clone()
        }));
    }
    let parts = actions?.as_slice();
    let (first, second) = parts.split_at(parts.len() / 2);
    Some([first, second].map(|part| Statement {
        action: ActionElement::Action(List::many(part.iter().cloned())),
        ..statement.clone()
    }))
}

fn too_long(statement: &Statement, quota: usize) -> Error {
    let sid = statement.sid().map(|sid| format!(" `{sid}`")).unwrap_or_default();
    Error::new(
        ErrorKind::TooLarge,
        format!(
            "the statement{sid} alone is longer than {quota} characters, and its lists of resources and actions cannot be \
             parted further"
        ),
    )
}
