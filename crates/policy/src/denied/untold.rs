//! What AWS knows of a refused request and its message leaves out: whose the resource is, which resource it is, and a policy
//! that is not at hand. Knows wordings through [`Denial`] alone.

use super::message::{Denial, DeniedBy};
use crate::compare::catalog;
use crate::{Layer, Layers, PolicySet, Principal, Request, authorize};

/// Whether policies can be asked: resources are matched by their ARNs, and some services tell names instead; and of a caller
/// whose account is masked it is not known whether the resource is in the same.
pub(super) fn can_be_asked(request: &Request) -> bool {
    let is_known = request.resource().as_str() == "*" || request.resource().is_arn();
    is_known && !is_caller_masked(request.principal())
}

/// Whether AWS, or whoever passed the message on, has made accounts in it unreadable.
pub(super) fn is_masked(principal: Option<&Principal>, resource: Option<&str>) -> bool {
    let of_resource = resource.and_then(account_field).unwrap_or_default();
    let is_told = matches!(of_resource, "" | "aws") || is_account(of_resource);
    !is_told || principal.is_some_and(is_caller_masked)
}

pub(super) fn is_caller_masked(caller: &Principal) -> bool {
    account_field(caller.as_str()).is_some_and(|account| !is_account(account))
}

fn account_field(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(3)
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the resource is known. A request on `*` is one that names none, where the message says so or the action has none;
/// otherwise AWS did not tell, and a grant on `*` would be one on everything.
pub(super) fn is_resource_told(denial: &Denial, request: &Request) -> bool {
    let action = request.action();
    let known = || catalog()?.service(action.service())?.action(action.name());
    request.resource().as_str() != "*"
        || denial.resource().is_some()
        || known().is_some_and(|action| action.resources().is_empty())
}

/// The layers with an empty one of the kind that AWS misses an allowance of, where no such policy is at hand and the others
/// allow the request.
pub(super) fn layer(denial: &Denial, request: &Request, layers: &Layers) -> Option<Layers> {
    let cause = denial.cause().filter(|cause| !cause.is_explicit)?;
    let layer = match cause.by? {
        DeniedBy::Boundary => Layer::Boundary,
        DeniedBy::Session => Layer::Session,
        DeniedBy::VpcEndpoint => Layer::VpcEndpoint,
        DeniedBy::ServiceControl => Layer::ServiceControl(0),
        DeniedBy::Identity | DeniedBy::Resource | DeniedBy::Trust | DeniedBy::ResourceControl => return None,
    };
    if layers.policies(layer).is_some() || !authorize(layers, request).is_allowed() {
        return None;
    }
    let (layers, nothing) = (layers.clone(), PolicySet::default());
    Some(match layer {
        Layer::ServiceControl(_) => layers.service_control([nothing]),
        _ => layers.with(layer, nothing),
    })
}

/// An account that nobody has: only that it is another one counts.
const ANOTHER_ACCOUNT: &str = "000000000000";

/// AWS misses the policy of a resource only where the resource is in another account than the caller, whether or not its ARN
/// says so.
///
/// Source: [Policy evaluation logic](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html).
pub(super) fn account(denial: &Denial, request: &Request, layers: &Layers) -> Request {
    let misses_resource_policy = denial
        .cause()
        .is_some_and(|cause| !cause.is_explicit && cause.by == Some(DeniedBy::Resource));
    let is_unknown = request.account_of_resource().is_none();
    let has_account = request.principal().account().is_some();
    if misses_resource_policy
        && is_unknown
        && has_account
        && authorize(layers, request).is_allowed()
        && let Ok(account) = ANOTHER_ACCOUNT.parse()
    {
        return request.clone().resource_account(account);
    }
    request.clone()
}
