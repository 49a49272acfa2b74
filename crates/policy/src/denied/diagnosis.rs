//! What a refusal rests on, and the steps that would lift it, each tried out on a copy of the policies.

use serde::Serialize;

use super::edit::{self, Edit};
use super::message::{Denial, DeniedBy};
use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Document, Effect, List, Operator,
    PrincipalElement, PrincipalGroup, PrincipalType, Principals, ResourceElement, Statement, Test,
};
use crate::{
    Decider, Decision, Explanation, Layer, Layers, Mismatch, PolicySet, Principal, PrincipalKind, Request,
    ResourceKind, StatementRef, StatementReport, authorize,
};

/// A refusal with what lies behind it. `Display` tells it to a person.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub(super) denial: Denial,
    pub(super) explanation: Option<Explanation>,
    pub(super) agreement: Agreement,
    pub(super) steps: Vec<Step>,
    pub(super) is_resolved: bool,
}

/// How the policies at hand stand to what the message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Agreement {
    /// They refuse too, and in the kind of policy that the message names, if it names one.
    Agree,
    /// They refuse too, but in another kind of policy: others than these are at work, or circumstances are missing.
    OtherPolicy,
    /// They allow it: a policy that is not at hand refused, or circumstances are missing.
    Allowed,
    /// The message does not say enough to ask them.
    NotAsked,
}

/// One step towards allowing the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Grant it in this layer.
    Grant {
        /// The layer.
        layer: Layer,
        /// The document's place in the layer, from 0; one more than there are documents when one has to be made.
        document: usize,
        /// The edit.
        edit: Edit,
    },
    /// An explicit denial has to go: no grant anywhere outweighs it.
    RemoveDenial {
        /// The layer.
        layer: Layer,
        /// The statement.
        place: StatementRef,
        /// Its name, if it has one.
        sid: Option<String>,
        /// The edit. Where the denial is meant, the request has to change instead.
        edit: Edit,
    },
    /// A statement grants it under a condition that the request does not meet. Meet it: dropping the condition would
    /// grant more than is asked.
    MeetCondition {
        /// The layer.
        layer: Layer,
        /// The statement.
        place: StatementRef,
        /// What the condition wants and what the request has.
        condition: Mismatch,
    },
}

impl Step {
    /// The edit, where the step is one.
    pub fn edit(&self) -> Option<&Edit> {
        match self {
            Self::Grant { edit, .. } | Self::RemoveDenial { edit, .. } => Some(edit),
            Self::MeetCondition { .. } => None,
        }
    }
}

impl Diagnosis {
    /// What the message says.
    pub fn denial(&self) -> &Denial {
        &self.denial
    }

    /// What the policies at hand say; absent when the message does not tell caller and action.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.explanation.as_ref()
    }

    /// How the two stand to each other.
    pub fn agreement(&self) -> Agreement {
        self.agreement
    }

    /// What would allow the request, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether the evaluator allows the request once all steps are taken.
    pub fn is_resolved(&self) -> bool {
        self.is_resolved
    }
}

/// Grants and removals that are tried before giving up; each layer needs one or two.
const STEPS: usize = 16;

/// What lies behind a refusal of this request. Without a request only the message is taken apart.
pub fn diagnose(denial: Denial, request: Option<&Request>, layers: &Layers<'_>) -> Diagnosis {
    let Some(request) = request else {
        return Diagnosis {
            denial,
            explanation: None,
            agreement: Agreement::NotAsked,
            steps: Vec::new(),
            is_resolved: false,
        };
    };
    let verdict = authorize(layers, request);
    let agreement = match verdict.by() {
        _ if verdict.is_allowed() => Agreement::Allowed,
        Decider::Statement(layer, _) | Decider::Missing(layer) => match denial.cause() {
            Some(cause)
                if !cause.by.is(layer)
                    || cause.is_explicit != (verdict.decision() == Decision::ExplicitDeny) =>
            {
                Agreement::OtherPolicy
            }
            _ => Agreement::Agree,
        },
        Decider::Rule => Agreement::OtherPolicy,
    };
    let mut copy = Copy::of(layers);
    let mut steps = Vec::new();
    let mut is_resolved = verdict.is_allowed();
    while !is_resolved && steps.len() < STEPS {
        let explanation = copy.explain(request);
        let step = match (explanation.decision, explanation.by) {
            (Decision::Allow, _) => {
                is_resolved = true;
                break;
            }
            (_, Decider::Statement(layer, place)) => copy.remove(layer, place),
            (_, Decider::Missing(layer)) => copy.grant(layer, request, &explanation),
            (_, Decider::Rule) => None,
        };
        match step {
            Some(step @ Step::MeetCondition { .. }) => {
                steps.push(step);
                break;
            }
            // What was granted did not help, so more of the same will not.
            Some(step) if steps.last().is_some_and(|last| grants_again(last, &step)) => break,
            Some(step) => steps.push(step),
            None => break,
        }
    }
    Diagnosis {
        explanation: Some(verdict.explain()),
        denial,
        agreement,
        steps,
        is_resolved,
    }
}

