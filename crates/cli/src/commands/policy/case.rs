//! One case of `policy evaluate --cases`: a document alone, or all layers together.

use bucketline_policy::{Decision, Document, DocumentKind, Layers, PolicySet, authorize};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::batch;
use super::request::RequestText;

/// Documents stay text until they are parsed as what they are: a tree in between would lose repeated keys.
#[derive(Deserialize)]
struct Case<'t> {
    #[serde(borrow)]
    policy: Option<&'t RawValue>,
    kind: Option<String>,
    request: RequestText,
    #[serde(borrow)]
    identity_policies: Option<&'t RawValue>,
    #[serde(borrow)]
    resource_policy: Option<&'t RawValue>,
    #[serde(borrow)]
    permissions_boundary: Option<&'t RawValue>,
    #[serde(borrow)]
    session_policy: Option<&'t RawValue>,
    #[serde(borrow)]
    scps: Option<Vec<&'t RawValue>>,
    #[serde(borrow)]
    rcps: Option<Vec<&'t RawValue>>,
}

/// The decision on one case, or what keeps it from being decided.
pub(super) fn decide(text: &str) -> Result<Decision, String> {
    let case: Case<'_> = serde_json::from_str(text).map_err(|error| batch::malformed(&error))?;
    match case.policy {
        Some(policy) => case.alone(policy),
        None => case.layered(),
    }
}

impl Case<'_> {
    /// What this document alone answers.
    fn alone(&self, policy: &RawValue) -> Result<Decision, String> {
        if self.has_layers() {
            return Err("the case has both `policy` and layers: one or the other is asked".to_owned());
        }
        let kind = match self.kind.as_deref() {
            Some("identity") => DocumentKind::Identity,
            Some("resource") => DocumentKind::Resource,
            Some("trust") => DocumentKind::Trust,
            Some(other) => {
                return Err(format!(
                    "`kind`: `{other}` is none of `identity`, `resource` and `trust`"
                ));
            }
            None => return Err("`kind` is missing: `identity`, `resource` or `trust`".to_owned()),
        };
        let request = self.request.parse()?;
        let document = Document::parse(policy.get()).map_err(|error| format!("`policy`: {error}"))?;
        Ok(PolicySet::compile(&[document]).decide(kind, &request))
    }

    /// What all layers answer together.
    fn layered(&self) -> Result<Decision, String> {
        if !self.has_layers() {
            return Err("the case has neither `policy` nor any layer such as `identity_policies`".to_owned());
        }
        let request = self.request.parse()?;
        let identity = set("identity_policies", self.identity_policies)?.unwrap_or_default();
        let resource = set("resource_policy", self.resource_policy)?;
        let boundary = set("permissions_boundary", self.permissions_boundary)?;
        let session = set("session_policy", self.session_policy)?;
        let scps = levels("scps", self.scps.as_deref())?;
        let rcps = levels("rcps", self.rcps.as_deref())?;
        let mut layers = Layers::new(&identity)
            .service_control(&scps)
            .resource_control(&rcps);
        if let Some(resource) = &resource {
            layers = layers.resource(resource);
        }
        if let Some(boundary) = &boundary {
            layers = layers.boundary(boundary);
        }
        if let Some(session) = &session {
            layers = layers.session(session);
        }
        Ok(authorize(&layers, &request).decision())
    }

    fn has_layers(&self) -> bool {
        self.identity_policies.is_some()
            || self.resource_policy.is_some()
            || self.permissions_boundary.is_some()
            || self.session_policy.is_some()
            || self.scps.is_some()
            || self.rcps.is_some()
    }
}

/// One document or a list of documents as one set. An empty list means that there is no such layer.
fn set(name: &str, raw: Option<&RawValue>) -> Result<Option<PolicySet>, String> {
    let Some(raw) = raw else { return Ok(None) };
    let documents = if raw.get().starts_with('[') {
        let items: Vec<&RawValue> =
            serde_json::from_str(raw.get()).map_err(|error| format!("`{name}`: {error}"))?;
        items.into_iter().map(|item| item.get()).collect()
    } else {
        vec![raw.get()]
    };
    let documents = documents
        .into_iter()
        .map(Document::parse)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("`{name}`: {error}"))?;
    Ok((!documents.is_empty()).then(|| PolicySet::compile(&documents)))
}

fn levels(name: &str, raw: Option<&[&RawValue]>) -> Result<Vec<PolicySet>, String> {
    let mut levels = Vec::new();
    for level in raw.unwrap_or_default() {
        // A level without policies is one that allows nothing.
        levels.push(set(name, Some(level))?.unwrap_or_default());
    }
    Ok(levels)
}
