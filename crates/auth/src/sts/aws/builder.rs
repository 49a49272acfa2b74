//! The settings of an adapter by name, where no `SdkConfig` is at hand. Sends nothing.

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;

use super::AwsSts;
use crate::{Cached, Error, Region};

/// Makes an [`AwsSts`].
#[derive(Default)]
pub struct AwsStsBuilder {
    region: Option<Region>,
    endpoint: Option<String>,
    credentials: Option<SharedCredentialsProvider>,
    refusals: Option<SharedInterceptor>,
    http_client: Option<SharedHttpClient>,
    timeout: Option<Duration>,
}

impl AwsStsBuilder {
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

    /// Whose credentials sign the calls. They are asked for at each call: of a provider that is slow, give its
    /// [`cached`](Self::cached).
    #[must_use]
    pub fn credentials(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(provider));
        self.refusals = None;
        self
    }

    /// Whose credentials sign the calls, from a cache that is told of those that AWS refuses.
    #[must_use]
    pub fn cached<P: ProvideCredentials + 'static>(mut self, cached: &Cached<P>) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(cached.clone()));
        self.refusals = Some(cached.interceptor());
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
        self.timeout = Some(timeout);
        self
    }

    /// The adapter. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) without a region, or with an endpoint that is no URL.
    pub fn build(self) -> Result<AwsSts, Error> {
        let mut config = SdkConfig::builder();
        config
            .set_region(
                self.region
                    .map(|region| aws_types::region::Region::new(region.as_str().to_owned())),
            )
            .set_endpoint_url(self.endpoint)
            .set_credentials_provider(self.credentials)
            .set_http_client(self.http_client)
            .set_timeout_config(
                self.timeout
                    .map(|timeout| TimeoutConfig::builder().operation_timeout(timeout).build()),
            );
        AwsSts::of(&config.build(), self.refusals)
    }
}

impl fmt::Debug for AwsStsBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AwsStsBuilder")
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
