//! An integration's needs against the policies it was given: what is lacking, and what was given beyond.

use serde::Serialize;

use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, Document, Effect, List, Operator, ResourceElement,
    Statement, Test,
};
use crate::{Decision, DocumentKind, Operation, PolicySet, Request, StatementRef};

use super::needs::{Need, Needs};
use crate::compare::{Side, only_in};

/// What [`audit`] found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Audit {
    /// Needs that the policies do not meet, in the order of the calls.
    pub lacks: Vec<Lack>,
    /// Grants that no need asks for, in the order of the statements.
    pub beyond: Vec<Excess>,
}

impl Audit {
    /// Whether it is proven that every need is met.
    pub fn is_sufficient(&self) -> bool {
        self.lacks.is_empty()
    }

    /// Whether it is proven that nothing is granted beyond the needs.
    pub fn is_minimal(&self) -> bool {
        self.beyond.is_empty()
    }
}

/// One permission that one call needs and that is not granted wholly.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Lack {
    /// The call.
    pub operation: Operation,
    /// The action.
    pub action: &'static str,
    /// The resources, as a pattern.
    pub resource: String,
    /// Why it is lacking.
    pub reason: LackReason,
    /// A request that is needed and not allowed.
    pub witness: Option<Request>,
    /// A statement that grants what is needed; useless where the reason is [`LackReason::Denied`].
    pub grant: Statement,
}

/// Why a need is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LackReason {
    /// No statement allows it, or not all of it.
    NotGranted,
    /// This statement denies it, or part of it: it has to go, or to be narrowed.
    Denied(StatementRef),
    /// Whether all of it is allowed could not be found out.
    Unknown,
}

/// Something that a statement grants and no need asks for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Excess {
    /// The statement.
    pub place: StatementRef,
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// The action, as the statement has it; all of them where the statement excludes actions instead.
    pub action: String,
    /// The resource, as the statement has it; all of them where the statement excludes resources instead.
    pub resource: String,
    /// A request that is allowed and not needed. Absent when it could not be found out whether there is one.
    pub witness: Option<Request>,
}

/// Pairs of action and resource of one statement that are judged one by one; larger statements are judged whole.
const PAIRS: usize = 400;

/// Compares identity policies with the needs of an integration.
///
/// ```
/// use bucketline_policy::exporter::{Needs, audit};
/// use bucketline_policy::exporter::template::{DocumentedForm, Holder, Integration, documented};
/// use bucketline_policy::PolicySet;
/// let given = documented(&DocumentedForm::new(Integration::DataExport, Holder::User).bucket("acme".parse()?));
/// let found = audit(&PolicySet::compile(&[given]), &Needs::new("acme".parse()?).folder("currents")?.exporter());
/// assert!(found.is_sufficient());
/// assert!(found.beyond.iter().any(|excess| excess.action == "s3:DeleteObject"));
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn audit(policies: &PolicySet, needs: &Needs) -> Audit {
    let all = needs.all();
    let lacks = all.iter().filter_map(|need| lack(policies, need));
    Audit {
        lacks: lacks.collect(),
        beyond: beyond(policies, &PolicySet::compile(&[needs.document()])),
    }
}

fn lack(policies: &PolicySet, need: &Need) -> Option<Lack> {
    let mut statement = need.statement.clone();
    // Every client speaks TLS: a refusal of anything else keeps nobody from what is needed.
    statement.condition.get_or_insert_default().push(ConditionBlock {
        operator: Operator::new(Test::Bool),
        tests: vec![ConditionTest {
            key: "aws:SecureTransport".to_owned(),
            values: List::one(true.into()),
        }],
    });
    let wanted = PolicySet::compile(&[Document::new(vec![statement])]);
    let side = only_in(DocumentKind::Identity, &wanted, policies);
    let reason = match &side {
        Side::Nothing => return None,
        Side::Unknown => LackReason::Unknown,
        Side::Witness(request) => {
            denial(policies, request).map_or(LackReason::NotGranted, LackReason::Denied)
        }
    };
    Some(Lack {
        operation: need.operation,
        action: need.action,
        resource: need.resource.clone(),
        reason,
        witness: side.witness().cloned(),
        grant: need.statement.clone(),
    })
}

/// The statement that denies a request, found by asking each alone.
fn denial(policies: &PolicySet, request: &Request) -> Option<StatementRef> {
    let denies = |(_, document): &(StatementRef, Document)| {
        let alone = PolicySet::compile(std::slice::from_ref(document));
        alone.decide(DocumentKind::Identity, request) == Decision::ExplicitDeny
    };
    statements(policies, Effect::Deny)
        .into_iter()
        .find(denies)
        .map(|(place, _)| place)
}

/// Each statement of this effect as a document of its own.
fn statements(policies: &PolicySet, effect: Effect) -> Vec<(StatementRef, Document)> {
    let mut all = Vec::new();
    for (at, document) in policies.documents().iter().enumerate() {
        for (index, statement) in document.statements().iter().enumerate() {
            if statement.effect() == effect {
                let place = StatementRef {
                    document: at,
                    statement: index,
                };
                all.push((place, alone(document, statement.clone())));
            }
        }
    }
    all
}

fn alone(document: &Document, statement: Statement) -> Document {
    Document {
        statements: List::one(statement),
        ..document.clone()
    }
}

fn beyond(policies: &PolicySet, needed: &PolicySet) -> Vec<Excess> {
    let denials: Vec<Document> = statements(policies, Effect::Deny)
        .into_iter()
        .map(|(_, document)| document)
        .collect();
    let excess = |granted: Document| {
        let mut documents = denials.clone();
        documents.push(granted);
        only_in(DocumentKind::Identity, &PolicySet::compile(&documents), needed)
    };
    let mut all = Vec::new();
    for (place, document) in statements(policies, Effect::Allow) {
        if matches!(excess(document.clone()), Side::Nothing) {
            continue;
        }
        for part in document.statements().iter().flat_map(parts) {
            let side = excess(alone(&document, part.clone()));
            if matches!(side, Side::Nothing) {
                continue;
            }
            all.push(Excess {
                place,
                sid: part.sid().map(str::to_owned),
                action: joined(part.action().patterns()),
                resource: part
                    .resource()
                    .map(|element| joined(element.patterns()))
                    .unwrap_or_default(),
                witness: side.witness().cloned(),
            });
        }
    }
    all
}

/// The statement in pieces of one action and one resource, where it lists these.
fn parts(statement: &Statement) -> Vec<Statement> {
    let (ActionElement::Action(actions), Some(ResourceElement::Resource(resources))) =
        (&statement.action, &statement.resource)
    else {
        return vec![statement.clone()];
    };
    if actions.len().saturating_mul(resources.len()) > PAIRS {
        return vec![statement.clone()];
    }
    let mut parts = Vec::new();
    for action in actions {
        for resource in resources {
            parts.push(Statement {
                action: ActionElement::Action(List::one(action.clone())),
                resource: Some(ResourceElement::Resource(List::one(resource.clone()))),
                ..statement.clone()
            });
        }
    }
    parts
}

fn joined(list: &List<String>) -> String {
    list.as_slice().join(", ")
}
