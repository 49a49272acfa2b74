//! Whether an answer can only be the store's: proxies, firewalls and portals answer in its place, with a page, with
//! nothing, or with a status of their own. It must not know what the answer is for.
//!
//! Amazon S3 puts its request id on every answer. Other stores put headers of their own on them, `x-amz-` or
//! `x-goog-`, or answer in S3's XML; whether such a store gives request ids, and whether it says checksums again, is
//! learnt from answers that are surely its own, and then expected of all.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use aws_sdk_s3::config::interceptors::{
    AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextRef,
};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, Metadata};

/// An answer that counts for nothing, and why. It says nothing of the answer's contents, which are not ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Foreign {
    why: &'static str,
}

impl Foreign {
    pub(super) const fn new(why: &'static str) -> Self {
        Self { why }
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.why)
    }
}

impl std::error::Error for Foreign {}

/// What is known of how a store answers. Shared by all clients of one sink.
#[derive(Debug, Clone)]
pub(super) struct Habits(Arc<Known>);

#[derive(Debug)]
struct Known {
    /// One of the constants below.
    request_ids: AtomicU8,
    echoes: AtomicBool,
}

const NOT_KNOWN: u8 = 0;
const GIVEN: u8 = 1;
const NOT_GIVEN: u8 = 2;

impl Habits {
    /// Amazon S3 gives request ids and says checksums again; of others nothing is known at first.
    pub(super) fn new(amazon: bool) -> Self {
        Self(Arc::new(Known {
            request_ids: AtomicU8::new(if amazon { GIVEN } else { NOT_KNOWN }),
            echoes: AtomicBool::new(amazon),
        }))
    }

    fn request_ids(&self) -> u8 {
        self.0.request_ids.load(Ordering::Relaxed)
    }

    /// Learns from an answer that is surely the store's.
    fn learn(&self, response: &HttpResponse) {
        let now = if has_request_id(response) {
            GIVEN
        } else {
            NOT_GIVEN
        };
        // Once given, expected for good: a store does not unlearn it.
        if self.request_ids() != GIVEN {
            self.0.request_ids.store(now, Ordering::Relaxed);
        }
    }

    /// Why a put that was answered with success cannot be taken for done; nothing if it can.
    ///
    /// `agrees`: whether the checksum in the answer is the one that was sent, where there is one.
    pub(super) fn doubt(&self, etag: bool, request_id: bool, agrees: Option<bool>) -> Option<Foreign> {
        let why = match agrees {
            Some(false) => "it says another checksum than the one of the bytes sent",
            _ if !etag => "it names no ETag",
            None if self.0.echoes.load(Ordering::Relaxed) => "it does not say the checksum again",
            // An id may be missing only where the store is known to give none.
            _ if !request_id && self.request_ids() != NOT_GIVEN => "it has no request id",
            _ => {
                if agrees == Some(true) {
                    self.0.echoes.store(true, Ordering::Relaxed);
                }
                return None;
            }
        };
        Some(Foreign::new(why))
    }

    /// Whether a refusal is the store's own word: its code and its request id, or for answers without a body the id
    /// alone. A store that gives no ids is taken at its code.
    pub(super) fn refuses(&self, response: &HttpResponse, code: Option<&str>, has_body: bool) -> bool {
        let id = has_request_id(response);
        let id_is_due = self.request_ids() == GIVEN;
        if has_body {
            // A body that names its code in S3's own XML is no page of a proxy; without an id it counts where none is due.
            code.is_some() && (id || !id_is_due)
        } else {
            id || (!id_is_due && (has_own_header(response) || response.status().as_u16() == 404))
        }
    }
}

/// Looks at every answer before anything is read from it.
#[derive(Debug)]
pub(super) struct Doorkeeper {
    habits: Habits,
}

impl Doorkeeper {
    pub(super) const fn new(habits: Habits) -> Self {
        Self { habits }
    }
}

