//! The policies at hand, with the grants that were tried out on them. Knows no message.

use super::diagnosis::Step;
use super::edit;
use crate::document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Document, Effect, List, Operator,
    PrincipalElement, PrincipalGroup, PrincipalType, Principals, ResourceElement, Statement, Test,
};
use crate::{
    Explanation, Layer, Layers, Mismatch, PolicySet, Principal, PrincipalKind, Request, ResourceKind,
    StatementReport, authorize,
};

/// The policies, to be changed.
pub(super) struct Attempt {
    layers: Layers,
}

impl Attempt {
    pub(super) fn of(layers: &Layers) -> Self {
        Self {
            layers: layers.clone(),
        }
    }

    pub(super) fn explain(&self, request: &Request) -> Explanation {
        authorize(&self.layers, request).explain()
    }

    fn set(&mut self, layer: Layer, documents: &[Document]) {
        self.layers = self.layers.clone().with(layer, PolicySet::compile(documents));
    }

    /// A grant in a layer; nothing where none can be proposed.
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
        let known = self.layers.policies(layer).map(|set| set.documents().to_vec());
        let is_at_hand = known.as_ref().is_some_and(|documents| !documents.is_empty());
        let mut documents = known.unwrap_or_default();
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
            self.set(layer, &documents);
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
        let kind = self.layers.kind_of_resource(request);
        let statement = granting(layer, kind, request, like)?;
        let step = if is_at_hand {
            let document = documents.first_mut()?;
            let (changed, edit) = edit::add_statement(document, &statement);
            *document = changed;
            Step::Grant {
                layer,
                document: 0,
                edit,
            }
        } else if layer == Layer::Identity {
            // Policies of an identity add up: one more takes nothing away.
            let (document, edit) = edit::create(&statement);
            documents.push(document);
            Step::Grant {
                layer,
                document: documents.len() - 1,
                edit,
            }
        } else {
            documents.push(Document::new(vec![statement.clone()]));
            Step::AddStatement {
                layer,
                to: owner_of(layer, kind, request),
                statement: Box::new(statement),
            }
        };
        self.set(layer, &documents);
        Some(step)
    }
}

/// Which policy a statement is to be added to that is not at hand.
fn owner_of(layer: Layer, kind: ResourceKind, request: &Request) -> String {
    let resource = seen_by(layer, request).resource().as_str();
    match (layer, kind) {
        (Layer::Resource, ResourceKind::Trust) => format!("the trust policy of `{resource}`"),
        (Layer::Resource, ResourceKind::Key) => format!("the key policy of `{resource}`"),
        (Layer::Resource, ResourceKind::Bucket) if request.action().service() == "s3" => {
            let bucket = resource.split('/').next().unwrap_or(resource);
            format!("the bucket policy of `{bucket}`")
        }
        (Layer::AccessPoint, _) => format!("the policy of the access point `{resource}`"),
        (Layer::Resource, _) => format!("the policy of `{resource}`"),
        (Layer::Boundary, _) => {
            let caller = request.principal();
            let owner = caller.role_arn().unwrap_or_else(|| caller.to_string());
            format!("the permissions boundary of `{owner}`")
        }
        (Layer::Session, _) => "the session policy that the session was made with".to_owned(),
        (Layer::VpcEndpoint, _) => "the policy of the VPC endpoint that the request comes through".to_owned(),
        (Layer::ServiceControl(_), _) => {
            "a service control policy of each level, from the root down to the account, at which none allows it".to_owned()
        }
        (layer, _) => format!("the {layer} that applies"),
    }
}

/// The request as the policies of a layer see it.
fn seen_by(layer: Layer, request: &Request) -> &Request {
    let behind = request.behind().filter(|_| layer == Layer::Resource);
    behind.unwrap_or(request)
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

/// A statement that grants exactly this request, under the conditions of another, if one is given. Nothing where that would
/// grant it to everybody.
fn granting(
    layer: Layer,
    kind: ResourceKind,
    request: &Request,
    like: Option<&Statement>,
) -> Option<Statement> {
    let attached_to_resource = matches!(
        layer,
        Layer::Resource | Layer::AccessPoint | Layer::ResourceControl(_)
    );
    let resource = match (layer, kind) {
        (Layer::Resource, ResourceKind::Trust) => None,
        // A key policy is about its key alone; organization policies mostly leave resources to others.
        (Layer::Resource, ResourceKind::Key) | (Layer::ServiceControl(_), _) => Some("*".to_owned()),
        _ => Some(literally(seen_by(layer, request).resource().as_str())),
    };
    // A role that others may assume asks for the external id that this request has shown.
    let shown = request.given_context().get(EXTERNAL_ID);
    let external_id = (layer == Layer::Resource && !shown.is_empty()).then(|| {
        vec![ConditionBlock {
            operator: Operator::new(Test::StringEquals),
            tests: vec![ConditionTest {
                key: EXTERNAL_ID.to_owned(),
                values: match shown {
                    [only] => List::one(ConditionValue::from(only.as_str())),
                    several => List::many(several.iter().map(|id| ConditionValue::from(id.as_str()))),
                },
            }],
        }]
    });
    let principal = match attached_to_resource {
        true if kind == ResourceKind::Trust && !can_take_role(request) => return None,
        true => Some(PrincipalElement::Principal(named(request.principal())?)),
        // The policy of an endpoint names principals, and whoever comes through it is told apart by the other policies.
        false if layer == Layer::VpcEndpoint => Some(PrincipalElement::Principal(Principals::Everyone)),
        false => None,
    };
    Some(Statement {
        sid: None,
        effect: Effect::Allow,
        principal,
        action: ActionElement::Action(List::one(request.action().to_string())),
        resource: resource.map(|text| ResourceElement::Resource(List::one(text))),
        condition: like
            .and_then(|statement| statement.condition.clone())
            .or(external_id),
    })
}

/// Characters of an object's key that mean something in a pattern mean themselves. Elsewhere AWS writes a `*` for what does not
/// exist yet, as in `instance/*`, and means it.
fn literally(resource: &str) -> String {
    let mut fields = resource.splitn(6, ':');
    let is_object = fields.nth(2) == Some("s3") && fields.nth(2).is_some_and(|rest| rest.contains('/'));
    if !is_object {
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

/// Whether the caller is of the kind that this call is for: with a token of a provider it is the provider whom a trust policy
/// names, whoever presents the token, and without one it never is.
fn can_take_role(request: &Request) -> bool {
    let by_provider = matches!(
        request.action().lower(),
        "sts:assumerolewithwebidentity" | "sts:assumerolewithsaml"
    );
    by_provider == (request.principal().kind() == PrincipalKind::Federated)
}

/// How a policy names a caller for good: the role rather than one of its sessions. Nobody in particular cannot be named.
fn named(caller: &Principal) -> Option<Principals> {
    let (kind, name) = match caller.kind() {
        PrincipalKind::Anonymous => return None,
        PrincipalKind::Service => (PrincipalType::Service, caller.as_str().to_owned()),
        PrincipalKind::Federated => (PrincipalType::Federated, caller.as_str().to_owned()),
        PrincipalKind::CanonicalUser => (PrincipalType::CanonicalUser, caller.as_str().to_owned()),
        _ => {
            let role = caller.role_arn();
            (
                PrincipalType::Aws,
                role.unwrap_or_else(|| caller.as_str().to_owned()),
            )
        }
    };
    Some(Principals::Named(vec![PrincipalGroup::new(
        kind,
        List::one(name),
    )]))
}