fn grants_again(last: &Step, next: &Step) -> bool {
    matches!((last, next), (Step::Grant { layer, .. }, Step::Grant { layer: again, .. }) if layer == again)
}

/// The policies, to be changed. Removed documents stay as empty ones, so that the others keep their places.
struct Copy(Vec<(Layer, Vec<Document>)>);

impl Copy {
    fn of(layers: &Layers<'_>) -> Self {
        let plain = [Layer::Identity, Layer::Boundary, Layer::Session, Layer::Resource];
        let scps = (0..)
            .map(Layer::ServiceControl)
            .take_while(|layer| layers.policies(*layer).is_some());
        let rcps = (0..)
            .map(Layer::ResourceControl)
            .take_while(|layer| layers.policies(*layer).is_some());
        let all = plain.into_iter().chain(scps).chain(rcps);
        Self(
            all.filter_map(|layer| Some((layer, layers.policies(layer)?.documents().to_vec())))
                .collect(),
        )
    }

    fn documents(&mut self, layer: Layer) -> &mut Vec<Document> {
        let at = match self.0.iter().position(|(known, _)| *known == layer) {
            Some(at) => at,
            None => {
                self.0.push((layer, Vec::new()));
                self.0.len() - 1
            }
        };
        // INVARIANT: `at` was found or pushed just now.
        #[expect(
            clippy::indexing_slicing,
            reason = "the entry at this place was found or pushed above"
        )]
        &mut self.0[at].1
    }

    fn explain(&self, request: &Request) -> Explanation {
        let set = |layer: Layer| {
            let found = self.0.iter().find(|(known, _)| *known == layer);
            found.map(|(_, documents)| PolicySet::compile(documents))
        };
        let levels =
            |of: fn(usize) -> Layer| -> Vec<PolicySet> { (0..).map_while(|level| set(of(level))).collect() };
        let identity = set(Layer::Identity).unwrap_or_default();
        let (boundary, session) = (set(Layer::Boundary), set(Layer::Session));
        let resource = set(Layer::Resource);
        let (scps, rcps) = (levels(Layer::ServiceControl), levels(Layer::ResourceControl));
        let mut layers = Layers::new(&identity)
            .service_control(&scps)
            .resource_control(&rcps);
        if let Some(boundary) = &boundary {
            layers = layers.boundary(boundary);
        }
        if let Some(session) = &session {
            layers = layers.session(session);
        }
        if let Some(resource) = &resource {
            layers = layers.resource(resource);
        }
        authorize(&layers, request).explain()
    }

    fn remove(&mut self, layer: Layer, place: StatementRef) -> Option<Step> {
        let document = self.documents(layer).get_mut(place.document)?;
        let sid = document
            .statements()
            .as_slice()
            .get(place.statement)?
            .sid()
            .map(str::to_owned);
        let (left, edit) = edit::remove(document, place.statement);
        *document = left.unwrap_or_else(|| Document::new(Vec::new()));
        Some(Step::RemoveDenial {
            layer,
            place,
            sid,
            edit,
        })
    }

    fn grant(&mut self, layer: Layer, request: &Request, explanation: &Explanation) -> Option<Step> {
        let near: Vec<&StatementReport> = explanation
            .statements
            .iter()
            .filter(|report| report.layer == layer && report.effect == Effect::Allow)
            .filter(|report| report.mismatches.len() == 1)
            .collect();
        let only =
            |report: &&StatementReport, is: fn(&Mismatch) -> bool| report.mismatches.first().is_some_and(is);
        if let Some(report) = near
            .iter()
            .find(|report| only(report, |m| matches!(m, Mismatch::Condition { .. })))
        {
            return Some(Step::MeetCondition {
                layer,
                place: report.place,
                condition: report.mismatches.first()?.clone(),
            });
        }
        let extends = near.iter().find(|report| {
            let lists_actions = |m: &Mismatch| {
                matches!(
                    m,
                    Mismatch::Action {
                        listed_by: "Action",
                        ..
                    }
                )
            };
            only(report, lists_actions)
        });
        let documents = self.documents(layer);
        if let Some(report) = extends
            && let Some(document) = documents.get_mut(report.place.document)
            && document
                .statements()
                .as_slice()
                .get(report.place.statement)
                .is_some_and(|statement| is_about_the_like(statement, request))
            && let Some((changed, edit)) =
                edit::add_action(document, report.place.statement, request.action().as_str())
        {
            *document = changed;
            return Some(Step::Grant {
                layer,
                document: report.place.document,
                edit,
            });
        }
        // Under the conditions of a statement that is like it, such as an external id.
        let like = near.first().and_then(|report| {
            let document = documents.get(report.place.document)?;
            document.statements().as_slice().get(report.place.statement)
        });
        let statement = granting(layer, request, like);
        let (at, edit) = match documents.first_mut() {
            Some(document) => {
                let (changed, edit) = edit::add_statement(document, &statement);
                *document = changed;
                (0, edit)
            }
            None => {
                let (document, edit) = edit::create(&statement);
                documents.push(document);
                (documents.len() - 1, edit)
            }
        };
        Some(Step::Grant {
            layer,
            document: at,
            edit,
        })
    }
}

