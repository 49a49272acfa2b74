//! Which region a bucket is in: asked, or read off a refusal. It must not keep the answer.

use aws_sdk_s3::operation::get_bucket_location::GetBucketLocationOutput;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::s3::S3Sink;
use crate::s3::attempt::Refusal;
use crate::s3::client::Connection;
use crate::{Error, ErrorKind, Operation, Region};

/// Asks for the bucket's region.
///
/// `GetBucketLocation` first. A refusal often tells the region as well, in a header or in its body; where it
/// does not, the answer to `HeadBucket` does, even to those who may not see the bucket. A store of its own
/// that says nothing gets the default region.
pub(super) async fn ask(sink: &S3Sink) -> Result<Region, Error> {
    let settings = &sink.0.settings;
    let region = settings.region.clone().unwrap_or_else(Region::first);
    let connection = Connection::new(settings, region);
    let call = sink.call(Operation::Locate, "");
    let request = connection
        .client
        .get_bucket_location()
        .bucket(settings.bucket.as_str())
        .set_expected_bucket_owner(sink.owner())
        .send();
    let refusal = match sink.attempt(&call, request).await {
        Ok(answer) => return Ok(from_answer(&answer)),
        Err(refusal) => refusal,
    };
    if let Refusal::Sdk(error) = &refusal
        && let Some(region) = error.raw_response().and_then(from_response)
    {
        return Ok(region);
    }
    let error = sink.explain(&call, &connection.region, refusal).await;
    let hidden = matches!(
        error.kind(),
        ErrorKind::AccessDenied
            | ErrorKind::Unsupported
            | ErrorKind::WrongRegion { .. }
            | ErrorKind::Unexpected
    );
    // A refusal without a code, in an answer that has the store's id all the same.
    let hidden = hidden || (*error.kind() == ErrorKind::NotTheStore && error.request_id().is_some());
    if !hidden {
        return Err(error);
    }
    match head(sink, &connection).await {
        Some(region) => Ok(region),
        None if settings.endpoint.is_some() => Ok(Region::first()),
        None => Err(error),
    }
}

/// `GetBucketLocation` alone: whether it is allowed, and what it says.
pub(super) async fn location(sink: &S3Sink) -> Result<Region, Error> {
    let settings = &sink.0.settings;
    let region = settings.region.clone().unwrap_or_else(Region::first);
    let connection = Connection::new(settings, region);
    let call = sink.call(Operation::Locate, "");
    let request = connection
        .client
        .get_bucket_location()
        .bucket(settings.bucket.as_str())
        .set_expected_bucket_owner(sink.owner())
        .send();
    match sink.attempt(&call, request).await {
        Ok(answer) => Ok(from_answer(&answer)),
        Err(refusal) => Err(sink.explain(&call, &connection.region, refusal).await),
    }
}

/// What `HeadBucket` lets on, whatever its answer is.
async fn head(sink: &S3Sink, connection: &Connection) -> Option<Region> {
    let request = connection
        .client
        .head_bucket()
        .bucket(sink.bucket().as_str())
        .set_expected_bucket_owner(sink.owner())
        .send();
    match sink.attempt(&sink.call(Operation::Locate, ""), request).await {
        Ok(answer) => answer.bucket_region().and_then(|region| region.parse().ok()),
        Err(Refusal::Sdk(error)) => error.raw_response().and_then(from_response),
        Err(Refusal::TimedOut(_)) => None,
    }
}

/// `LocationConstraint` is empty for us-east-1, and `EU` for buckets made in eu-west-1 long ago
/// ([GetBucketLocation](https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html)).
fn from_answer(answer: &GetBucketLocationOutput) -> Region {
    let said = match answer.location_constraint().map(|constraint| constraint.as_str()) {
        Some("EU") => "eu-west-1",
        said => said.unwrap_or_default(),
    };
    said.parse().unwrap_or_else(|_| Region::first())
}

/// The region that a refusal tells, in its header or its body.
pub(super) fn from_response(response: &HttpResponse) -> Option<Region> {
    let header = response.headers().get("x-amz-bucket-region");
    header
        .and_then(|region| region.parse().ok())
        .or_else(|| from_body(response.body().bytes().unwrap_or_default()))
}

/// `<Region>` of an error document; the SDK keeps its code and message only.
fn from_body(body: &[u8]) -> Option<Region> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Region>")?;
    let (region, _) = rest.split_once("</Region>")?;
    region.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_s3::types::BucketLocationConstraint;

    #[test]
    fn the_answer_s_old_forms_are_understood() {
        for (constraint, region) in [
            (None, "us-east-1"),
            (Some(""), "us-east-1"),
            (Some("EU"), "eu-west-1"),
            (Some("eu-central-1"), "eu-central-1"),
            (Some("not a region"), "us-east-1"),
        ] {
            let constraint = constraint.map(BucketLocationConstraint::from);
            let answer = GetBucketLocationOutput::builder()
                .set_location_constraint(constraint)
                .build();
            assert_eq!(from_answer(&answer).as_str(), region);
        }
    }

    #[test]
    fn a_body_tells_the_region_only_if_it_is_one() {
        let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>";
        assert_eq!(from_body(body.as_bytes()), "eu-west-1".parse().ok());
        assert_eq!(from_body(b"<Region>evil.example/</Region>"), None);
        assert_eq!(from_body(b"<Region>eu-west-1"), None);
        assert_eq!(from_body(b"\xff"), None);
    }
}
