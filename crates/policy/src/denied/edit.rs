//! Edits of a policy document, as RFC 6902 writes them and as they change the document itself.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::document::{ActionElement, Document, List, Statement};

/// One change of one document, as a JSON patch operation (RFC 6902).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Edit {
    op: &'static str,
    /// A JSON pointer into the document; empty for the whole document.
    path: String,
    /// JSON as a person would write it: elements in the order of a policy.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "raw")]
    value: Option<String>,
}

impl Edit {
    /// `add`, `replace` or `remove`.
    pub fn op(&self) -> &str {
        self.op
    }

    /// Where, as a JSON pointer (RFC 6901).
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is put there, as JSON; nothing for `remove`.
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }
}

/// The document with one more action in the list of a statement, and the edit that makes it so.
pub(super) fn add_action(document: &Document, at: usize, action: &str) -> Option<(Document, Edit)> {
    let mut statements: Vec<Statement> = document.statements().iter().cloned().collect();
    let statement = statements.get_mut(at)?;
    let ActionElement::Action(actions) = &statement.action else {
        return None;
    };
    let actions: Vec<String> = actions.iter().cloned().chain([action.to_owned()]).collect();
    let edit = Edit {
        op: "replace",
        path: format!("{}/Action", pointer(document, at)),
        value: Some(json(&actions)),
    };
    statement.action = ActionElement::Action(List::many(actions));
    Some((with(document, statements), edit))
}

/// The document with one more statement at its end.
pub(super) fn add_statement(document: &Document, statement: &Statement) -> (Document, Edit) {
    let mut statements: Vec<Statement> = document.statements().iter().cloned().collect();
    statements.push(statement.clone());
    let edit = if document.statements().is_single() {
        Edit {
            op: "replace",
            path: "/Statement".to_owned(),
            value: Some(json(&statements)),
        }
    } else {
        Edit {
            op: "add",
            path: "/Statement/-".to_owned(),
            value: Some(json(statement)),
        }
    };
    (with(document, statements), edit)
}

/// A document where there was none.
pub(super) fn create(statement: &Statement) -> (Document, Edit) {
    let document = Document::new(vec![statement.clone()]);
    let edit = Edit {
        op: "add",
        path: String::new(),
        value: Some(json(&document)),
    };
    (document, edit)
}

fn with(document: &Document, statements: Vec<Statement>) -> Document {
    Document {
        statements: List::many(statements),
        ..document.clone()
    }
}

fn pointer(document: &Document, at: usize) -> String {
    if document.statements().is_single() {
        "/Statement".to_owned()
    } else {
        format!("/Statement/{at}")
    }
}

fn json(value: &impl Serialize) -> String {
    // INVARIANT: keys are strings and numbers finite, so serialization has nothing to fail on.
    serde_json::to_string(value).unwrap_or_default()
}

#[expect(clippy::ref_option, reason = "serde asks for this signature")]
fn raw<S: Serializer>(value: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let raw = value.clone().and_then(|text| RawValue::from_string(text).ok());
    raw.serialize(serializer)
}
