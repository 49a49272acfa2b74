//! The SDK's client, set up for one attempt per call. It must not know any operation.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Config, Region as SdkRegion, RequestChecksumCalculation, StalledStreamProtectionConfig,
};

use crate::Region;
use crate::s3::genuine::Doorkeeper;
use crate::s3::settings::{Addressing, Settings};

/// A client with the region that it signs for.
#[derive(Debug, Clone)]
pub(super) struct Connection {
    pub(super) client: Client,
    pub(super) region: Region,
}

impl Connection {
    pub(super) fn new(settings: &Settings, region: Region) -> Self {
        let mut config = Config::builder()
            // Pinned: an update of the SDK must not change what goes over the wire.
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(SdkRegion::new(region.as_str().to_owned()))
            .credentials_provider(settings.credentials.clone())
            .identity_cache(settings.identities.clone())
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
            // What is configured is the address, whatever the environment asks of AWS's own.
            config = config.endpoint_url(endpoint);
        } else {
            config = config
                .use_fips(settings.endpoints.is_fips())
                .use_dual_stack(settings.endpoints.is_dual_stack());
        }
        // Buckets of other stores seldom have host names of their own.
        let path = match settings.addressing {
            Some(addressing) => addressing == Addressing::Path,
            None => settings.endpoint.is_some(),
        };
        config = config.force_path_style(path);
        Self {
            client: Client::from_conf(config.build()),
            region,
        }
    }
}
