//! Azure Blob Storage. It must not know how credentials were made.

use bucketline_sink::Error;
use object_store::azure::MicrosoftAzureBuilder;

use crate::failure::unusable;
use crate::{MetadataNames, ObjectStoreSink, http};

/// A container of Azure Blob Storage: `builder` says which, and who signs. Its retries and time limits are the sink's.
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
