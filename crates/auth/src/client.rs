//! The settings of an SDK client whose calls are retried elsewhere: shared by the adapters here and in other crates.
//! Knows nothing of any call.

mod failure;

pub(crate) use failure::Failure;

use std::time::Duration;

use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use crate::Error;

/// How long one call may take where nothing says otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// These settings for a client that asks once and keeps no credentials of its own.
///
/// Whatever the client, the SDK beneath behaves as one pinned version does. Retries are decided in one place, elsewhere;
/// credentials are kept by [`Cached`](crate::Cached). An operation has 10 s unless the settings have a time of their own,
/// and an HTTP client over rustls unless they bring one.
///
/// # Errors
///
/// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) without a region, or with an endpoint that is no URL.
pub fn single_attempt(config: &SdkConfig) -> Result<SdkConfig, Error> {
    if config.region().is_none() {
        return Err(
            Error::invalid("no region is set").with_remedy("set one, such as `eu-central-1` (`AWS_REGION`)")
        );
    }
    if let Some(url) = config.endpoint_url() {
        check_endpoint(url)?;
    }
    let timeouts = match config.timeout_config() {
        Some(timeouts) if timeouts.operation_timeout().is_some() => timeouts.clone(),
        Some(timeouts) => timeouts.to_builder().operation_timeout(TIMEOUT).build(),
        None => TimeoutConfig::builder().operation_timeout(TIMEOUT).build(),
    };
    Ok(config
        .to_builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(config.http_client().unwrap_or_else(own_http_client))
        .identity_cache(aws_sdk_sts::config::IdentityCache::no_cache())
        .retry_config(RetryConfig::disabled())
        .timeout_config(timeouts)
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build())
}

fn own_http_client() -> SharedHttpClient {
    use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
    aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https()
}

fn check_endpoint(url: &str) -> Result<(), Error> {
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let valid = host.is_some_and(|host| {
        !host.is_empty() && !host.starts_with(['/', ':']) && host.bytes().all(|b| b.is_ascii_graphic())
    });
    // A password in a URL is a secret: such a URL is refused, and not repeated.
    if host.is_some_and(|host| host.contains('@')) {
        return Err(Error::invalid("the endpoint has a user name in it").with_remedy("leave it out"));
    }
    if valid {
        return Ok(());
    }
    Err(Error::invalid(format!("endpoint `{url}` is not a URL"))
        .with_remedy("write it like `https://sts.example.net`"))
}
