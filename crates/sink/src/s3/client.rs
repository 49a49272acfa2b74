//! The SDK's client, set up for one attempt per call. It must not know any operation.

use std::sync::OnceLock;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, IdentityCache, Region, RequestChecksumCalculation, StalledStreamProtectionConfig,
};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::s3::genuine::Doorkeeper;
use crate::s3::settings::Settings;

/// The HTTP client of this process: one pool of connections, one TLS set-up, for all sinks and all of AWS's
/// clients that are given it.
///
/// It speaks plain HTTP as well, for stores on a local network.
#[must_use]
pub fn shared_http_client() -> SharedHttpClient {
    static CLIENT: OnceLock<SharedHttpClient> = OnceLock::new();
    CLIENT
        .get_or_init(|| {
            aws_smithy_http_client::Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build_https()
        })
        .clone()
}

/// A client with the region that it signs for.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) region: String,
}

impl Connection {
    pub(super) fn new(settings: &Settings, region: String) -> Self {
        let mut config = Config::builder()
            // Pinned: an update of the SDK must not change what goes over the wire.
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region.clone()))
            .credentials_provider(settings.credentials.clone())
            // The SDK's own cache refreshes late and blocks; the provider brings a better one.
            .identity_cache(IdentityCache::no_cache())
            .http_client(settings.http.clone())
            // Only the caller knows what a second attempt at the same key means.
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(settings.connect_timeout)
                    .build(),
            )
            // Bodies have their own limits here, which a drip of bytes does not get around.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .interceptor(Doorkeeper::new(settings.habits.clone()))
            // Each put brings its checksum along.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
        if let Some(interceptor) = &settings.interceptor {
            config = config.interceptor(interceptor.clone());
        }
        if let Some(endpoint) = &settings.endpoint {
            config = config.endpoint_url(endpoint).force_path_style(true);
        }
        Self {
            client: Client::from_conf(config.build()),
            region,
        }
    }
}
