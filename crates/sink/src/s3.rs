//! Amazon S3, and stores that speak its API, as a sink. It must not know who made the credentials.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;

pub use crate::s3::bucket_owner::BucketOwner;
pub use crate::s3::builder::S3SinkBuilder;
use crate::s3::client::Connection;
pub use crate::s3::endpoints::AwsEndpoints;
pub use crate::s3::http_client::{HttpClientBuilder, shared_http_client};
use crate::s3::settings::Settings;
pub use crate::s3::settings::{Addressing, ChecksumHeaders};
use crate::{
    BucketAddress, Effect, Error, ErrorKind, ListPage, ListToken, MultipartSink, Object, ObjectInfo,
    ObjectKey, Part, Payload, PutMode, PutOptions, PutOutcome, Region, Sink, Upload,
};

mod asked;
mod attempt;
mod body;
mod bucket_owner;
mod builder;
mod checksums;
mod classify;
mod client;
mod delete;
mod encryption;
mod endpoints;
mod failure;
mod genuine;
mod http_client;
mod list;
mod multipart;
mod presign;
mod put;
mod read;
mod region;
mod settings;
mod told;

/// A bucket in Amazon S3, or in a store that speaks its API.
///
/// One call is one request; nothing is retried, but for a call that was refused because its region was found out and
/// the bucket is in another one: it is sent once more, to the right one. Every request names the expected owner of the bucket if one
/// is set, every put carries its SHA-256 and signs it, and nothing is sent before the bucket's region is
/// known.
///
/// Credentials are cached as the AWS SDK does, in a cache of this sink's own or that of the `SdkConfig`. A provider that caches by itself, and better, like
/// `bucketline_auth::Cached`, is asked before every request instead
/// ([`caching_credentials`](S3SinkBuilder::caching_credentials)).
///
/// A call whose time is up, or whose future is dropped, closes its connection. A forgotten one would keep the
/// key locked on stores that lock it while a body is under way (MinIO, for up to 30 seconds), and the retry
/// would wait behind it.
///
/// # Permissions
///
/// `put`: `s3:PutObject` (and `kms:GenerateDataKey`, `kms:Decrypt` with a KMS key); `get` and `head`:
/// `s3:GetObject`; `list`: `s3:ListBucket`; `delete`: `s3:DeleteObject`; finding the region:
/// `s3:GetBucketLocation`; uploads in parts: those of `put`, and `s3:AbortMultipartUpload` to give one up.
///
/// ```
/// use aws_credential_types::Credentials;
/// use bucketline_sink::{BucketName, S3Sink};
///
/// let sink = S3Sink::builder(BucketName::parse("acme-events")?)
///     .credentials(Credentials::new("AKIA...", "secret", None, None, "configuration"))
///     .expected_owner("111122223333".parse()?)
///     .build()?;
/// assert_eq!(sink.to_string(), "s3://acme-events");
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Clone)]
pub struct S3Sink(Arc<Inner>);

struct Inner {
    settings: Settings,
    /// Locked while the region is being found out, so that this happens once.
    known: tokio::sync::Mutex<Known>,
    /// Times that the region was asked for in vain, as in `known`, readable without its lock.
    in_vain: AtomicU64,
}

/// The client, once the region is known; until then, why it is not.
#[derive(Default)]
struct Known {
    connection: Option<Connection>,
    in_vain: u64,
    failure: Option<Error>,
}

impl S3Sink {
    /// Starts the settings of a sink over `bucket`: a [`BucketName`](crate::BucketName), or an access point before one.
    pub fn builder(bucket: impl Into<BucketAddress>) -> S3SinkBuilder {
        S3SinkBuilder::new(bucket.into())
    }

    fn new(settings: Settings) -> Self {
        let connection = settings
            .region
            .clone()
            .map(|region| Connection::new(&settings, region));
        let known = tokio::sync::Mutex::new(Known {
            connection,
            ..Known::default()
        });
        Self(Arc::new(Inner {
            settings,
            known,
            in_vain: AtomicU64::new(0),
        }))
    }

    /// The bucket, as requests name it.
    #[must_use]
    pub fn bucket(&self) -> &BucketAddress {
        &self.0.settings.bucket
    }

