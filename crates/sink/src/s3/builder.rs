//! From settings in text to a sink. It must not send anything.

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_s3::config::IdentityCache;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_types::SdkConfig;
use http::Uri;

use crate::s3::bucket_owner::BucketOwner;
use crate::s3::endpoints::AwsEndpoints;
use crate::s3::genuine::Habits;
use crate::s3::http_client::shared_http_client;
use crate::s3::settings::{Addressing, ChecksumHeaders, Settings};
use crate::{
    AccessPoint, BucketAddress, Effect, Error, ErrorKind, Operation, Region, S3Sink, StorageClass, Tags,
};

/// Settings of an [`S3Sink`]; only bucket and credentials have to be given.
#[must_use]
pub struct S3SinkBuilder {
    bucket: BucketAddress,
    region: Option<Region>,
    endpoint: Option<String>,
    addressing: Option<Addressing>,
    checksums: ChecksumHeaders,
    storage_class: Option<StorageClass>,
    tags: Tags,
    owner: Option<BucketOwner>,
    credentials: Option<SharedCredentialsProvider>,
    identities: Option<SharedIdentityCache>,
    endpoints: AwsEndpoints,
    interceptor: Option<SharedInterceptor>,
    http: Option<SharedHttpClient>,
    connect_timeout: Duration,
    attempt_timeout: Duration,
    idle_timeout: Duration,
    largest_read: u64,
}

impl S3SinkBuilder {
    /// The time to make a connection in, unless set.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

    /// The time for one request, unless set: more than the 30 seconds for which a store may keep a key locked
    /// behind a broken upload.
    pub const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(45);

    /// The longest pause in a body that is read, unless set.
    pub const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
    /// The largest object that is read, unless set, in bytes: 1 GiB.
    pub const LARGEST_READ: u64 = 1 << 30;

    pub(super) fn new(bucket: BucketAddress) -> Self {
        Self {
            bucket,
            region: None,
            endpoint: None,
            addressing: None,
            checksums: ChecksumHeaders::default(),
            storage_class: None,
            tags: Tags::default(),
            owner: None,
            credentials: None,
            identities: None,
            endpoints: AwsEndpoints::default(),
            interceptor: None,
            http: None,
            connect_timeout: Self::CONNECT_TIMEOUT,
            attempt_timeout: Self::ATTEMPT_TIMEOUT,
            idle_timeout: Self::IDLE_TIMEOUT,
            largest_read: Self::LARGEST_READ,
        }
    }

    /// Takes what AWS's settings of an environment say, as `aws-config` loads them: credentials with their cache, region, endpoint,
    /// FIPS and dual stack, HTTP client. What is set by name afterwards takes its place; retries and time limits stay this
    /// sink's own.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: the region is none.
    pub fn sdk_config(mut self, config: &SdkConfig) -> Result<Self, Error> {
        if let Some(region) = config.region() {
            self.region = Some(Region::parse(region.as_ref())?);
        }
        if let Some(credentials) = config.credentials_provider() {
            self.credentials = Some(credentials);
            self.identities = config.identity_cache();
        }
        if let Some(endpoint) = config.endpoint_url() {
            self.endpoint = Some(endpoint.to_owned());
        }
        if let Some(http) = config.http_client() {
            self.http = Some(http);
        }
        self.endpoints = AwsEndpoints::default()
            .fips(config.use_fips().unwrap_or_default())
            .dual_stack(config.use_dual_stack().unwrap_or_default());
        Ok(self)
    }

    /// The bucket's region, like `eu-central-1`. Without it, it is asked of the store before the first
    /// request, as us-east-1 understands the question for every region of AWS's main partition; elsewhere
    /// (China, GovCloud) it has to be set.
    pub fn region(mut self, region: Region) -> Self {
        self.region = Some(region);
        self
    }

