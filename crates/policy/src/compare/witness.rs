//! Whether AWS could ever send a request: callers, resources and keys that go together. Knows no policy.

use super::caller::Caller;
use super::universe::catalog;
use crate::{Context, PrincipalKind, Request};

/// Whether the request's parts go together, by AWS's rules for keys and by the catalogue.
pub(super) fn is_plausible(caller: &Caller, request: &Request) -> bool {
    let derived = request.clone().with_context(Context::default());
    let derived = derived.request_context();
    request.given_context().iter().all(|(key, values)| {
        if values.is_empty() {
            return true;
        }
        if caller.lacks(key) {
            return false;
        }
        let own = derived.get(key);
        match key {
            "aws:principalarn" => is_arn_of(request, own, values),
            "aws:principalaccount"
            | "aws:principaltype"
            | "aws:username"
            | "aws:principalisawsservice"
            | "aws:principalservicename" => own.is_empty() || own == values,
            "aws:resourceaccount" | "s3:resourceaccount" => {
                let named = request.resource().account().map(|account| account.to_string());
                named.is_none_or(|named| values == [named])
            }
            "aws:requestedregion" => own.is_empty() || own == values,
            _ => true,
        }
    })
}

/// Whether requests for the action are known to carry all keys that are given.
pub(super) fn is_complete(request: &Request) -> bool {
    let mut given = request.given_context().iter();
    given.all(|(key, values)| values.is_empty() || is_carried(request, key))
}

/// A session's role may have a path, which the session does not tell.
fn is_arn_of(request: &Request, own: &[String], values: &[String]) -> bool {
    let ([own], [given]) = (own, values) else {
        return own == values;
    };
    if request.principal().kind() != PrincipalKind::RoleSession {
        return own == given;
    }
    let name = |arn: &str| {
        let (head, rest) = arn.split_once(":role/")?;
        Some((head.to_owned(), rest.rsplit('/').next()?.to_owned()))
    };
    name(own).is_some() && name(own) == name(given)
}

/// Whether requests for this action carry this key, where the catalogue knows. Global keys are everybody's.
fn is_carried(request: &Request, key: &str) -> bool {
    let service = request.action().service();
    let Some((prefix, _)) = key.split_once(':').filter(|(prefix, _)| *prefix == service) else {
        return true;
    };
    let Some(service) = catalog().and_then(|catalog| catalog.service(prefix)) else {
        return true;
    };
    let Some(action) = service.action(request.action().name()) else {
        return true;
    };
    let family = |known: &str| {
        let plain = known.split("${").next().unwrap_or(known);
        let head = key.get(..plain.len()).unwrap_or_default();
        head.eq_ignore_ascii_case(plain) && (plain.len() < known.len() || plain.len() == key.len())
    };
    let mut keys = action
        .condition_keys()
        .chain(
            action
                .resources()
                .iter()
                .flat_map(|resource| resource.condition_keys()),
        )
        .chain(
            action
                .resources()
                .iter()
                .filter_map(|resource| service.resource_type(resource.name()))
                .flat_map(|resource| resource.condition_keys()),
        );
    keys.any(family)
}
