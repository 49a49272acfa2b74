//! Documents compiled for evaluation: one set per layer. Knows no order of layers.

use super::condition::Condition;
use super::element::{ActionMatcher, Grants, PrincipalMatcher, ResourceMatcher};
use super::gate::Gate;
use super::{Decision, Request};
use crate::ActionName;
use crate::document::{Document, Effect, Statement, Version};
use serde::Serialize;
use std::sync::Arc;

/// The documents of one layer, ready to answer requests: all identity policies of a caller, or one bucket policy.
///
/// Compiling never fails: a value that cannot be read matches nothing, and [`PolicySet::warnings`] says so. A clone shares
/// what was compiled.
#[derive(Clone, Debug, Default)]
pub struct PolicySet(Arc<Contents>);

#[derive(Debug, Default)]
struct Contents {
    documents: Vec<Document>,
    denials: Statements,
    allowances: Statements,
}

/// All statements of one effect. The gates lie apart from what they guard, so that going through a long policy reads
/// little memory, all of it in a row.
#[derive(Debug, Default)]
struct Statements {
    gates: Vec<Gate>,
    compiled: Vec<Compiled>,
}

/// Which statement of which document of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[non_exhaustive]
pub struct StatementRef {
    /// The document's place in the set, from 0.
    pub document: usize,
    /// The statement's place in the document, from 0.
    pub statement: usize,
}

/// What kind of document is asked alone, by [`PolicySet::decide`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DocumentKind {
    /// Attached to the caller; says nothing of principals.
    Identity,
    /// Attached to a resource; every statement names principals.
    Resource,
    /// Attached to a role: as a resource policy, with the role itself as the resource.
    Trust,
}

#[derive(Clone, Debug)]
pub(super) struct Compiled {
    pub(super) place: StatementRef,
    pub(super) actions: ActionMatcher,
    pub(super) resources: Option<ResourceMatcher>,
    pub(super) principal: Option<PrincipalMatcher>,
    pub(super) conditions: Box<[Condition]>,
}

/// How the statements of a layer are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Reading {
    /// Statements name principals, and the resource may go without saying.
    pub(super) attached_to_resource: bool,
    /// The caller has a permissions boundary.
    pub(super) caller_has_boundary: bool,
}

impl PolicySet {
    /// Compiles documents into one set.
    pub fn compile(documents: &[Document]) -> Self {
        let mut set = Contents {
            documents: documents.to_vec(),
            ..Contents::default()
        };
        for (at, document) in documents.iter().enumerate() {
            let variables = document.effective_version() == Version::V2012;
            for (index, statement) in document.statements().iter().enumerate() {
                let place = StatementRef {
                    document: at,
                    statement: index,
                };
                let statements = match statement.effect() {
                    Effect::Deny => &mut set.denials,
                    Effect::Allow => &mut set.allowances,
                };
                statements.gates.push(Gate::of(statement.resource()));
                statements
                    .compiled
                    .push(Compiled::new(place, statement, variables));
            }
        }
        Self(Arc::new(set))
    }

    /// The documents as they were given.
    pub fn documents(&self) -> &[Document] {
        &self.0.documents
    }

    /// The statement a verdict speaks of.
    pub fn statement(&self, place: StatementRef) -> Option<&Statement> {
        self.0
            .documents
            .get(place.document)?
            .statements()
            .as_slice()
            .get(place.statement)
    }

    /// What these documents alone answer, without any other layer and without delegation: a principal that is an account
    /// stands for every caller of that account.
    pub fn decide(&self, kind: DocumentKind, request: &Request) -> Decision {
        let reading = Reading {
            attached_to_resource: kind != DocumentKind::Identity,
            caller_has_boundary: false,
        };
        if self.denial(request, reading).is_some() {
            Decision::ExplicitDeny
        } else if self.allowance(request, reading).is_some() {
            Decision::Allow
        } else {
            Decision::ImplicitDeny
        }
    }

    /// Whether a statement allows the action on anything.
    pub(crate) fn allows_somewhere(&self, action: &ActionName) -> bool {
        self.0
            .allowances
            .compiled
            .iter()
            .any(|statement| statement.actions.matches(action))
    }

    /// The denials, then what is allowed.
    pub(super) fn statements(&self) -> impl Iterator<Item = &Compiled> {
        self.0.denials.compiled.iter().chain(&self.0.allowances.compiled)
    }

    pub(super) fn denial(&self, request: &Request, reading: Reading) -> Option<StatementRef> {
        let (_, place) = self.0.denials.that_apply(request, reading).next()?;
        Some(place)
    }

    pub(super) fn allowance(&self, request: &Request, reading: Reading) -> Option<StatementRef> {
        let (_, place) = self.0.allowances.that_apply(request, reading).next()?;
        Some(place)
    }

    /// Under which of the caller's names this set allows the request, and the first statement that does.
    pub(super) fn grants(&self, request: &Request, reading: Reading) -> (Grants, Option<StatementRef>) {
        let (mut all, mut first) = (Grants::NONE, None);
        for (grants, place) in self.0.allowances.that_apply(request, reading) {
            all = all.with(grants);
            first.get_or_insert(place);
        }
        (all, first)
    }
}

impl Statements {
    /// The statements that apply to a request, each with the caller's names under which it does.
    #[inline]
    fn that_apply(
        &self,
        request: &Request,
        reading: Reading,
    ) -> impl Iterator<Item = (Grants, StatementRef)> {
        let resource = request.matched_resource();
        let gates = self.gates.iter().zip(&self.compiled);
        gates
            .filter(move |(gate, _)| gate.may_match(resource))
            .map(move |(_, statement)| (statement.applies(request, reading), statement.place))
            .filter(|(grants, _)| !grants.is_empty())
    }
}

impl From<&Self> for PolicySet {
    fn from(set: &Self) -> Self {
        set.clone()
    }
}

impl Compiled {
    fn new(place: StatementRef, statement: &Statement, variables: bool) -> Self {
        Self {
            place,
            actions: ActionMatcher::compile(statement.action(), statement.effect()),
            resources: statement
                .resource()
                .map(|element| ResourceMatcher::compile(element, statement.effect(), variables)),
            principal: statement
                .principal()
                .map(|element| PrincipalMatcher::compile(element, statement.effect())),
            conditions: Condition::compile_all(statement.conditions(), variables),
        }
    }

    pub(super) fn meets_principal(&self, request: &Request, reading: Reading) -> Grants {
        match (&self.principal, reading.attached_to_resource) {
            (None, false) => Grants::EVERYONE,
            // A statement of an identity policy that names principals is none; so is one of a resource policy without.
            (Some(_), false) | (None, true) => Grants::NONE,
            (Some(principal), true) => principal.meets(request.principal(), reading.caller_has_boundary),
        }
    }

    pub(super) fn meets_resource(&self, request: &Request, reading: Reading) -> bool {
        match &self.resources {
            Some(resources) => resources.matches(request.matched_resource(), &request.context),
            None => reading.attached_to_resource,
        }
    }

    #[inline]
    fn applies(&self, request: &Request, reading: Reading) -> Grants {
        if !self.actions.matches(&request.action) || !self.meets_resource(request, reading) {
            return Grants::NONE;
        }
        let grants = self.meets_principal(request, reading);
        if grants.is_empty()
            || !self
                .conditions
                .iter()
                .all(|condition| condition.holds(&request.context))
        {
            return Grants::NONE;
        }
        grants
    }
}
