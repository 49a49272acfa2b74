//! What is known of condition keys: the type of their values, and whether a request can carry several.

mod global;

use super::policy::Policy;
use crate::catalog::ValueType;

pub(super) use global::{GLOBAL, is_global};

/// The type of a key's values, as AWS's reference gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyType {
    String,
    Bool,
    Numeric,
    Date,
    /// A point in time that may be compared as a number too.
    Epoch,
    Arn,
    IpAddress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KeyInfo {
    pub(super) kind: KeyType,
    pub(super) multivalued: bool,
}

/// Keys that the reference gives one value, and AWS's validation several.
const SEVERAL: &[&str] = &[
    "codeconnections:ProviderAction",
    "codestar-connections:ProviderAction",
];

/// Nothing for keys of services that are not known.
pub(super) fn describe(policy: &Policy<'_>, key: &str) -> Option<KeyInfo> {
    if is_global(key) {
        return global::find(key);
    }
    let prefix = key.split_once(':')?.0;
    let known = match policy.service(prefix) {
        Some(service) => service.condition_key(key)?,
        // The keys of identity providers carry the provider's name and belong to STS.
        None => policy.service("sts")?.condition_key(key)?,
    };
    Some(KeyInfo {
        kind: match known.value_type() {
            ValueType::String => KeyType::String,
            ValueType::Bool => KeyType::Bool,
            ValueType::Numeric => KeyType::Numeric,
            ValueType::Date => KeyType::Date,
            ValueType::Arn => KeyType::Arn,
            ValueType::IpAddress => KeyType::IpAddress,
            _ => return None,
        },
        multivalued: known.is_multivalued()
            || SEVERAL.iter().any(|key| known.key().eq_ignore_ascii_case(key)),
    })
}

/// Whether `key` is `form` or what `form` becomes when its placeholder, written last, is filled.
pub(super) fn is_instance(form: &str, key: &str) -> bool {
    let Some(at) = form.find("${").or_else(|| form.find('<')) else {
        return form.eq_ignore_ascii_case(key);
    };
    let (Some(family), Some(head)) = (form.get(..at), key.get(..at)) else {
        return false;
    };
    key.len() > at && at > 0 && family.ends_with([':', '/']) && family.eq_ignore_ascii_case(head)
}
