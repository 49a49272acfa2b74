//! What an answer tells of an object, and whether it can be taken for the store's word. It must not know which call it answers.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_s3::error::ProvideErrorMetadata;

use crate::s3::S3Sink;
use crate::s3::attempt::{Call, Refusal, unusable};
use crate::s3::client::Connection;
use crate::s3::settings::ChecksumHeaders;
use crate::{
    Checksum, Checksums, ETag, EncryptionSeen, Error, ErrorKind, ObjectInfo, ObjectKey, PutMode, PutOutcome,
    Receipt,
};

/// What the headers of an answer say of an object or a part.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) etag: Option<ETag>,
    pub(super) version_id: Option<String>,
    pub(super) checksums: Checksums,
    pub(super) encryption: EncryptionSeen,
    pub(super) request_id: Option<String>,
    pub(super) host_id: Option<String>,
}

/// Reads [`Told`] off an answer of the SDK: its outputs share no trait. Parts have no versions.
macro_rules! told {
    (part $answer:expr) => {{
        let (request_id, host_id) = $crate::s3::attempt::request_ids(&$answer);
        $crate::s3::told::Told {
            etag: $answer
                .e_tag()
                .filter(|tag| !tag.is_empty())
                .map($crate::ETag::new),
            version_id: None,
            checksums: $crate::s3::checksums::said(
                $answer.checksum_sha256(),
                $answer.checksum_crc64_nvme(),
                $answer.checksum_crc32_c(),
            ),
            encryption: $crate::s3::encryption::seen(
                $answer.server_side_encryption(),
                $answer.ssekms_key_id(),
                $answer.bucket_key_enabled(),
            ),
            request_id,
            host_id,
        }
    }};
    ($answer:expr) => {
        $crate::s3::told::Told {
            version_id: $answer.version_id().map(str::to_owned),
            ..$crate::s3::told::told!(part $answer)
        }
    };
}

pub(super) use told;

/// Whether a store that says checksums again has to say this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Echo {
    /// It was sent with the bytes.
    Due,
    /// The answer is a document that nobody else makes, or no checksum was sent.
    Welcome,
}

impl Told {
    /// Takes the answer to a write for the store's own word, or says why it cannot be.
    pub(super) fn believed(
        self,
        sink: &S3Sink,
        call: &Call<'_>,
        sent: &Checksum,
        echo: Echo,
    ) -> Result<Self, Error> {
        let settings = &sink.0.settings;
        let agrees = match self.checksums.agrees_with(sent) {
            None if echo == Echo::Welcome || settings.checksums == ChecksumHeaders::Omitted => Some(true),
            agrees => agrees,
        };
        match settings
            .habits
            .doubt(self.etag.is_some(), self.request_id.is_some(), agrees)
        {
            None => Ok(self),
            Some(doubt) => Err(unusable(sink, call, ErrorKind::NotTheStore, &doubt.to_string())
                .with_status(200)
                .with_request_ids(self.request_id, self.host_id)),
        }
    }

    pub(super) fn receipt(self) -> Receipt {
        Receipt {
            etag: self.etag,
            version_id: self.version_id,
            checksums: self.checksums,
            encryption: self.encryption,
            request_id: self.request_id,
        }
    }

    pub(super) fn info(
        &self,
        key: &ObjectKey,
        size: u64,
        metadata: Option<&HashMap<String, String>>,
    ) -> ObjectInfo {
        ObjectInfo {
            etag: self.etag.clone(),
            version_id: self.version_id.clone(),
            checksums: self.checksums.clone(),
            encryption: self.encryption.clone(),
            metadata: sorted(metadata),
            ..ObjectInfo::new(key.clone(), size)
        }
    }
}

impl S3Sink {
    /// What a refused write under a condition means: that the condition did not hold, or an error.
    pub(super) async fn unmet_or_error<E>(
        &self,
        call: &Call<'_>,
        connection: &Connection,
        mode: &PutMode,
        refusal: Refusal<E>,
    ) -> Result<PutOutcome, Error>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        if refusal.status() == Some(412) && *mode != PutMode::Overwrite && self.is_own(&refusal) {
            return Ok(PutOutcome::PreconditionFailed);
        }
        let error = self.explain(call, &connection.region, refusal).await;
        // `If-Match` on a key without an object: S3 says NoSuchKey, and it is the condition that did not hold.
        if *error.kind() == ErrorKind::NotFound && matches!(mode, PutMode::IfMatch(_)) {
            return Ok(PutOutcome::PreconditionFailed);
        }
        Err(error)
    }
}

fn sorted(metadata: Option<&HashMap<String, String>>) -> BTreeMap<String, String> {
    metadata
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()))
        .collect()
}
