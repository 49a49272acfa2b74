//! What a request asks for: its operation, bucket and key, read from the HTTP request alone.
//!
//! Faults and counters need the operation before anything is authenticated, so this does not ask the S3 layer; the
//! access hook makes sure that both say the same. Knows nothing of state.

use http::{HeaderMap, Method, Uri};

use crate::operation::Operation;
use crate::query;
use crate::service::Service;

/// One request, as far as its method, address and form body tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    /// Told apart also where the operation is unknown.
    pub(crate) service: Service,
}

impl Call {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        let service = Service::of(method, uri, headers, body);
        if Service::QUERY.contains(&service) {
            let action = query::value(std::str::from_utf8(body).ok(), "Action");
            return Self {
                operation: Operation::of(service, &action.unwrap_or_default()),
                bucket: None,
                key: None,
                service,
            };
        }
        let path = query::decode_path(uri.path());
        let path = path.strip_prefix('/').unwrap_or(&path);
        let (bucket, key) = match path.split_once('/') {
            Some((bucket, key)) => (bucket, (!key.is_empty()).then(|| key.to_owned())),
            None => (path, None),
        };
        let bucket = (!bucket.is_empty()).then(|| bucket.to_owned());
        let operation = s3_operation(method, uri.query(), headers, bucket.is_some(), key.is_some());
        Self {
            operation,
            bucket,
            key,
            service,
        }
    }
}

/// The parameters of ListBuckets.
const LIST_BUCKETS: [&str; 4] = ["prefix", "max-buckets", "continuation-token", "bucket-region"];

fn s3_operation(
    method: &Method,
    uri: Option<&str>,
    headers: &HeaderMap,
    bucket: bool,
    key: bool,
) -> Operation {
    // `x-id` names the operation once more, for people who read access logs.
    let names: Vec<String> = query::pairs(uri.unwrap_or_default())
        .map(|(name, _)| name)
        .filter(|name| name != "x-id" && !name.starts_with("X-Amz-"))
        .collect();
    let plain = names.is_empty();
    let is_part = names.len() == 2
        && ["partNumber", "uploadId"]
            .iter()
            .all(|part| names.iter().any(|name| name == part));
    match (method.as_str(), bucket, key) {
        ("GET", false, false) if names.iter().all(|name| LIST_BUCKETS.contains(&name.as_str())) => {
            Operation::ListBuckets
        }
        ("PUT", true, true) if plain && !headers.contains_key("x-amz-copy-source") => Operation::PutObject,
        ("POST", true, true) if names == ["uploads"] => Operation::CreateMultipartUpload,
        ("POST", true, true) if names == ["uploadId"] => Operation::CompleteMultipartUpload,
        ("PUT", true, true) if is_part && !headers.contains_key("x-amz-copy-source") => Operation::UploadPart,
        ("DELETE", true, true) if names == ["uploadId"] => Operation::AbortMultipartUpload,
        ("GET", true, true) if names.iter().any(|name| name == "uploadId") => Operation::ListParts,
        ("GET", true, false) if names.iter().any(|name| name == "uploads") => Operation::ListMultipartUploads,
        ("GET", true, true)
            if names
                .iter()
                .all(|name| name.starts_with("response-") || name == "partNumber") =>
        {
            Operation::GetObject
        }
        ("HEAD", true, true) => Operation::HeadObject,
        ("DELETE", true, true) if plain => Operation::DeleteObject,
        ("PUT", true, false) if plain => Operation::CreateBucket,
        ("HEAD", true, false) => Operation::HeadBucket,
        ("GET", true, false) if query::value(uri, "list-type").as_deref() == Some("2") => {
            Operation::ListObjectsV2
        }
        ("GET", true, false) if names.iter().any(|name| name == "location") => Operation::GetBucketLocation,
        ("DELETE", true, false) if plain => Operation::DeleteBucket,
        (method, true, false) => match names.as_slice() {
            [setting] => bucket_setting(method, setting),
            _ => Operation::Other,
        },
        _ => Operation::Other,
    }
}

