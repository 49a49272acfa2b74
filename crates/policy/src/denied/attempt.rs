//! A copy of the policies on which grants and removals are tried out. Knows no message.

use super::diagnosis::Step;
use super::edit;
use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Document, Effect, List, Operator,
    PrincipalElement, PrincipalGroup, PrincipalType, Principals, ResourceElement, Statement, Test,
};
use crate::{
    Explanation, Layer, Layers, Mismatch, PolicySet, Principal, PrincipalKind, Request, ResourceKind,
    StatementRef, StatementReport, authorize,
};

/// The policies, to be changed. Removed documents stay as empty ones, so that the others keep their places.
pub(super) struct Attempt(Vec<(Layer, Vec<Document>)>);

impl Attempt {
    pub(super) fn of(layers: &Layers) -> Self {
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

    pub(super) fn explain(&self, request: &Request) -> Explanation {
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

    pub(super) fn remove(&mut self, layer: Layer, place: StatementRef) -> Option<Step> {
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

    pub(super) fn grant(
        &mut self,
        layer: Layer,
        request: &Request,
        explanation: &Explanation,
    ) -> Option<Step> {
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
    let shown = request.given_context().get(EXTERNAL_ID);
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
