//! The scope that a request is signed for: service and region.

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use crate::operation::Operation;
use crate::query;
use crate::world::Bucket;

/// Read from a signature that has been checked.
#[derive(Debug)]
pub(super) struct Scope {
    region: String,
    service: String,
}

impl Scope {
    /// None for a request without a signature of version 4.
    pub(super) fn read(headers: &HeaderMap, uri: &Uri) -> Option<Self> {
        let credential = match headers.get(http::header::AUTHORIZATION) {
            Some(header) => {
                let (_, from) = header.to_str().ok()?.split_once("Credential=")?;
                from.split(',').next()?.trim().to_owned()
            }
            None => query::value(uri.query(), "X-Amz-Credential")?,
        };
        // <key id>/<date>/<region>/<service>/aws4_request
        let mut parts = credential.rsplit('/').skip(1);
        let (service, region) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        Some(Self { region, service })
    }
}

/// Whether a signed request is signed in today's way, and for S3.
pub(super) fn check_service(scope: Option<&Scope>) -> S3Result<()> {
    match scope.map(|scope| scope.service.as_str()) {
        Some("s3") => Ok(()),
        Some(service) => {
            let message = format!(
                "The authorization header is malformed; incorrect service \"{service}\". This endpoint belongs to \"s3\"."
            );
            Err(S3Error::with_message(
                S3ErrorCode::AuthorizationHeaderMalformed,
                message,
            ))
        }
        None => Err(s3_error!(
            InvalidRequest,
            "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."
        )),
    }
}

/// The signing region stands for the endpoint that the client believes the bucket to be at.
///
/// us-east-1 is also the global endpoint, which AWS's DNS leads to the bucket's own region: that one finds the
/// signature made for another region. Any other regional endpoint redirects. GetBucketLocation is answered by
/// us-east-1 for every bucket. Both errors name the right region, as AWS's do.
///
/// Source: "Error responses", S3 API reference; "Methods for accessing a general purpose bucket" and "Making requests
/// using the REST API", S3 user guide.
pub(super) fn check_region(bucket: &Bucket, operation: Operation, scope: Option<&Scope>) -> S3Result<()> {
    let Some(scope) = scope.filter(|scope| scope.region != bucket.region()) else {
        return Ok(());
    };
    let global = scope.region == "us-east-1";
    // Creating a bucket that exists is answered by the operation itself.
    if operation == Operation::CreateBucket || (global && operation == Operation::GetBucketLocation) {
        return Ok(());
    }
    let mut error = if global {
        let message = format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
            scope.region,
            bucket.region()
        );
        S3Error::with_message(S3ErrorCode::AuthorizationHeaderMalformed, message)
    } else {
        s3_error!(
            PermanentRedirect,
            "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint."
        )
    };
    if let Ok(region) = HeaderValue::from_str(bucket.region()) {
        let name = HeaderName::from_static("x-amz-bucket-region");
        error.set_headers(HeaderMap::from_iter([(name, region)]));
    }
    Err(error)
}
