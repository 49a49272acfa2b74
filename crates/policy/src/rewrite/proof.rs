//! Whether a rewritten policy allows just what it allowed before. Rewrites nothing.

use crate::compare::{Relation, diff};
use crate::document::{List, ResourceElement};
use crate::{Document, DocumentKind, Error, ErrorKind, PolicySet, Statement};

/// Proves that both allow the same requests.
pub(super) fn equal(kind: DocumentKind, before: &[Document], after: &[Document]) -> Result<(), Error> {
    let found = diff(kind, &compiled(before), &compiled(after));
    let witness = found.only_first().or(found.only_second());
    let message = match (found.relation(), witness) {
        (Relation::Equal, _) => return Ok(()),
        (_, Some(request)) => format!("the rewritten policy would not be the same: it differs in {request}"),
        (_, None) => "it cannot be proven that the rewritten policy would allow just the same: variables that stand in \
                      `NotResource`, conditions that compare in several ways, or too many patterns"
            .to_owned(),
    };
    Err(Error::new(ErrorKind::Unproven, message))
}

/// The documents with their lists in one order, and each resource that has a variable in a statement of its own: nothing is
/// known of such a resource but that it is itself.
fn compiled(documents: &[Document]) -> PolicySet {
    let apart = documents.iter().map(|document| {
        let document = document.canonical();
        let statements = document.statements().iter().flat_map(apart);
        Document {
            version: document.version(),
            ..Document::new(statements.collect())
        }
    });
    PolicySet::compile(&apart.collect::<Vec<_>>())
}

fn apart(statement: &Statement) -> Vec<Statement> {
    let Some(ResourceElement::Resource(list)) = statement.resource() else {
        return vec![statement.clone()];
    };
    let (alone, together): (Vec<&String>, Vec<&String>) = list.iter().partition(|text| text.contains("${"));
    let with = |patterns: Vec<String>| Statement {
        resource: Some(ResourceElement::Resource(List::many(patterns))),
        ..statement.clone()
    };
    let mut all: Vec<Statement> = alone.into_iter().map(|text| with(vec![text.clone()])).collect();
    if !together.is_empty() || all.is_empty() {
        all.push(with(together.into_iter().cloned().collect()));
    }
    all
}