const EXTERNAL_ID: &str = "sts:ExternalId";

/// Whether one more action in this statement grants little beyond the request: all its actions are of the same service,
/// and it does not reach everything.
fn is_about_the_like(statement: &Statement, request: &Request) -> bool {
    let service = request.action().service();
    let same = |action: &String| {
        let (of, _) = action.split_once(':').unwrap_or((action, ""));
        of.eq_ignore_ascii_case(service)
    };
    let resources = statement.resource();
    statement.action().patterns().iter().all(same)
        && resources.is_none_or(|element| {
            !element.is_negated()
                && element
                    .patterns()
                    .iter()
                    .all(|pattern| pattern.starts_with("arn:"))
        })
}

/// A statement that grants exactly this request, under the conditions of another, if one is given.
fn granting(layer: Layer, request: &Request, like: Option<&Statement>) -> Statement {
    let attached_to_resource = matches!(layer, Layer::Resource | Layer::ResourceControl(_));
    let resource = match (layer, ResourceKind::of(request)) {
        (Layer::Resource, ResourceKind::Trust) => None,
        // A key policy is about its key alone; organization policies mostly leave resources to others.
        (Layer::Resource, ResourceKind::Key) | (Layer::ServiceControl(_), _) => Some("*".to_owned()),
        _ => Some(literally(request.resource().as_str())),
    };
    // A role that others may assume asks for the external id that this request has shown.
    let shown = request.circumstances().get(EXTERNAL_ID);
    let external_id = (layer == Layer::Resource && !shown.is_empty()).then(|| {
        vec![ConditionBlock {
            operator: Operator::new(Test::StringEquals),
            tests: vec![ConditionTest {
                key: EXTERNAL_ID.to_owned(),
                values: List::many(shown.iter().map(|id| ConditionValue::from(id.as_str()))),
            }],
        }]
    });
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: attached_to_resource.then(|| PrincipalElement::Principal(named(request.principal()))),
        action: ActionElement::Action(List::one(request.action().to_string())),
        resource: resource.map(|text| ResourceElement::Resource(List::one(text))),
        condition: like
            .and_then(|statement| statement.condition.clone())
            .or(external_id),
    }
}

/// Characters of a key that mean something in a pattern mean themselves.
fn literally(resource: &str) -> String {
    if resource == "*" {
        return resource.to_owned();
    }
    let mut out = String::with_capacity(resource.len());
    for c in resource.chars() {
        match c {
            '*' => out.push_str("${*}"),
            '?' => out.push_str("${?}"),
            '$' => out.push_str("${$}"),
            _ => out.push(c),
        }
    }
    out
}

fn named(caller: &Principal) -> Principals {
    let kind = match caller.kind() {
        PrincipalKind::Anonymous => return Principals::Everyone,
        PrincipalKind::Service => PrincipalType::Service,
        PrincipalKind::Federated => PrincipalType::Federated,
        _ => PrincipalType::Aws,
    };
    Principals::Named(vec![PrincipalGroup::new(
        kind,
        List::one(caller.as_str().to_owned()),
    )])
}

/// What a message's kind of policy would take, where the evaluator has no such layer.
pub(super) fn is_outside_the_layers(by: DeniedBy) -> bool {
    by == DeniedBy::VpcEndpoint
}
