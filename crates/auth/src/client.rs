//! Credentials and a region become the settings of an SDK client: the last hop, shared by the adapters of STS and IAM.
//! Knows nothing of either's calls.

mod failure;

pub(crate) use failure::Failure;

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use crate::{Error, Region};

/// Makes an adapter over the SDK: an [`AwsSts`](crate::AwsSts) or, with feature `provision`, an `AwsIam`.
///
/// Whatever the adapter, the SDK beneath behaves as one pinned version does, asks once (retries are decided elsewhere,
/// in one place) and keeps no credentials of its own (see [`Cached`](crate::Cached)).
pub struct AwsBuilder<C> {
    region: Option<Region>,
    endpoint: Option<String>,
    credentials: Option<SharedCredentialsProvider>,
    http_client: Option<SharedHttpClient>,
    timeout: Duration,
    made: PhantomData<fn() -> C>,
}

impl<C> AwsBuilder<C> {
    pub(crate) fn new() -> Self {
        Self {
            region: None,
            endpoint: None,
            credentials: None,
            http_client: None,
            timeout: Duration::from_secs(10),
            made: PhantomData,
        }
    }

    /// The region: calls are signed for it, and its endpoint is asked where none is given. Required.
    #[must_use]
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Another endpoint than AWS's own of the region: an `http://` or `https://` URL.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Whose credentials sign the calls. They are asked for at each call: wrap a provider that is slow in
    /// [`Cached`](crate::Cached).
    #[must_use]
    pub fn credentials(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(provider));
        self
    }

    /// The HTTP client, to share connections with other clients. By default one of its own, over rustls.
    #[must_use]
    pub fn http_client(mut self, client: SharedHttpClient) -> Self {
        self.http_client = Some(client);
        self
    }

    /// How long one call may take. Default: 10 s.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The settings, checked.
    pub(crate) fn settings(self) -> Result<Settings, Error> {
        let region = self.region.ok_or_else(|| {
            Error::invalid("no region is set").with_remedy("set one, such as `eu-central-1` (`AWS_REGION`)")
        })?;
        if let Some(url) = &self.endpoint {
            check_endpoint(url)?;
        }
        let signed = self.credentials.is_some();
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(aws_types::region::Region::new(region.as_str().to_owned()))
            .http_client(self.http_client.unwrap_or_else(own_http_client))
            .identity_cache(aws_sdk_sts::config::IdentityCache::no_cache())
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(self.timeout).build())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        config.set_endpoint_url(self.endpoint);
        config.set_credentials_provider(self.credentials);
        Ok(Settings {
            config: config.build(),
            region,
            signed,
        })
    }
}

impl<C> fmt::Debug for AwsBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsBuilder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// What an SDK client is made of, and what an adapter wants to know besides.
pub(crate) struct Settings {
    pub(crate) config: SdkConfig,
    pub(crate) region: Region,
    /// Whether there is anyone to sign calls.
    pub(crate) signed: bool,
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
