//! A document as the rules look at it: the JSON tree, read leniently, with the place of everything. Judges nothing.

mod arn;
mod condition;
mod pattern;
mod principal;
mod statement;

pub(super) use arn::{ArnFields, is_open};
pub(super) use condition::Test;
pub(super) use pattern::Pattern;
pub(super) use principal::Principals;
pub(super) use statement::{Element, Statement, Text};

#[cfg(feature = "exporter")]
use super::Expectation;
use super::{Linter, PolicyType};
use crate::PolicyKind;
use crate::catalog::{Catalog, Service};
use crate::document::{Document, Statement as ModelStatement, Version};
use crate::json::{Member, Node, Value};
use crate::parse::{Lenient, Problem};

pub(super) struct Policy<'a> {
    pub(super) kind: PolicyType,
    pub(super) text: &'a str,
    pub(super) problems: &'a [Problem],
    /// Nothing when the text is not an object.
    pub(super) root: Option<&'a Node>,
    pub(super) members: &'a [Member],
    pub(super) statements: Vec<Statement<'a>>,
    /// Of each statement, what it says apart from its id and the order of its lists. Empty when the form is at fault.
    pub(super) fingerprints: Vec<String>,
    /// Whose quota holds, where it was told.
    pub(super) size_kind: Option<PolicyKind>,
    #[cfg(feature = "exporter")]
    pub(super) uploads_expected: bool,
    #[cfg(feature = "exporter")]
    pub(super) encryption_expected: bool,
    catalog: Option<&'a Catalog>,
}

impl<'a> Policy<'a> {
    pub(super) fn new(linter: &'a Linter<'a>, text: &'a str, reading: &'a Lenient) -> Self {
        let root = reading.root.as_ref().filter(|root| root.as_object().is_some());
        let members = root.and_then(Node::as_object).unwrap_or_default();
        let statements = match member(members, "Statement").map(|member| &member.value) {
            Some(
                node @ Node {
                    value: Value::Object(_) | Value::Array(_),
                    ..
                },
            ) => node.items(),
            _ => &[],
        };
        Self {
            kind: linter.policy_type,
            text,
            problems: &reading.problems,
            root,
            members,
            statements: statements.iter().filter_map(Statement::new).collect(),
            fingerprints: fingerprints(reading),
            size_kind: linter.kind,
            #[cfg(feature = "exporter")]
            uploads_expected: linter.uploads == Expectation::Needed,
            #[cfg(feature = "exporter")]
            encryption_expected: linter.encryption == Expectation::Needed,
            catalog: linter.catalog,
        }
    }

    pub(super) fn member(&self, key: &str) -> Option<&'a Member> {
        member(self.members, key)
    }

    /// Whether `${...}` is a variable in this document.
    pub(super) fn has_variables(&self) -> bool {
        self.member("Version").and_then(|version| version.value.as_str()) == Some(Version::V2012.as_str())
    }

    /// What is known of a service.
    pub(super) fn service(&self, prefix: &str) -> Option<&'a Service> {
        self.catalog?.service(prefix)
    }

    /// The services that have resources with ARNs of this service.
    pub(super) fn services_with_arns_of(&self, service: &'a str) -> impl Iterator<Item = &'a Service> {
        self.catalog
            .into_iter()
            .flat_map(move |catalog| catalog.with_arns_of(service))
    }

    pub(super) fn has_arns_of(&self, service: &str) -> bool {
        self.catalog
            .is_some_and(|catalog| catalog.with_arns_of(service).next().is_some())
    }

    /// The day as of which a service that is not known here can be said not to exist.
    pub(super) fn knows_all_services(&self) -> Option<&'a str> {
        self.catalog
            .filter(|catalog| catalog.is_complete())
            .map(Catalog::date)
    }

    pub(super) fn prefixes(&self) -> impl Iterator<Item = &'a str> {
        self.catalog.into_iter().flat_map(Catalog::prefixes)
    }
}

fn fingerprints(reading: &Lenient) -> Vec<String> {
    if !reading.problems.is_empty() {
        return Vec::new();
    }
    let print = |statement: &ModelStatement| {
        let mut statement = statement.clone();
        statement.sid = None;
        Document::new(vec![statement]).to_json()
    };
    reading
        .document
        .canonical()
        .statements()
        .iter()
        .map(print)
        .collect()
}

fn member<'a>(members: &'a [Member], key: &str) -> Option<&'a Member> {
    members.iter().find(|member| member.key == key)
}