    /// Another store than AWS: its URL, `http://` or `https://`. Buckets are then addressed by path, unless
    /// [`addressing`](Self::addressing) says otherwise.
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(url.into());
        self
    }

    /// Where requests name the bucket; without it in the host name on AWS, and in the path of an endpoint.
    pub fn addressing(mut self, addressing: Addressing) -> Self {
        self.addressing = Some(addressing);
        self
    }

    /// Whether requests carry checksum headers: they do unless this says otherwise. A store that refuses them answers
    /// [`ChecksumRefused`](crate::ErrorKind::ChecksumRefused).
    pub fn checksum_headers(mut self, headers: ChecksumHeaders) -> Self {
        self.checksums = headers;
        self
    }

    /// The storage class of objects whose put asks for none.
    pub fn storage_class(mut self, class: StorageClass) -> Self {
        self.storage_class = Some(class);
        self
    }

    /// The tags of objects whose put asks for none.
    pub fn tags(mut self, tags: Tags) -> Self {
        self.tags = tags;
        self
    }

    /// Which of AWS's own addresses are used.
    pub fn aws_endpoints(mut self, endpoints: AwsEndpoints) -> Self {
        self.endpoints = endpoints;
        self
    }

    /// Who signs the requests. What it gives is cached as the AWS SDK does, until shortly before it expires.
    pub fn credentials(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(provider));
        self.identities = None;
        self
    }

    /// Who signs the requests, and caches by itself: it is asked before each one, so that credentials that it has renewed are used
    /// at once. The SDK's own cache refreshes late, lets everybody wait meanwhile, and does not learn of refused keys.
    pub fn caching_credentials(mut self, provider: impl ProvideCredentials + 'static) -> Self {
        self.credentials = Some(SharedCredentialsProvider::new(provider));
        self.identities = Some(IdentityCache::no_cache());
        self
    }

    /// Sees every request and answer: a credentials cache that is to learn of the keys that the store refuses brings
    /// one (`bucketline_auth::Cached::interceptor`).
    pub fn interceptor(mut self, interceptor: SharedInterceptor) -> Self {
        self.interceptor = Some(interceptor);
        self
    }

    /// The 12-digit account that has to own the bucket ([bucket owner
    /// condition](https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html)). Every
    /// request names it; AWS refuses those to another account's bucket with `AccessDenied`. Not every other
    /// store checks it.
    pub fn expected_owner(mut self, account: BucketOwner) -> Self {
        self.owner = Some(account);
        self
    }

    /// The HTTP client; [`shared_http_client`] if none is set.
    pub fn http_client(mut self, client: SharedHttpClient) -> Self {
        self.http = Some(client);
        self
    }

    /// The time to make a connection in.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = timeout;
        self
    }

    /// The time for one request with its answer. A put gets one second more for each 256 KiB, and the body of a read
    /// has as much time again, with one second more for each 256 KiB that came.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// The longest pause in a body that is read: after it the read is given up.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.idle_timeout = timeout;
        self
    }

    /// The largest object that is read, in bytes. A read is whole and in memory, and what lies in a bucket is its
    /// owner's choice: a larger one is refused as `Unsupported`, before its body is taken in.
    pub fn largest_read(mut self, bytes: u64) -> Self {
        self.largest_read = bytes;
        self
    }

    /// Checks the settings. Nothing is sent.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` naming the setting, `Credentials` if there are none; `NotApplied`.
    pub fn build(self) -> Result<S3Sink, Error> {
        let point = self.bucket.access_point().filter(|point| point.is_arn());
        if let (Some(point), Some(region)) = (point.and_then(AccessPoint::region), &self.region)
            && point != region
        {
            return Err(invalid(format!(
                "the access point is in `{point}`, and the region is set to `{region}`: leave the region out"
            )));
        }
        if point.is_some() && self.addressing == Some(Addressing::Path) {
            return Err(invalid(
                "an access point's ARN cannot be named in the path: leave the addressing out, or put its alias".to_owned(),
            ));
        }
        let region = self
            .region
            .or_else(|| point.and_then(AccessPoint::region).cloned());
        let addressing = point.map_or(self.addressing, |_| Some(Addressing::Virtual));
        let endpoint = self.endpoint.as_deref().map(checked_endpoint).transpose()?;
        let Some(credentials) = self.credentials else {
            return Err(
                Error::new(Operation::Open, ErrorKind::Credentials, Effect::NotApplied)
                    .with_message("no credentials were given"),
            );
        };
        Ok(S3Sink::new(Settings {
            habits: Habits::new(endpoint.is_none()),
            bucket: self.bucket,
            region,
            endpoint,
            addressing,
            checksums: self.checksums,
            storage_class: self.storage_class,
            tags: self.tags,
            owner: self.owner,
            credentials,
            identities: self.identities.unwrap_or_else(|| IdentityCache::lazy().build()),
            endpoints: self.endpoints,
            interceptor: self.interceptor,
            http: self.http.unwrap_or_else(shared_http_client),
            connect_timeout: self.connect_timeout,
            attempt_timeout: self.attempt_timeout,
            idle_timeout: self.idle_timeout,
            largest_read: self.largest_read,
        }))
    }
}

