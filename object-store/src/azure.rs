//! Azure Blob Storage. It must not know how credentials were made.

use bucketline_sink::Error;
use object_store::azure::MicrosoftAzureBuilder;

use crate::failure::unusable;
use crate::{MetadataNames, ObjectStoreSink, http};

/// A container of Azure Blob Storage: `builder` says which, and who signs. Its retries and all its client options are the sink's:
/// a proxy or certificates set on `builder` are not used, and plain HTTP is allowed where the address says so.
///
/// # Errors
///
/// `InvalidRequest`, `NotApplied`: the settings cannot be used.
pub fn azure(builder: MicrosoftAzureBuilder) -> Result<ObjectStoreSink, Error> {
    let store = builder
        .with_retry(http::one_attempt())
        .with_client_options(http::options())
        .build()
        .map_err(unusable)?;
    Ok(ObjectStoreSink::new(store).metadata_names(MetadataNames::Identifiers))
}