    /// Asks the store for the bucket's region, and uses it from now on unless one was configured.
    ///
    /// The first call that needs the region does this by itself; a caller who wants to show or check it does
    /// it by name.
    ///
    /// # Errors
    ///
    /// Any kind but `NotFound` and `WrongRegion`; always `NotApplied`. `AccessDenied` only if the refusal did
    /// not tell the region either.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn resolve_region(&self) -> Result<Region, Error> {
        let region = region::ask(self).await?;
        if self.0.settings.region.is_none() {
            self.0.known.lock().await.connection = Some(Connection::new(&self.0.settings, region.clone()));
        }
        Ok(region)
    }

    /// Asks the store for the bucket's region, and takes nothing but its answer: for who wants to know whether the
    /// question itself is allowed. A refusal that names the region is [`WrongRegion`](crate::ErrorKind::WrongRegion).
    ///
    /// # Errors
    ///
    /// Any kind but `NotFound`; always `NotApplied`.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn location(&self) -> Result<Region, Error> {
        region::location(self).await
    }

    /// The connection, with the region found out if it was not known yet. Whoever waited for somebody else's
    /// question shares its answer, a bad one too: else each would ask a store that does not answer, one after
    /// the other.
    async fn connection(&self) -> Result<Connection, Error> {
        let before = self.0.in_vain.load(Ordering::Acquire);
        let mut known = self.0.known.lock().await;
        if let Some(connection) = &known.connection {
            return Ok(connection.clone());
        }
        if let Some(failure) = known.failure.as_ref().filter(|_| known.in_vain != before) {
            return Err(failure.clone());
        }
        match region::ask(self).await {
            Ok(region) => {
                let connection = Connection::new(&self.0.settings, region);
                known.connection = Some(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                known.in_vain += 1;
                known.failure = Some(error.clone());
                self.0.in_vain.store(known.in_vain, Ordering::Release);
                Err(error)
            }
        }
    }

    /// Whether a call was refused for a region that was found out, and surely did nothing.
    fn went_astray(&self, error: &Error) -> bool {
        self.0.settings.region.is_none()
            && matches!(error.kind(), ErrorKind::WrongRegion { .. })
            && error.effect() == Effect::NotApplied
    }

    /// The answer of the call that was sent again. One that went astray as well met a bucket on the move, which is no
    /// setting of anyone's.
    fn arrived<T>(&self, answer: Result<T, Error>) -> Result<T, Error> {
        answer.map_err(|error| {
            if self.went_astray(&error) {
                error.with_kind(ErrorKind::Redirected)
            } else {
                error
            }
        })
    }

    fn owner(&self) -> Option<String> {
        self.0
            .settings
            .owner
            .as_ref()
            .map(|owner| owner.as_str().to_owned())
    }
}

#[async_trait]
impl Sink for S3Sink {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        match put::put(self, key, payload.clone(), options).await {
            Err(error) if self.went_astray(&error) => {
                self.arrived(put::put(self, key, payload, options).await)
            }
            answer => answer,
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        match read::head(self, key).await {
            Err(error) if self.went_astray(&error) => self.arrived(read::head(self, key).await),
            answer => answer,
        }
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        match read::get(self, key).await {
            Err(error) if self.went_astray(&error) => self.arrived(read::get(self, key).await),
            answer => answer,
        }
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        match list::page(self, prefix, after).await {
            Err(error) if self.went_astray(&error) => self.arrived(list::page(self, prefix, after).await),
            answer => answer,
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match delete::delete(self, key).await {
            Err(error) if self.went_astray(&error) => self.arrived(delete::delete(self, key).await),
            answer => answer,
        }
    }
}

#[async_trait]
impl MultipartSink for S3Sink {
    async fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        match multipart::begin(self, key, options).await {
            Err(error) if self.went_astray(&error) => {
                self.arrived(multipart::begin(self, key, options).await)
            }
            answer => answer,
        }
    }

    // An upload that is under way was begun in the right region.

    async fn put_part(&self, upload: &Upload, number: u32, payload: Payload) -> Result<Part, Error> {
        multipart::put_part(self, upload, number, payload).await
    }

    async fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        multipart::complete(self, upload, parts, mode).await
    }

    async fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        multipart::abort(self, upload).await
    }
}

impl fmt::Display for S3Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.0.settings.bucket)?;
        match &self.0.settings.endpoint {
            Some(endpoint) => write!(f, " at {endpoint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for S3Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3Sink")
            .field("settings", &self.0.settings)
            .finish_non_exhaustive()
    }
}
