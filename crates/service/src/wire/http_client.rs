//! The one HTTP client, as the environment of every AWS tool sets it up: its proxies, and whose certificates it trusts.

use aws_smithy_runtime_api::client::http::SharedHttpClient;
use bucketline_sink::{HttpClientBuilder, shared_http_client};

use crate::variables::Variables;
use crate::{Error, Problem, chain};

/// The variables that name proxies. The client reads them itself, and passes over what it cannot use.
const PROXIES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The client for S3 and STS.
///
/// # Errors
/// A proxy or a bundle of certificates that cannot be used. Going on without it is not what whoever set it wants.
pub(super) fn from(variables: &Variables) -> Result<SharedHttpClient, Error> {
    for name in PROXIES {
        if let Some(fault) = variables.optional(name).and_then(fault_of) {
            // The value may hold a password, and is not repeated.
            return Err(Error::configuration(
                Problem::new(fault)
                    .at(format_args!("the environment variable `{name}`"))
                    .advice("it looks like `http://proxy.example.net:3128`"),
            ));
        }
    }
    let Some(path) = variables.optional("AWS_CA_BUNDLE") else {
        return Ok(shared_http_client());
    };
    let unusable = |what: String| {
        Error::configuration(
            Problem::new(format!(
                "the certificates in `{}` cannot be used: {what}",
                path.escape_debug()
            ))
            .at("the environment variable `AWS_CA_BUNDLE`")
            .advice("name a file of certificates in PEM, or unset the variable"),
        )
    };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    HttpClientBuilder::new()
        .ca_bundle(pem)
        .build()
        .map_err(|error| unusable(chain(&error)))
}

/// Why a proxy cannot be used; nothing if it can.
fn fault_of(proxy: &str) -> Option<&'static str> {
    let rest = match proxy.split_once("://") {
        None => proxy,
        Some((scheme, rest)) if matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https") => rest,
        Some((scheme, _)) if scheme.to_ascii_lowercase().starts_with("socks") => {
            return Some("a SOCKS proxy cannot be used, only one that speaks HTTP");
        }
        Some(_) => return Some("it is not the address of an HTTP proxy"),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let sound = !host.is_empty() && !host.starts_with(':') && !host.contains(char::is_whitespace);
    (!sound).then_some("it is not the address of an HTTP proxy")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_as_people_write_them() {
        for proxy in [
            "http://proxy:3128",
            "proxy.example.net:3128",
            "HTTP://user:pass@proxy:3128/",
            "https://proxy",
            "http://[::1]:3128",
        ] {
            assert_eq!(fault_of(proxy), None, "{proxy}");
        }
        for proxy in [
            "socks5h://proxy:1080",
            "ftp://proxy",
            "http://",
            "http://:3128",
            "a b",
        ] {
            assert!(fault_of(proxy).is_some(), "{proxy}");
        }
    }
}
