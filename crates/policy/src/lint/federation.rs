//! Identity providers, as trust policies name them.

use super::policy::ArnFields;

/// What stands under `Federated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provider<'a> {
    Saml,
    /// With the prefix of its condition keys.
    Oidc(&'a str),
    Unknown,
}

pub(super) fn provider(text: &str) -> Provider<'_> {
    if !text.starts_with("arn:") {
        let domain = text.contains('.')
            && !text.starts_with('.')
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'/' | b'_'));
        return if domain {
            Provider::Oidc(text)
        } else {
            Provider::Unknown
        };
    }
    let arn = ArnFields::of(text);
    if arn.service() != "iam" || !arn.is_complete() {
        return Provider::Unknown;
    }
    let named = |kind: &str| {
        arn.resource()
            .strip_prefix(kind)
            .filter(|name| !name.is_empty() && !name.contains('*'))
    };
    if named("saml-provider/").is_some() {
        Provider::Saml
    } else if let Some(url) = named("oidc-provider/") {
        Provider::Oidc(url)
    } else {
        Provider::Unknown
    }
}
