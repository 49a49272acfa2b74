//! The request and the answer of the API, as programs write and read them. Pure.

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind, ExportJob, ExportKind, JobRecord, Packing, WorkspaceId};

/// What a program asks for.
///
/// ```
/// use bucketline_export::ApiRequest;
///
/// let request: ApiRequest = serde_json::from_str(
///     r#"{"segment_id": "abc56c0c", "fields_to_export": ["external_id", "email"], "output_format": "gzip"}"#,
/// )?;
/// let job = request.into_job("acme".parse()?)?;
/// assert_eq!(job.wanted_columns(), ["external_id", "email"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ApiRequest {
    /// The segment.
    pub segment_id: String,
    /// The members of users that are wanted: at least one.
    pub fields_to_export: Vec<String>,
    /// Where to post that it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub callback_endpoint: Option<String>,
    /// Zip unless said; gzip only into a storage integration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_format: Option<Packing>,
}

impl ApiRequest {
    /// The job, whose rows have still to be named.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`]: which member, and what is wrong with it.
    pub fn into_job(self, workspace: WorkspaceId) -> Result<ExportJob, Error> {
        if self.fields_to_export.is_empty() {
            return Err(Error::new(
                ErrorKind::Invalid,
                "`fields_to_export` names no field",
            ));
        }
        let mut job = ExportJob::new(workspace, ExportKind::SegmentExport(self.segment_id.parse()?))
            .columns(self.fields_to_export)?;
        if let Some(packing) = self.output_format {
            job = job.with_packing(packing)?;
        }
        if let Some(url) = self.callback_endpoint {
            job = job.callback(url);
        }
        Ok(job)
    }
}

/// What a program is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiAnswer {
    /// `success`.
    pub message: String,
    /// What the keys of the files have after the day: the place in the storage.
    pub object_prefix: String,
    /// The download link, once there is one; never with a storage integration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl ApiAnswer {
    /// The answer for a job that was taken; `url` where the file is there already, and is no answer with a storage
    /// integration.
    #[must_use]
    pub fn taken(record: &JobRecord, url: Option<String>) -> Self {
        Self {
            message: "success".to_owned(),
            object_prefix: record.object_prefix().unwrap_or_default(),
            url: url.filter(|_| record.delivery.link == crate::Link::InAnswer),
        }
    }
}
