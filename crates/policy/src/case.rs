//! Requests and policies together, as one JSON object: what a test suite or a service asks. Decides nothing itself.

mod request;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, de};

use crate::json::{Node, Value};
use crate::{Decision, Document, DocumentKind, Layer, Layers, PolicySet, Request, authorize, parse};

/// A request with the policies that it is put to: one document alone, or all layers.
///
/// With `policy` and `kind` (`identity`, `resource`, `trust`) the document is asked alone, as [`PolicySet::decide`]
/// answers. With `identity_policies`, `resource_policy`, `permissions_boundary`, `session_policy`, `vpc_endpoint_policy`,
/// `access_point_policy` (with `bucket` in the request), `scps` and `rcps` all of them are asked, as [`authorize`] answers. The request's `context` is taken exactly as it is
/// given. Members that are not known are errors, since a layer with a slip in its name would be one that is not asked;
/// what only describes a case (`id`, `name`, `note`, `description`, `docs`, `source`, `kind_of_case`, `expect`, `decision`,
/// `got`) is passed over.
///
/// ```
/// use bucketline_policy::{Case, Decision};
/// let case: Case = serde_json::from_str(r#"{
///     "identity_policies": [{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}],
///     "request": {"principal": "arn:aws:iam::123456789012:user/ada", "action": "s3:GetObject",
///                 "resource": "arn:aws:s3:::acme/f"}}"#).unwrap();
/// assert_eq!(case.decide(), Decision::Allow);
/// let slip = r#"{"identity_policy": [], "request": {"principal": "anonymous", "action": "s3:GetObject"}}"#;
/// assert!(serde_json::from_str::<Case>(slip).unwrap_err().to_string().contains("unknown field `identity_policy`"));
/// ```
#[derive(Clone, Debug)]
pub struct Case {
    request: Request,
    question: Question,
}

#[derive(Clone, Debug)]
enum Question {
    Alone(DocumentKind, PolicySet),
    Layered(Layers),
}

impl Case {
    /// The request.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The layers; `None` when one document is asked alone.
    pub fn layers(&self) -> Option<&Layers> {
        match &self.question {
            Question::Layered(layers) => Some(layers),
            Question::Alone(..) => None,
        }
    }

    /// The answer.
    pub fn decide(&self) -> Decision {
        match &self.question {
            Question::Alone(kind, policy) => policy.decide(*kind, &self.request),
            Question::Layered(layers) => authorize(layers, &self.request).decision(),
        }
    }
}

impl<'de> Deserialize<'de> for Case {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = Members::deserialize(deserializer)?;
        let (request, question) = members.question().map_err(de::Error::custom)?;
        Ok(Self { request, question })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    request: Request,
    policy: Option<Document>,
    kind: Option<Kind>,
    identity_policies: Option<Policies>,
    resource_policy: Option<Policies>,
    permissions_boundary: Option<Policies>,
    session_policy: Option<Policies>,
    vpc_endpoint_policy: Option<Policies>,
    access_point_policy: Option<Policies>,
    scps: Option<Vec<Policies>>,
    rcps: Option<Vec<Policies>>,
    #[serde(rename = "id")]
    _id: Option<IgnoredAny>,
    #[serde(rename = "name")]
    _name: Option<IgnoredAny>,
    #[serde(rename = "note")]
    _note: Option<IgnoredAny>,
    #[serde(rename = "description")]
    _description: Option<IgnoredAny>,
    #[serde(rename = "docs")]
    _docs: Option<IgnoredAny>,
    #[serde(rename = "source")]
    _source: Option<IgnoredAny>,
    #[serde(rename = "kind_of_case")]
    _kind_of_case: Option<IgnoredAny>,
    #[serde(rename = "expect")]
    _expect: Option<IgnoredAny>,
    #[serde(rename = "decision")]
    _decision: Option<IgnoredAny>,
    #[serde(rename = "got")]
    _got: Option<IgnoredAny>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Identity,
    Resource,
    Trust,
}

impl Members {
    fn question(self) -> Result<(Request, Question), &'static str> {
        let has_layers = [
            &self.identity_policies,
            &self.resource_policy,
            &self.permissions_boundary,
            &self.session_policy,
            &self.vpc_endpoint_policy,
            &self.access_point_policy,
        ]
        .into_iter()
        .any(Option::is_some)
            || self.scps.is_some()
            || self.rcps.is_some();
        let request = self.request.without_identity_keys();
        if self.access_point_policy.is_some() && request.behind().is_none() {
            return Err(
                "`access_point_policy` is for a request with the ARN of an access point as `resource` and the `bucket` behind it",
            );
        }
        match self.policy {
            Some(_) if has_layers => Err("the case has both `policy` and layers: one or the other is asked"),
            Some(policy) => {
                let kind = match self.kind {
                    Some(Kind::Identity) => DocumentKind::Identity,
                    Some(Kind::Resource) => DocumentKind::Resource,
                    Some(Kind::Trust) => DocumentKind::Trust,
                    None => return Err("`kind` is missing: `identity`, `resource` or `trust`"),
                };
                Ok((request, Question::Alone(kind, PolicySet::compile(&[policy]))))
            }
            None if !has_layers => {
                Err("the case has neither `policy` nor any layer such as `identity_policies`")
            }
            None => {
                // A level without policies is one that allows nothing; for the others an empty list means that there is
                // no such layer.
                let levels = |levels: Option<Vec<Policies>>| {
                    let levels = levels.unwrap_or_default().into_iter();
                    levels.map(|level| PolicySet::compile(&level.0))
                };
                let set = |policies: Option<Policies>| {
                    policies
                        .filter(|policies| !policies.0.is_empty())
                        .map(|policies| PolicySet::compile(&policies.0))
                };
                let mut layers = Layers::new(set(self.identity_policies).unwrap_or_default())
                    .service_control(levels(self.scps))
                    .resource_control(levels(self.rcps));
                for (layer, policies) in [
                    (Layer::Resource, self.resource_policy),
                    (Layer::Boundary, self.permissions_boundary),
                    (Layer::Session, self.session_policy),
                    (Layer::VpcEndpoint, self.vpc_endpoint_policy),
                    (Layer::AccessPoint, self.access_point_policy),
                ] {
                    if let Some(set) = set(policies) {
                        layers = layers.with(layer, set);
                    }
                }
                Ok((request, Question::Layered(layers)))
            }
        }
    }
}

/// One document or a list of documents.
struct Policies(Vec<Document>);

impl<'de> Deserialize<'de> for Policies {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = Node::deserialize(deserializer)?;
        let read = |node: &Node| parse::from_node(node).map_err(de::Error::custom);
        match &node.value {
            Value::Array(items) => items.iter().map(read).collect::<Result<_, _>>().map(Self),
            _ => read(&node).map(|document| Self(vec![document])),
        }
    }
}
