//! The condition keys of S3 that a request brings.

use http::{HeaderMap, Uri};

use crate::operation::Operation;
use crate::query;

/// Of ListObjectsV2, by parameter.
const OF_LISTINGS: [(&str, &str); 3] = [
    ("prefix", "s3:prefix"),
    ("delimiter", "s3:delimiter"),
    ("max-keys", "s3:max-keys"),
];

/// Of PutObject, by header.
const OF_PUTS: [(&str, &str); 6] = [
    ("x-amz-server-side-encryption", "s3:x-amz-server-side-encryption"),
    (
        "x-amz-server-side-encryption-aws-kms-key-id",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
    ),
    ("x-amz-storage-class", "s3:x-amz-storage-class"),
    ("x-amz-acl", "s3:x-amz-acl"),
    ("if-none-match", "s3:if-none-match"),
    ("if-match", "s3:if-match"),
];

/// Of all operations, by header.
const OF_ALL: [(&str, &str); 1] = [("x-amz-content-sha256", "s3:x-amz-content-sha256")];

/// The keys that the request has, with their values.
///
/// Source: "Actions, resources, and condition keys for Amazon S3", AWS Service Authorization Reference.
pub(super) fn of_request(
    operation: Operation,
    headers: &HeaderMap,
    uri: &Uri,
) -> Vec<(&'static str, String)> {
    let mut context = Vec::new();
    if operation == Operation::ListObjectsV2 {
        let values = OF_LISTINGS
            .iter()
            .filter_map(|(name, key)| Some((*key, query::value(uri.query(), name)?)));
        context.extend(values);
    }
    let puts: &[(&str, &str)] = if operation == Operation::PutObject {
        &OF_PUTS
    } else {
        &[]
    };
    let values = OF_ALL.iter().chain(puts).filter_map(|(header, key)| {
        let value = headers.get(*header)?.to_str().ok()?;
        Some((*key, value.to_owned()))
    });
    context.extend(values);
    context
}
