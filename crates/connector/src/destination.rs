//! Where a connector delivers: a store and a folder in it. Knows no credentials and opens nothing.

use std::fmt;

use crate::FolderPath;

/// The endpoint that stands for local directories.
pub(crate) const LOCAL: &str = "file:";

/// A connector's destination, as an identity to be compared: two connectors with the same [`store`](Self::store) write
/// into the same bucket, and their folders must not overlap.
///
/// ```
/// use bucketline_connector::Destination;
///
/// let aws = Destination::bucket("acme-events", "", "currents".parse()?);
/// assert_eq!(aws.to_string(), "s3://acme-events/currents");
/// let local = Destination::directory("/data/out", "currents".parse()?);
/// assert_ne!(aws.store(), local.store());
/// # Ok::<(), bucketline_connector::InvalidFolderPath>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination {
    endpoint: String,
    bucket: String,
    folder: FolderPath,
}

impl Destination {
    /// A bucket, and the folder in it. `endpoint` tells apart stores that may have buckets of one name: empty for AWS
    /// itself, else the canonical URL of a custom endpoint.
    pub fn bucket(bucket: impl Into<String>, endpoint: impl Into<String>, folder: FolderPath) -> Self {
        Self {
            endpoint: endpoint.into(),
            bucket: bucket.into(),
            folder,
        }
    }

    /// A local directory, by its canonical path, and the folder in it.
    pub fn directory(path: impl Into<String>, folder: FolderPath) -> Self {
        Self::bucket(path, LOCAL, folder)
    }

    /// The endpoint.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The bucket's name, or the directory's path.
    pub fn bucket_name(&self) -> &str {
        &self.bucket
    }

    /// The folder.
    pub fn folder(&self) -> &FolderPath {
        &self.folder
    }

    /// The identity of the store without the folder.
    pub fn store(&self) -> String {
        format!("{}/{}", self.endpoint, self.bucket)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.endpoint == LOCAL {
            write!(f, "{}/{}", self.bucket, self.folder)
        } else {
            write!(f, "s3://{}/{}", self.bucket, self.folder)
        }
    }
}
