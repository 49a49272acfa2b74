//! What in a policy evaluates, but never as its author meant. Knows no request.

use super::condition::is_readable_in_policy;
use super::element::{ActionMatcher, PrincipalMatcher, ResourceMatcher};
use super::{DocumentKind, PolicySet, StatementRef};
use crate::document::{Effect, Principals, ResourceElement, Statement};

/// Something in a policy that can never work as written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Warning {
    /// The statement.
    pub place: StatementRef,
    /// What is wrong, and what comes of it.
    pub message: String,
}

impl PolicySet {
    /// What in these policies can never work as written: entries and values that cannot be read, variables where none
    /// mean anything, principals where there can be none. The evaluator takes each so that nothing is granted by it.
    ///
    /// ```
    /// use bucketline_policy::{Document, DocumentKind, PolicySet};
    /// let policy: Document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject",
    ///     "NotResource":"payroll/*"}}"#.parse()?;
    /// let warnings = PolicySet::compile(&[policy]).warnings(DocumentKind::Identity);
    /// assert_eq!(
    ///     warnings[0].message,
    ///     "`payroll/*` in `NotResource` is neither `*` nor an ARN: what it should leave out is not known, so the \
    ///      statement grants nothing"
    /// );
    /// # Ok::<(), bucketline_policy::Error>(())
    /// ```
    pub fn warnings(&self, kind: DocumentKind) -> Vec<Warning> {
        let mut all = Vec::new();
        for (document_at, document) in self.documents().iter().enumerate() {
            for (at, statement) in document.statements().iter().enumerate() {
                let place = StatementRef {
                    document: document_at,
                    statement: at,
                };
                let messages = of_statement(kind, statement);
                all.extend(messages.into_iter().map(|message| Warning { place, message }));
            }
        }
        all
    }
}

pub(super) fn of_statement(kind: DocumentKind, statement: &Statement) -> Vec<String> {
    let mut all = Vec::new();
    principal(kind, statement, &mut all);
    let action = statement.action();
    for text in action.patterns() {
        if !ActionMatcher::reads(text) {
            let outcome = outcome(action.is_negated(), statement.effect());
            all.push(format!("`{text}` in `{}` is no action: {outcome}", action.name()));
        }
    }
    match statement.resource() {
        Some(element) => resource(element, statement.effect(), &mut all),
        None if kind == DocumentKind::Identity => {
            all.push("the statement names no resource, so it never applies".to_owned());
        }
        None => {}
    }
    for block in statement.conditions() {
        for value in block.tests().iter().flat_map(|test| test.values().iter()) {
            if !is_readable_in_policy(block.operator().test(), value.as_str()) {
                all.push(format!(
                    "`{}` under `{}` cannot be read and never matches",
                    value.as_str(),
                    block.operator()
                ));
            }
        }
    }
    all
}

fn principal(kind: DocumentKind, statement: &Statement, all: &mut Vec<String>) {
    let element = match (statement.principal(), kind) {
        (Some(element), DocumentKind::Identity) => {
            all.push(format!(
                "an identity policy cannot have a `{}`: IAM refuses it, and here the statement never applies",
                element.name()
            ));
            return;
        }
        (None, DocumentKind::Resource | DocumentKind::Trust) => {
            all.push("the statement names no principal, so it never applies".to_owned());
            return;
        }
        (None, DocumentKind::Identity) => return,
        (Some(element), _) => element,
    };
    let Principals::Named(groups) = element.principals() else {
        return;
    };
    for group in groups {
        for text in group.values() {
            if !PrincipalMatcher::reads(group.kind(), text) {
                let outcome = outcome(element.is_negated(), statement.effect());
                all.push(format!("`{text}` in `{}` is nobody: {outcome}", element.name()));
            }
        }
    }
}

fn resource(element: &ResourceElement, effect: Effect, all: &mut Vec<String>) {
    for text in element.patterns() {
        if ResourceMatcher::reads(text) {
            continue;
        }
        let outcome = outcome(element.is_negated(), effect);
        let head = crate::pattern::split_fields(
            text,
            6,
            crate::pattern::Syntax {
                wildcards: true,
                variables: true,
            },
        );
        let what = if head.first() != Some(&"arn") {
            "is neither `*` nor an ARN"
        } else if head.iter().take(5).any(|field| field.contains("${")) {
            "has a variable before the fifth colon, where none is replaced"
        } else {
            "has a wildcard for the service, where none is read"
        };
        all.push(format!("`{text}` in `{}` {what}: {outcome}", element.name()));
    }
}

/// What the evaluator makes of an entry that cannot be read.
fn outcome(is_negated: bool, effect: Effect) -> &'static str {
    match (is_negated, effect) {
        (false, Effect::Allow) => "it grants nothing",
        (false, Effect::Deny) => "it denies nothing",
        (true, Effect::Allow) => "what it should leave out is not known, so the statement grants nothing",
        (true, Effect::Deny) => "it leaves nothing out",
    }
}
