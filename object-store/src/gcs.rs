//! Google Cloud Storage. It must not know how credentials were made.

use bucketline_sink::Error;
use object_store::gcp::GoogleCloudStorageBuilder;

use crate::failure::unusable;
use crate::{MetadataNames, ObjectStoreSink, http};

/// A bucket of Google Cloud Storage: `builder` says which, and who signs. Its retries and all its client options are the sink's:
/// a proxy or certificates set on `builder` are not used, and plain HTTP is allowed where the address says so.
///
/// # Errors
///
/// `InvalidRequest`, `NotApplied`: the settings cannot be used.
pub fn gcs(builder: GoogleCloudStorageBuilder) -> Result<ObjectStoreSink, Error> {
    let store = builder
        .with_retry(http::one_attempt())
        .with_client_options(http::options())
        .build()
        .map_err(unusable)?;
    Ok(ObjectStoreSink::new(store).metadata_names(MetadataNames::Plain))
}