/// The endpoint without a trailing slash. The text of a refusal does not repeat what may hold a password.
fn checked_endpoint(text: &str) -> Result<String, Error> {
    let text = text.trim_end_matches('/');
    let uri: Uri = text.parse().map_err(|_| {
        invalid("the endpoint is not a URL; it looks like `https://s3.example.net`".to_owned())
    })?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) {
        return Err(invalid(
            "the endpoint has to begin with `http://` or `https://`".to_owned(),
        ));
    }
    if uri
        .authority()
        .is_none_or(|authority| authority.as_str().contains('@'))
    {
        return Err(invalid(
            "the endpoint must not hold a user or password".to_owned(),
        ));
    }
    if uri.query().is_some() {
        return Err(invalid("the endpoint must not have a query".to_owned()));
    }
    Ok(text.to_owned())
}

fn invalid(message: String) -> Error {
    Error::new(Operation::Open, ErrorKind::InvalidRequest, Effect::NotApplied).with_message(message)
}

impl fmt::Debug for S3SinkBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3SinkBuilder")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("owner", &self.owner)
            .field(
                "credentials",
                &self.credentials.as_ref().map(|_| "** redacted **"),
            )
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BucketName;
    use aws_credential_types::Credentials;

    const SECRET: &str = "canary-secret-4c1f";

    fn builder() -> S3SinkBuilder {
        let bucket = BucketName::parse("acme-events").unwrap();
        S3Sink::builder(bucket).credentials(Credentials::new(
            "AKIAEXAMPLE",
            SECRET,
            Some(SECRET.into()),
            None,
            "test",
        ))
    }

    fn refusal(builder: S3SinkBuilder) -> String {
        builder.build().unwrap_err().to_string()
    }

    #[test]
    fn each_setting_is_checked() {
        assert!(builder().build().is_ok());
        for endpoint in [
            "s3.example.net",
            "ftp://s3.example.net",
            "http://",
            "http://s3.example.net/?a",
        ] {
            assert!(
                refusal(builder().endpoint(endpoint)).contains("endpoint"),
                "{endpoint}"
            );
        }
        let bucket = BucketName::parse("acme-events").unwrap();
        assert_eq!(
            *S3Sink::builder(bucket).build().unwrap_err().kind(),
            ErrorKind::Credentials
        );
    }

    #[test]
    fn an_access_point_brings_its_region_and_is_never_in_the_path() {
        const POINT: &str = "arn:aws:s3:eu-central-1:111122223333:accesspoint/export";
        let point = || {
            let address: BucketAddress = POINT.parse().unwrap();
            S3Sink::builder(address).credentials(Credentials::new("AKIAEXAMPLE", SECRET, None, None, "test"))
        };
        let sink = point().build().unwrap();
        assert_eq!(sink.0.settings.region, "eu-central-1".parse().ok());
        assert!(point().region("eu-central-1".parse().unwrap()).build().is_ok());
        assert!(refusal(point().region("us-east-1".parse().unwrap())).contains("leave the region out"));
        assert!(refusal(point().addressing(Addressing::Path)).contains("put its alias"));
    }

    #[test]
    fn no_secret_is_shown() {
        let full = builder().endpoint("https://s3.example.net/");
        assert!(!format!("{full:?}").contains(SECRET));
        let sink = full.build().unwrap();
        assert!(!format!("{sink:?} {sink} {:?}", sink.0.settings).contains(SECRET));
        assert_eq!(sink.to_string(), "s3://acme-events at https://s3.example.net");
        let bad = refusal(builder().endpoint(format!("http://user:{SECRET}@s3.example.net")));
        assert!(!bad.contains(SECRET), "{bad}");
    }
}
