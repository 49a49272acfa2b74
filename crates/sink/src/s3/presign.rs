//! Links that let whoever has them read one object for a while. They must not change anything.

use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;

use crate::s3::S3Sink;
use crate::{Effect, Error, ErrorKind, ObjectKey, Operation};

impl S3Sink {
    /// Signs a link with which anybody can read an object, without credentials of their own, for `lifetime`, at most seven
    /// days. A link ends earlier where the credentials that sign it do. Nothing is sent, but to find out the region.
    ///
    /// # Errors
    ///
    /// `InvalidRequest` for a lifetime that no link can have; `Credentials`; else those of finding out the region. Always
    /// `NotApplied`.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    pub async fn presigned_get(&self, key: &ObjectKey, lifetime: Duration) -> Result<String, Error> {
        let connection = self.connection().await?;
        let failed = |kind, message: &str| {
            Error::new(Operation::Get, kind, Effect::NotApplied)
                .with_key(key.as_str())
                .with_place(self.to_string())
                .with_message(message)
        };
        let config = PresigningConfig::expires_in(lifetime).map_err(|error| {
            failed(ErrorKind::InvalidRequest, "no link can be good for so long").with_source(error)
        })?;
        // Without the expected owner: it is a header, which a browser would not send.
        let signed = connection
            .client
            .get_object()
            .bucket(self.bucket().as_str())
            .key(key.as_str())
            .presigned(config)
            .await
            .map_err(|error| {
                failed(ErrorKind::Credentials, "the link cannot be signed").with_source(error)
            })?;
        Ok(signed.uri().to_owned())
    }
}
