//! What a request asks for: its operation, bucket and key, read from the HTTP request alone.
//!
//! Faults and counters need the operation before anything is authenticated, so this does not ask the S3 layer; the
//! access hook makes sure that both say the same. Knows nothing of state.

use http::{HeaderMap, Method, Uri};
use serde::{Deserialize, Serialize};

use crate::query;

/// An operation of S3 or STS that the testkit serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each is the AWS operation of that name")]
pub enum Operation {
    ListBuckets,
    CreateBucket,
    HeadBucket,
    GetBucketLocation,
    ListObjectsV2,
    PutObject,
    GetObject,
    HeadObject,
    DeleteObject,
    AssumeRole,
    GetCallerIdentity,
    /// Anything else: answered with `NotImplemented`.
    Other,
}

impl Operation {
    /// The name as AWS writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ListBuckets => "ListBuckets",
            Self::CreateBucket => "CreateBucket",
            Self::HeadBucket => "HeadBucket",
            Self::GetBucketLocation => "GetBucketLocation",
            Self::ListObjectsV2 => "ListObjectsV2",
            Self::PutObject => "PutObject",
            Self::GetObject => "GetObject",
            Self::HeadObject => "HeadObject",
            Self::DeleteObject => "DeleteObject",
            Self::AssumeRole => "AssumeRole",
            Self::GetCallerIdentity => "GetCallerIdentity",
            Self::Other => "Other",
        }
    }

    /// The IAM action that permits an S3 operation, and what it is authorized on.
    ///
    /// Source: "Actions, resources, and condition keys for Amazon S3", AWS Service Authorization Reference.
    pub(crate) fn s3_action(self) -> Option<(&'static str, OnWhat)> {
        match self {
            Self::ListBuckets => Some(("s3:ListAllMyBuckets", OnWhat::Account)),
            Self::CreateBucket => Some(("s3:CreateBucket", OnWhat::Bucket)),
            Self::HeadBucket | Self::ListObjectsV2 => Some(("s3:ListBucket", OnWhat::Bucket)),
            Self::GetBucketLocation => Some(("s3:GetBucketLocation", OnWhat::Bucket)),
            Self::PutObject => Some(("s3:PutObject", OnWhat::Object)),
            Self::GetObject | Self::HeadObject => Some(("s3:GetObject", OnWhat::Object)),
            Self::DeleteObject => Some(("s3:DeleteObject", OnWhat::Object)),
            Self::AssumeRole | Self::GetCallerIdentity | Self::Other => None,
        }
    }
}

/// What an S3 action is authorized on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnWhat {
    /// No resource of its own: `*`.
    Account,
    Bucket,
    Object,
}

/// One request, as far as its method, address and form body tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    /// A form posted to the root: STS, also where the action is unknown.
    pub(crate) is_sts: bool,
}

impl Call {
    pub(crate) fn read(method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Self {
        if is_sts_request(method, uri, headers) {
            let operation = match form_value(body, "Action").as_deref() {
                Some("AssumeRole") => Operation::AssumeRole,
                Some("GetCallerIdentity") => Operation::GetCallerIdentity,
                _ => Operation::Other,
            };
            return Self {
                operation,
                bucket: None,
                key: None,
                is_sts: true,
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
            is_sts: false,
        }
    }
}

/// STS's query protocol: a form posted to the root. S3 has no such request.
pub(crate) fn is_sts_request(method: &Method, uri: &Uri, headers: &HeaderMap) -> bool {
    let form = "application/x-www-form-urlencoded";
    method == Method::POST
        && uri.path() == "/"
        && headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| {
                value
                    .get(..form.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(form))
            })
}

fn form_value(body: &[u8], name: &str) -> Option<String> {
    query::value(std::str::from_utf8(body).ok(), name)
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
    match (method.as_str(), bucket, key) {
        ("GET", false, false) if names.iter().all(|name| LIST_BUCKETS.contains(&name.as_str())) => {
            Operation::ListBuckets
        }
        ("PUT", true, true) if plain && !headers.contains_key("x-amz-copy-source") => Operation::PutObject,
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
        assert_eq!(read("PUT", "/b/k?partNumber=1&uploadId=x").0, Operation::Other);
        assert_eq!(read("GET", "/b?acl").0, Operation::Other);
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
        assert!(call.is_sts);
    }
}
