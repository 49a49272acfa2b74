//! One case of the batch format: documents, a request, the decision AWS's documentation demands.

use bucketline_policy::{
    AccountId, Context, Decision, Document, DocumentKind, Layers, PolicySet, Principal, Request, authorize,
};
use serde_json::Value;

fn document(value: &Value) -> Document {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

/// A document, a list of documents, or nothing.
fn set(value: &Value) -> Option<PolicySet> {
    let documents: Vec<Document> = match value {
        Value::Null => return None,
        Value::Array(items) => items.iter().map(document).collect(),
        one => vec![document(one)],
    };
    Some(PolicySet::compile(&documents))
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key]
        .as_str()
        .unwrap_or_else(|| panic!("`{key}` is missing in {value}"))
}

pub(crate) fn request(value: &Value) -> Request {
    let principal: Principal = text(value, "principal").parse().unwrap();
    let action = text(value, "action").parse().unwrap();
    let mut request = Request::new(principal, action, text(value, "resource"));
    if let Some(account) = value["resource_account"].as_str() {
        request = request.resource_account(account.parse::<AccountId>().unwrap());
    }
    let mut context = Context::default();
    for (key, values) in value["context"].as_object().into_iter().flatten() {
        let values = values
            .as_array()
            .unwrap()
            .iter()
            .map(|value| value.as_str().unwrap());
        context.set(key, values);
    }
    request.with_context(context).without_identity_keys()
}

/// What the single document of the case answers.
pub(crate) fn decide(case: &Value) -> Decision {
    let kind = match text(case, "kind") {
        "identity" => DocumentKind::Identity,
        "resource" => DocumentKind::Resource,
        "trust" => DocumentKind::Trust,
        other => panic!("no kind of document: {other}"),
    };
    set(&case["policy"])
        .unwrap()
        .decide(kind, &request(&case["request"]))
}

/// What all layers of the case answer together.
pub(crate) fn decide_layered(case: &Value) -> Decision {
    let levels = |key: &str| -> Vec<PolicySet> {
        case[key]
            .as_array()
            .into_iter()
            .flatten()
            .map(|level| set(level).unwrap())
            .collect()
    };
    let identity = set(&case["identity_policies"]).unwrap_or_default();
    let (boundary, session) = (set(&case["permissions_boundary"]), set(&case["session_policy"]));
    let resource = set(&case["resource_policy"]);
    let (scps, rcps) = (levels("scps"), levels("rcps"));
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
    if let Some(endpoint) = set(&case["vpc_endpoint_policy"]) {
        layers = layers.vpc_endpoint(endpoint);
    }
    authorize(&layers, &request(&case["request"])).decision()
}