/// The operations on a bucket's settings, each of which has a query parameter.
fn bucket_setting(method: &str, setting: &str) -> Operation {
    match (method, setting) {
        ("PUT", "publicAccessBlock") => Operation::PutPublicAccessBlock,
        ("GET", "publicAccessBlock") => Operation::GetPublicAccessBlock,
        ("PUT", "ownershipControls") => Operation::PutBucketOwnershipControls,
        ("GET", "ownershipControls") => Operation::GetBucketOwnershipControls,
        ("PUT", "lifecycle") => Operation::PutBucketLifecycleConfiguration,
        ("GET", "lifecycle") => Operation::GetBucketLifecycleConfiguration,
        ("PUT", "tagging") => Operation::PutBucketTagging,
        ("GET", "tagging") => Operation::GetBucketTagging,
        ("PUT", "encryption") => Operation::PutBucketEncryption,
        ("GET", "encryption") => Operation::GetBucketEncryption,
        ("PUT", "policy") => Operation::PutBucketPolicy,
        ("GET", "policy") => Operation::GetBucketPolicy,
        ("DELETE", "policy") => Operation::DeleteBucketPolicy,
        _ => Operation::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &str, uri: &str) -> (Operation, Option<String>, Option<String>) {
        let call = Call::read(
            &Method::from_bytes(method.as_bytes()).unwrap(),
            &uri.parse().unwrap(),
            &HeaderMap::new(),
            b"",
        );
        (call.operation, call.bucket, call.key)
    }

    #[test]
    fn reads_s3_operations() {
        let bucket = || Some("b".to_owned());
        assert_eq!(
            read("PUT", "/b/a%20b/c?x-id=PutObject"),
            (Operation::PutObject, bucket(), Some("a b/c".into()))
        );
        assert_eq!(
            read("GET", "/b?list-type=2&prefix=x"),
            (Operation::ListObjectsV2, bucket(), None)
        );
        assert_eq!(
            read("GET", "/b/?location"),
            (Operation::GetBucketLocation, bucket(), None)
        );
        assert_eq!(read("HEAD", "/b/"), (Operation::HeadBucket, bucket(), None));
        for (method, uri, operation) in [
            ("POST", "/b/k?uploads", Operation::CreateMultipartUpload),
            ("PUT", "/b/k?partNumber=1&uploadId=x", Operation::UploadPart),
            ("POST", "/b/k?uploadId=x", Operation::CompleteMultipartUpload),
            ("DELETE", "/b/k?uploadId=x", Operation::AbortMultipartUpload),
            ("GET", "/b/k?uploadId=x&max-parts=2", Operation::ListParts),
            ("GET", "/b?uploads&prefix=a", Operation::ListMultipartUploads),
            ("PUT", "/b/k?partNumber=1", Operation::Other),
        ] {
            assert_eq!(read(method, uri).0, operation, "{method} {uri}");
        }
        assert_eq!(read("GET", "/b?acl").0, Operation::Other);
        assert_eq!(read("DELETE", "/b").0, Operation::DeleteBucket);
        assert_eq!(
            read("GET", "/b?lifecycle").0,
            Operation::GetBucketLifecycleConfiguration
        );
        assert_eq!(read("GET", "/b/k?tagging").0, Operation::Other);
        assert_eq!(read("GET", "/?x-id=ListBuckets").0, Operation::ListBuckets);
        assert_eq!(read("POST", "/").0, Operation::Other);
    }

    #[test]
    fn reads_sts_operations_from_the_form() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8"
                .parse()
                .unwrap(),
        );
        let call = Call::read(
            &Method::POST,
            &"/".parse().unwrap(),
            &headers,
            b"Action=AssumeRole&Version=2011-06-15",
        );
        assert_eq!(call.operation, Operation::AssumeRole);
        let call = Call::read(&Method::POST, &"/".parse().unwrap(), &headers, b"Action=Nonsense");
        assert_eq!(call.operation, Operation::Other);
        assert_eq!(call.service, Service::Sts);
    }
}
