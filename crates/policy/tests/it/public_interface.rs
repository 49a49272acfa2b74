//! Written as a customer: only what the crate exports.

use bucketline_policy::exporter::template::{SessionScope, TrustOptions, session_policy, trust_policy};
use bucketline_policy::{
    AccountId, BucketName, Document, ErrorKind, Layers, PolicyKind, PolicySet, Request, authorize,
};

#[test]
fn a_request_through_an_access_point_carries_its_keys() {
    let point = "arn:aws:s3:eu-west-1:123456789012:accesspoint/reports";
    let caller = "arn:aws:iam::123456789012:user/ada".parse().unwrap();
    let request = Request::new(
        caller,
        "s3:GetObject".parse().unwrap(),
        format!("{point}/object/a/b"),
    );
    assert_eq!(request.request_context().get("s3:DataAccessPointArn"), [point]);
    assert_eq!(
        request.request_context().get("s3:DataAccessPointAccount"),
        ["123456789012"]
    );
    assert!(request.behind().is_none());
    let request = request.in_bucket("acme".parse().unwrap());
    let behind = request.behind().unwrap();
    assert_eq!(behind.resource().as_str(), "arn:aws:s3:::acme/a/b");
    assert_eq!(behind.request_context(), request.request_context());
    let told = authorize(&Layers::new(PolicySet::default()), &request)
        .explain()
        .to_string();
    assert!(
        told.starts_with("implicit deny: no identity policy allows"),
        "{told}"
    );
    let plain = Request::new(
        "anonymous".parse().unwrap(),
        "s3:GetObject".parse().unwrap(),
        "arn:aws:s3:::acme/a",
    );
    assert!(plain.in_bucket("acme".parse().unwrap()).behind().is_none());
}

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

#[test]
fn a_document_is_built_by_code_and_cannot_come_out_wrong() {
    use bucketline_policy::{Operator, PrincipalType, Statement, Test};
    let statement = Statement::deny()
        .sid("TlsOnly")
        .principals(PrincipalType::Aws, ["*"])
        .not_actions(["s3:Get*"])
        .not_resources(["arn:aws:s3:::acme", "arn:aws:s3:::acme/*"])
        .when(Operator::new(Test::Bool), "aws:SecureTransport", [false])
        .when(
            Operator::new(Test::StringLike).with_if_exists(),
            "s3:prefix",
            ["a/*", "b/*"],
        )
        .build()
        .unwrap();
    let document = Document::builder()
        .id("guard")
        .statement(statement.clone())
        .build()
        .unwrap();
    assert_eq!(document.to_string().parse::<Document>().unwrap(), document);
    assert_eq!(format!("{document:#}").parse::<Document>().unwrap(), document);
    let twice = Document::builder()
        .statement(statement.clone())
        .statement(statement)
        .build();
    assert_eq!(twice.unwrap_err().kind(), ErrorKind::Structure);
    assert!(Document::builder().build().is_err());
    for wrong in [
        Statement::allow(),
        Statement::allow().actions(["s3 PutObject"]),
        Statement::allow().actions(["s3:PutObject, s3:GetObject"]),
        Statement::allow().actions(["*"]).resources(["bucket"]),
        Statement::allow().actions(["*"]).resources(Vec::<String>::new()),
        Statement::allow().actions(["*"]).sid("has blank"),
        Statement::allow()
            .actions(["*"])
            .when(Operator::new(Test::Bool), "", ["true"]),
        Statement::allow()
            .actions(["*"])
            .when(Operator::new(Test::Bool), "a:b", ["true"])
            .when(Operator::new(Test::Bool), "A:B", ["true"]),
        Statement::allow()
            .actions(["*"])
            .principals(PrincipalType::Service, Vec::<String>::new()),
    ] {
        assert_eq!(wrong.build().unwrap_err().kind(), ErrorKind::Structure);
    }
}

#[test]
fn the_canonical_form_is_sorted_and_short() {
    let document: Document = r#"{"Statement":[{"Condition":{"StringLike":{"b:b":["z","a","a"],"a:a":[true]},"Bool":{}},
        "Resource":["arn:aws:s3:::b","arn:aws:s3:::a"],"Action":["s3:PutObject"],"Effect":"Allow"}],"Version":"2012-10-17"}"#
        .parse()
        .unwrap();
    assert_eq!(
        document.canonical().to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject","Resource":["arn:aws:s3:::a","arn:aws:s3:::b"],"Condition":{"StringLike":{"a:a":"true","b:b":["a","z"]}}}]}"#
    );
}

#[test]
fn sizes_are_counted_as_aws_counts_them() {
    let text = "{\n  \"a\": \"b c\"\n}";
    assert_eq!(PolicyKind::Managed.size_of(text), 10);
    assert_eq!(PolicyKind::Session.size_of(text), 16);
    assert_eq!(PolicyKind::Bucket.size_of("é"), 2);
    assert_eq!(PolicyKind::Session.size_of("é"), 1);
}

#[test]
fn a_document_inside_a_configuration_file_is_read_and_written() {
    #[derive(serde::Serialize, serde::Deserialize)]
    struct Role {
        name: String,
        trust: Document,
    }
    let text = r#"{"name":"Export","trust":{"Statement":{"Effect":"Deny","Action":"*"}}}"#;
    let role: Role = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&role).unwrap(), text);
}
