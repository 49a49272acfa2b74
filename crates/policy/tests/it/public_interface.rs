//! Written as a customer: only what the crate exports.

use bucketline_policy::template::{SessionScope, TrustOptions, session_policy, trust_policy};
use bucketline_policy::{AccountId, BucketName, Document, ErrorKind, PolicyKind};

#[test]
fn a_trust_policy_names_the_vendor_and_the_external_id() {
    let vendor: AccountId = "999988887777".parse().unwrap();
    let document = trust_policy(&TrustOptions::account(vendor, "tenant-42")).unwrap();
    assert_eq!(
        document.to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::999988887777:root"]},"Action":["sts:AssumeRole"],"Condition":{"StringEquals":{"sts:ExternalId":["tenant-42"]}}}]}"#
    );
    let error = trust_policy(&TrustOptions::account(vendor, "has blank")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidName);
}

#[test]
fn a_session_policy_fits_with_the_longest_folder() {
    let bucket: BucketName = "a".repeat(63).parse().unwrap();
    let scope = SessionScope::new(bucket, "f".repeat(512))
        .with_multipart()
        .kms_key(
            "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
                .parse()
                .unwrap(),
        );
    let document = session_policy(&scope).unwrap();
    assert!(PolicyKind::Session.size_of(&document.to_json()) <= 2_048);
    let again: Document = document.to_json().parse().unwrap();
    assert_eq!(again, document);
}

#[test]
fn a_session_policy_that_cannot_fit_says_so() {
    let scope = SessionScope::new("acme".parse().unwrap(), "$".repeat(512));
    let error = session_policy(&scope).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}
