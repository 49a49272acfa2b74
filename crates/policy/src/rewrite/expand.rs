//! Wildcards in actions as the actions that they mean today.

use super::proof;
use crate::compare::catalog;
use crate::document::{ActionElement, List};
use crate::pattern::{Pattern, Syntax};
use crate::{ActionMatcher, Context, Document, DocumentKind, Error, ErrorKind, Statement};

/// A document with its actions one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expanded {
    /// The document.
    pub document: Document,
    /// Patterns that stayed as they are: `*`, those that mean no action of the catalogue, and those of services that it does
    /// not know.
    pub kept: Vec<String>,
}

/// Writes each pattern of actions as the actions that it means by the catalogue. What AWS adds to a service later is then no
/// longer meant.
///
/// ```
/// # #[cfg(feature = "catalog")] {
/// use bucketline_policy::{Document, DocumentKind, rewrite};
/// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObjectT*","Resource":"*"}]}"#;
/// let expanded = rewrite::expand(DocumentKind::Identity, &Document::parse(text).unwrap()).unwrap();
/// let actions = expanded.document.statements().as_slice()[0].action().patterns();
/// assert_eq!(actions.as_slice(), ["s3:GetObjectTagging", "s3:GetObjectTorrent"]);
/// # }
/// ```
///
/// # Errors
/// [`ErrorKind::Unproven`] without the catalogue (feature `catalog`), and where it cannot be proven that the result allows
/// what the document allows.
pub fn expand(kind: DocumentKind, document: &Document) -> Result<Expanded, Error> {
    let mut kept = Vec::new();
    let mut statements = Vec::new();
    for statement in document.statements() {
        let mut actions: Vec<String> = Vec::new();
        for pattern in statement.action().patterns() {
            match meant(pattern)? {
                Some(meant) => actions.extend(meant),
                None => {
                    kept.push(pattern.clone());
                    actions.push(pattern.clone());
                }
            }
        }
        actions.sort();
        actions.dedup();
        let list = match actions.as_slice() {
            [only] if statement.action().patterns().is_single() => List::one(only.clone()),
            _ => List::many(actions),
        };
        statements.push(Statement {
            action: match statement.action() {
                ActionElement::Action(_) => ActionElement::Action(list),
                ActionElement::NotAction(_) => ActionElement::NotAction(list),
            },
            ..statement.clone()
        });
    }
    kept.sort();
    kept.dedup();
    let expanded = Document {
        statements: List::many(statements),
        ..document.clone()
    };
    proof::equal(
        kind,
        std::slice::from_ref(document),
        std::slice::from_ref(&expanded),
    )?;
    Ok(Expanded {
        document: expanded,
        kept,
    })
}

/// The actions that a pattern means, in the catalogue's spelling; `None` where it stays as it is.
fn meant(pattern: &str) -> Result<Option<Vec<String>>, Error> {
    if !pattern.contains(['*', '?']) {
        return Ok(Some(vec![pattern.to_owned()]));
    }
    if pattern.bytes().all(|b| b == b'*') || !ActionMatcher::reads(pattern) {
        return Ok(None);
    }
    let Some(catalog) = catalog() else {
        return Err(Error::new(
            ErrorKind::Unproven,
            "what a wildcard means is not known: this program was built without the catalogue of actions",
        ));
    };
    let lower = pattern.to_ascii_lowercase();
    let Some((service, name)) = lower.split_once(':') else {
        return Ok(None);
    };
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    let (services, names) = (Pattern::compile(service, syntax), Pattern::compile(name, syntax));
    if matches!((&services, &names), (Pattern::Everything, Pattern::Everything)) {
        return Ok(None);
    }
    let none = Context::default();
    let mut actions = Vec::new();
    for prefix in catalog
        .prefixes()
        .filter(|prefix| services.matches(prefix, &none))
    {
        let Some(service) = catalog.service(prefix) else {
            continue;
        };
        let meant = service
            .actions()
            .filter(|action| names.matches(&action.name().to_ascii_lowercase(), &none));
        actions.extend(meant.map(|action| format!("{prefix}:{}", action.name())));
    }
    Ok((!actions.is_empty()).then_some(actions))
}
