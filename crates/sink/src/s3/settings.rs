//! The checked settings of one S3 sink. They must not show the credentials.

use std::fmt;
use std::time::Duration;

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::identity::SharedIdentityCache;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;

use crate::s3::bucket_owner::BucketOwner;
use crate::s3::endpoints::AwsEndpoints;
use crate::s3::genuine::Habits;
use crate::{BucketAddress, Region, StorageClass, Tags};

/// Where a request names its bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "S3 has these two")]
pub enum Addressing {
    /// In the path: `https://s3.example.net/bucket/key`.
    Path,
    /// In the host name: `https://bucket.s3.example.net/key`.
    Virtual,
}

/// Whether requests carry checksum headers.
///
/// The bytes of a put are hashed and signed in any case (`x-amz-content-sha256`), which keeps them whole on the way. What is lost
/// without the headers: the store keeps no checksum beside an object, so it has to be read to tell whether it is ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a header is sent or it is not")]
pub enum ChecksumHeaders {
    /// They do: a put its SHA-256, an upload in parts CRC-64/NVME.
    #[default]
    Sent,
    /// They do not, for stores that refuse requests with them.
    Omitted,
}

/// What a builder has checked.
pub(super) struct Settings {
    pub(super) bucket: BucketAddress,
    /// As configured; a region that was found out is kept with the client.
    pub(super) region: Option<Region>,
    pub(super) endpoint: Option<String>,
    pub(super) addressing: Option<Addressing>,
    pub(super) checksums: ChecksumHeaders,
    pub(super) storage_class: Option<StorageClass>,
    pub(super) tags: Tags,
    pub(super) owner: Option<BucketOwner>,
    pub(super) credentials: SharedCredentialsProvider,
    /// Kept from client to client, where the region is found out anew.
    pub(super) identities: SharedIdentityCache,
    pub(super) endpoints: AwsEndpoints,
    pub(super) interceptor: Option<SharedInterceptor>,
    pub(super) http: SharedHttpClient,
    pub(super) connect_timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) largest_read: u64,
    /// What is known of how this store answers.
    pub(super) habits: Habits,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("bucket", &self.bucket)
            .field("region", &self.region)
            .field("endpoint", &self.endpoint)
            .field("addressing", &self.addressing)
            .field("checksums", &self.checksums)
            .field("owner", &self.owner)
            .field("endpoints", &self.endpoints)
            .field("connect_timeout", &self.connect_timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("idle_timeout", &self.idle_timeout)
            .field("largest_read", &self.largest_read)
            .finish_non_exhaustive()
    }
}