impl Intercept for Doorkeeper {
    fn name(&self) -> &'static str {
        "Doorkeeper"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if !response.status().is_success() {
            return Ok(());
        }
        if !matches!(response.status().as_u16(), 200 | 204 | 206) {
            return Err(Foreign::new("it has a status that the store does not use").into());
        }
        if is_page(response) {
            return Err(Foreign::new("it is a page for people").into());
        }
        if self.habits.request_ids() == GIVEN && !has_request_id(response) {
            return Err(Foreign::new("it has no request id").into());
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        if !response.status().is_success() {
            return Ok(());
        }
        let operation = config.load::<Metadata>().map_or("", Metadata::name);
        let status = response.status().as_u16();
        match operation {
            "ListObjectsV2" => self.document(response, "ListBucketResult"),
            "GetBucketLocation" => self.document(response, "LocationConstraint"),
            "CreateMultipartUpload" => self.document(response, "InitiateMultipartUploadResult"),
            // One that failed after its head was sent tells so in its body, which the caller reads.
            "CompleteMultipartUpload" => Ok(()),
            "DeleteObject" | "AbortMultipartUpload" => Ok(()),
            "PutObject" | "UploadPart" if status != 200 => {
                Err(Foreign::new("it has a status that the store does not use").into())
            }
            // What they say is weighed by the caller, with the checksum that was sent.
            "PutObject" | "UploadPart" => Ok(()),
            _ if status == 204 => Err(Foreign::new("it has a status that the store does not use").into()),
            _ if !has_own_header(response) => Err(Foreign::new("it has no header of the store").into()),
            _ => Ok(()),
        }
    }
}

impl Doorkeeper {
    /// An answer whose body is a document of S3's: nobody else makes one.
    fn document(&self, response: &HttpResponse, root: &str) -> Result<(), BoxError> {
        let body = response.body().bytes().unwrap_or_default();
        if body.windows(6).take(1024).any(|window| window == b"<Error") {
            return Ok(());
        }
        let start = body.get(..body.len().min(1024)).unwrap_or_default();
        if !String::from_utf8_lossy(start).contains(&format!("<{root}")) {
            return Err(Foreign::new("its body is not the document that was asked for").into());
        }
        self.habits.learn(response);
        Ok(())
    }
}

fn has_request_id(response: &HttpResponse) -> bool {
    response
        .headers()
        .get("x-amz-request-id")
        .is_some_and(|id| !id.trim().is_empty())
}

fn has_own_header(response: &HttpResponse) -> bool {
    response
        .headers()
        .iter()
        .any(|(name, _)| name.starts_with("x-amz-") || name.starts_with("x-goog-"))
}

/// An object may be a page as well; then it comes with the store's own headers.
fn is_page(response: &HttpResponse) -> bool {
    let html = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/html"));
    html && !has_own_header(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_put_is_done_only_by_an_answer_that_the_store_alone_can_give() {
        let amazon = Habits::new(true);
        assert_eq!(amazon.doubt(true, true, Some(true)), None);
        for (etag, id, agrees) in [
            (false, true, Some(true)),
            (true, false, Some(true)),
            (true, true, Some(false)),
            (true, true, None),
            (false, false, None),
        ] {
            assert!(amazon.doubt(etag, id, agrees).is_some(), "{etag} {id} {agrees:?}");
        }
    }

    #[test]
    fn another_store_is_held_to_what_it_was_seen_to_do() {
        let other = Habits::new(false);
        assert_eq!(
            other.doubt(true, true, None),
            None,
            "it need not say checksums again"
        );
        assert!(
            other.doubt(true, false, Some(true)).is_some(),
            "whether it gives ids is not known yet"
        );
        assert_eq!(other.doubt(true, true, Some(true)), None);
        assert!(other.doubt(true, true, None).is_some(), "it did say them again");

        let without_ids = Habits::new(false);
        without_ids.0.request_ids.store(NOT_GIVEN, Ordering::Relaxed);
        assert_eq!(without_ids.doubt(true, false, None), None);
    }
}
