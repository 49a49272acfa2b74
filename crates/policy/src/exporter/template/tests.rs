//! Each template is proven by the evaluator: what it is for is allowed, its neighbours are not.
//! Long because every template has its own claim, and all are asked of one small set of requests.

use super::*;
use crate::{
    BucketName, Context, Decision, Document, DocumentKind, ErrorKind, Layers, Operation, PolicySet,
    Principal, Request, authorize,
};

const CALLER: &str = "arn:aws:iam::123456789012:role/Export";
const KEY: &str = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn bucket() -> BucketName {
    "acme".parse().unwrap()
}

fn allows(document: &Document, action: &str, resource: &str, context: &[(&str, &str)]) -> bool {
    ask(
        document,
        DocumentKind::Identity,
        CALLER,
        action,
        resource,
        context,
    )
    .is_allowed()
}

fn ask(
    document: &Document,
    kind: DocumentKind,
    caller: &str,
    action: &str,
    resource: &str,
    context: &[(&str, &str)],
) -> Decision {
    let request = Request::new(caller.parse().unwrap(), action.parse().unwrap(), resource)
        .with_context(context.iter().copied().collect::<Context>());
    PolicySet::compile(std::slice::from_ref(document)).decide(kind, &request)
}

/// What every delivery into `folder` needs, and what no exporter into it may have.
fn prove_folder(document: &Document, folder: &str) {
    prove_reach(document, folder);
    let object = format!("arn:aws:s3:::acme/{folder}/event_type=x/1.avro");
    assert!(!allows(document, "s3:DeleteObject", &object, &[]));
}

/// What data exports below `root` need: they delete, too.
fn prove_root(document: &Document, root: &str) {
    prove_reach(document, root);
    let object = format!("arn:aws:s3:::acme/{root}/s1/2026-11-26/users-1.zip");
    for action in [
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "s3:ListMultipartUploadParts",
    ] {
        assert!(allows(document, action, &object, &[]), "{action}");
    }
    assert!(!allows(
        document,
        "s3:DeleteObject",
        "arn:aws:s3:::acme/elsewhere/1.avro",
        &[]
    ));
}

fn prove_reach(document: &Document, folder: &str) {
    let object = format!("arn:aws:s3:::acme/{folder}/event_type=x/1.avro");
    let list = |prefix: &str| {
        allows(
            document,
            "s3:ListBucket",
            "arn:aws:s3:::acme",
            &[("s3:prefix", prefix)],
        )
    };
    assert!(allows(document, "s3:PutObject", &object, &[]));
    assert!(allows(document, "s3:GetObject", &object, &[]));
    assert!(allows(document, "s3:GetBucketLocation", "arn:aws:s3:::acme", &[]));
    assert!(list(&format!("{folder}/")));
    assert!(list(&format!("{folder}/event_type=x/1.avro")));
    assert!(!list(""));
    assert!(!list(folder));
    assert!(!list(&format!("{folder}2/")));
    assert!(
        !allows(document, "s3:ListBucket", "arn:aws:s3:::acme", &[]),
        "HeadBucket carries no prefix"
    );
    assert!(!allows(document, "s3:PutObjectAcl", &object, &[]));
    for neighbour in [
        format!("arn:aws:s3:::acme/{folder}2/1.avro"),
        format!("arn:aws:s3:::acme/x/{folder}/1.avro"),
        format!("arn:aws:s3:::acme/{folder}"),
        "arn:aws:s3:::acme/elsewhere/1.avro".to_owned(),
        format!("arn:aws:s3:::acme-prod/{folder}/1.avro"),
        format!("arn:aws:s3:::acme2/{folder}/1.avro"),
        format!("arn:aws-cn:s3:::acme/{folder}/1.avro"),
    ] {
        assert!(!allows(document, "s3:PutObject", &neighbour, &[]), "{neighbour}");
        assert!(!allows(document, "s3:GetObject", &neighbour, &[]), "{neighbour}");
    }
}

fn claims_are(document: &Document, granted: bool) {
    for action in ["s3:PutObject", "s3:GetObject"] {
        assert_eq!(
            allows(document, action, "arn:aws:s3:::acme/_bucketline/claims.json", &[]),
            granted
        );
    }
    assert!(!allows(
        document,
        "s3:DeleteObject",
        "arn:aws:s3:::acme/_bucketline/claims.json",
        &[]
    ));
}

#[test]
fn a_session_reaches_its_folder_alone() {
    let document = session_policy(&SessionScope::new(bucket(), "currents")).unwrap();
    prove_folder(&document, "currents");
    claims_are(&document, true);
    assert!(!allows(
        &document,
        "s3:AbortMultipartUpload",
        "arn:aws:s3:::acme/currents/1.avro",
        &[]
    ));
    assert!(!allows(
        &document,
        "kms:Decrypt",
        KEY,
        &[("kms:ViaService", "s3.eu-central-1.amazonaws.com")]
    ));
    claims_are(
        &session_policy(&SessionScope::new(bucket(), "currents").without_claims()).unwrap(),
        false,
    );
}

#[test]
fn least_privilege_covers_several_folders_and_nothing_between() {
    let scope = ExportScope::new(bucket())
        .folder("currents")
        .folder("team/eu")
        .data_export();
    let document = least_privilege(&scope).unwrap();
    for folder in ["currents", "team/eu"] {
        prove_folder(&document, folder);
    }
    for root in ["segment-export", "reports", "sent_messages"] {
        prove_root(&document, root);
    }
    assert!(!allows(
        &document,
        "s3:PutObject",
        "arn:aws:s3:::acme/team/us/1.avro",
        &[]
    ));
    claims_are(&document, true);
    let error = least_privilege(&ExportScope::new(bucket())).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidName);
}

#[test]
fn data_exports_delete_below_their_roots_alone_and_a_session_is_boxed_the_same() {
    let policy = least_privilege(&ExportScope::new(bucket()).data_export_in("team/eu")).unwrap();
    let session = session_policy(&SessionScope::data_export(bucket(), "team/eu")).unwrap();
    for document in [&policy, &session] {
        prove_root(document, "team/eu/segment-export");
        prove_root(document, "team/eu/reports");
        claims_are(document, true);
        assert!(allows(
            document,
            "s3:DeleteObject",
            "arn:aws:s3:::acme/_bucketline/check",
            &[]
        ));
        assert!(!allows(
            document,
            "s3:PutObject",
            "arn:aws:s3:::acme/team/eu/x.avro",
            &[]
        ));
    }
    let longest = SessionScope::data_export(bucket(), "f".repeat(100)).kms_of_bucket_in_any_region();
    session_policy(&longest).unwrap();
}

#[test]
fn multipart_is_granted_only_when_asked_for() {
    let object = "arn:aws:s3:::acme/currents/1.avro";
    let plain = least_privilege(&ExportScope::new(bucket()).folder("currents")).unwrap();
    let parts = least_privilege(&ExportScope::new(bucket()).folder("currents").with_multipart()).unwrap();
    let bounded = boundary(&ExportScope::new(bucket()).folder("currents")).unwrap();
    for (document, granted) in [(&plain, false), (&parts, true), (&bounded, true)] {
        prove_folder(document, "currents");
        assert_eq!(allows(document, "s3:AbortMultipartUpload", object, &[]), granted);
        assert_eq!(
            allows(document, "s3:ListMultipartUploadParts", object, &[]),
            granted
        );
        assert_eq!(
            allows(
                document,
                "s3:ListBucketMultipartUploads",
                "arn:aws:s3:::acme",
                &[]
            ),
            granted
        );
        assert!(!allows(
            document,
            "s3:AbortMultipartUpload",
            "arn:aws:s3:::acme/currents2/1.avro",
            &[]
        ));
    }
}

#[test]
fn kms_is_usable_through_s3_alone() {
    let via = |service| [("kms:ViaService", service)];
    let other = "arn:aws:kms:eu-central-1:123456789012:key/other";
    let named =
        session_policy(&SessionScope::new(bucket(), "currents").kms_key(KEY.parse().unwrap())).unwrap();
    let own = session_policy(&SessionScope::new(bucket(), "currents").kms_of_bucket("eu-central-1")).unwrap();
    for action in ["kms:GenerateDataKey", "kms:Decrypt"] {
        assert!(allows(&named, action, KEY, &via("s3.eu-central-1.amazonaws.com")));
        assert!(!allows(
            &named,
            action,
            other,
            &via("s3.eu-central-1.amazonaws.com")
        ));
        assert!(allows(&own, action, other, &via("s3.eu-central-1.amazonaws.com")));
        for document in [&named, &own] {
            assert!(!allows(document, action, KEY, &via("s3.us-east-1.amazonaws.com")));
            assert!(!allows(document, action, KEY, &[]));
        }
    }
    assert!(!allows(
        &named,
        "kms:Encrypt",
        KEY,
        &via("s3.eu-central-1.amazonaws.com")
    ));
    let alias = SessionScope::new(bucket(), "currents")
        .kms_key("arn:aws:kms:eu-central-1:123456789012:alias/x".parse().unwrap());
    assert_eq!(session_policy(&alias).unwrap_err().kind(), ErrorKind::InvalidName);
    let china = SessionScope::new(bucket(), "currents")
        .partition("aws-cn".parse().unwrap())
        .kms_of_bucket("cn-north-1");
    assert!(
        session_policy(&china)
            .unwrap()
            .to_json()
            .contains("s3.cn-north-1.amazonaws.com.cn")
    );
}

#[test]
fn a_bucket_whose_region_is_not_known_has_its_key_through_s3_anywhere() {
    let scope = SessionScope::new(bucket(), "currents").kms_of_bucket_in_any_region();
    let document = session_policy(&scope).unwrap();
    let via = |service| [("kms:ViaService", service)];
    assert!(allows(
        &document,
        "kms:GenerateDataKey",
        KEY,
        &via("s3.eu-central-1.amazonaws.com")
    ));
    assert!(allows(
        &document,
        "kms:Decrypt",
        KEY,
        &via("s3.us-east-1.amazonaws.com")
    ));
    assert!(!allows(
        &document,
        "kms:Decrypt",
        KEY,
        &via("ec2.eu-central-1.amazonaws.com")
    ));
    assert!(!allows(&document, "kms:Decrypt", KEY, &[]));
    let longest = SessionScope::new(bucket(), "f".repeat(512)).kms_of_bucket_in_any_region();
    session_policy(&longest).unwrap();
}

#[test]
fn wildcards_in_a_folder_mean_themselves() {
    let document = session_policy(&SessionScope::new(bucket(), "a*b?c$d")).unwrap();
    prove_folder(&document, "a*b?c$d");
    assert!(!allows(
        &document,
        "s3:PutObject",
        "arn:aws:s3:::acme/aXb?c$d/f",
        &[]
    ));
    assert!(!allows(
        &document,
        "s3:PutObject",
        "arn:aws:s3:::acme/a*bXc$d/f",
        &[]
    ));
    let list = |prefix| {
        allows(
            &document,
            "s3:ListBucket",
            "arn:aws:s3:::acme",
            &[("s3:prefix", prefix)],
        )
    };
    assert!(!list("aXb?c$d/"));
}

#[test]
fn folders_that_are_none_are_refused() {
    for bad in [
        "",
        "/",
        "/currents",
        "currents/",
        "a//b",
        "täglich\u{100}",
        "a\tb",
    ] {
        let error = session_policy(&SessionScope::new(bucket(), bad)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{bad}");
    }
}

#[test]
fn the_documented_forms_are_as_published() {
    use Holder::*;
    use Integration::*;
    for (integration, holder, golden) in [
        (
            Currents,
            User,
            include_str!("../../../tests/cases/template/currents-user.json"),
        ),
        (
            Currents,
            Role,
            include_str!("../../../tests/cases/template/currents-role.json"),
        ),
        (
            DataExport,
            User,
            include_str!("../../../tests/cases/template/data-export-user.json"),
        ),
        (
            DataExport,
            Role,
            include_str!("../../../tests/cases/template/data-export-role.json"),
        ),
    ] {
        let form = DocumentedForm::new(integration, holder);
        assert_eq!(
            documented(&form).to_json_pretty(),
            golden.trim_end(),
            "{integration:?} {holder:?}"
        );
        assert!(!documented(&form.bucket(bucket())).to_json().contains(PLACEHOLDER));
    }
}

#[test]
fn one_document_for_both_grants_what_the_two_do() {
    for holder in [Holder::User, Holder::Role] {
        let form = |integration| documented(&DocumentedForm::new(integration, holder).bucket(bucket()));
        let both = form(Integration::Both);
        for action in ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"] {
            assert!(allows(&both, action, "arn:aws:s3:::acme/currents/f", &[]));
            // The fault of the published user form is not carried over.
            assert!(!allows(&both, action, "arn:aws:s3:::acme-prod/currents/f", &[]));
        }
        for action in ["s3:ListBucket", "s3:GetBucketLocation"] {
            assert!(allows(&both, action, "arn:aws:s3:::acme", &[]));
        }
    }
}

#[test]
fn a_role_is_assumed_with_the_external_id_alone() {
    let role = "arn:aws:iam::123456789012:role/Export";
    let vendor = "arn:aws:sts::999988887777:assumed-role/exporter/job";
    let assume = |document: &Document, caller, context: &[(&str, &str)]| {
        ask(
            document,
            DocumentKind::Trust,
            caller,
            "sts:AssumeRole",
            role,
            context,
        )
    };
    let account = trust_policy(&TrustOptions::account(
        "999988887777".parse().unwrap(),
        "tenant-42",
    ))
    .unwrap();
    let narrow = TrustOptions::role(
        "arn:aws:iam::999988887777:role/exporter".parse().unwrap(),
        "tenant-42",
    );
    let narrow = trust_policy(&narrow.also_external_id("tenant-43")).unwrap();
    for document in [&account, &narrow] {
        assert!(assume(document, vendor, &[("sts:ExternalId", "tenant-42")]).is_allowed());
        assert!(!assume(document, vendor, &[]).is_allowed());
        assert!(!assume(document, vendor, &[("sts:ExternalId", "Tenant-42")]).is_allowed());
        let stranger = "arn:aws:iam::111122223333:user/mallory";
        assert!(!assume(document, stranger, &[("sts:ExternalId", "tenant-42")]).is_allowed());
    }
    let colleague = "arn:aws:iam::999988887777:user/colleague";
    assert!(assume(&account, colleague, &[("sts:ExternalId", "tenant-42")]).is_allowed());
    assert!(!assume(&narrow, colleague, &[("sts:ExternalId", "tenant-42")]).is_allowed());
    assert!(assume(&narrow, vendor, &[("sts:ExternalId", "tenant-43")]).is_allowed());
    let user = TrustOptions::role("arn:aws:iam::999988887777:user/x".parse().unwrap(), "tenant-42");
    assert_eq!(trust_policy(&user).unwrap_err().kind(), ErrorKind::InvalidName);
}

fn guarded(guard: &BucketGuard, caller: &str, action: &str, context: &[(&str, &str)]) -> Decision {
    let identity =
        Document::parse(r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#).unwrap();
    let identity = PolicySet::compile(&[identity]);
    let resource = PolicySet::compile(&[bucket_policy(guard).unwrap()]);
    let layers = Layers::new(&identity).resource(&resource);
    let caller: Principal = caller.parse().unwrap();
    let request = Request::new(caller, action.parse().unwrap(), "arn:aws:s3:::acme/currents/f")
        .with_context(context.iter().copied().collect());
    authorize(&layers, &request).decision()
}

#[test]
fn a_bucket_refuses_what_it_is_told_to() {
    use Decision::{Allow, ExplicitDeny};
    let put = |guard: &BucketGuard, context: &[(&str, &str)]| guarded(guard, CALLER, "s3:PutObject", context);
    let tls = BucketGuard::new(bucket()).tls_only();
    assert_eq!(put(&tls, &[("aws:SecureTransport", "true")]), Allow);
    assert_eq!(put(&tls, &[("aws:SecureTransport", "false")]), ExplicitDeny);

    let header = "s3:x-amz-server-side-encryption";
    let aes = BucketGuard::new(bucket()).require_encryption(RequiredEncryption::Aes256);
    assert_eq!(put(&aes, &[(header, "AES256")]), Allow);
    assert_eq!(put(&aes, &[(header, "aws:kms")]), ExplicitDeny);
    assert_eq!(put(&aes, &[]), ExplicitDeny);
    assert_eq!(guarded(&aes, CALLER, "s3:GetObject", &[]), Allow);

    let key_header = "s3:x-amz-server-side-encryption-aws-kms-key-id";
    let kms = BucketGuard::new(bucket()).require_encryption(RequiredEncryption::KmsKey(KEY.parse().unwrap()));
    assert_eq!(put(&kms, &[(header, "aws:kms"), (key_header, KEY)]), Allow);
    assert_eq!(
        put(&kms, &[(header, "aws:kms"), (key_header, "other")]),
        ExplicitDeny
    );
    assert_eq!(put(&kms, &[(header, "aws:kms")]), ExplicitDeny);
    let any_key = BucketGuard::new(bucket()).require_encryption(RequiredEncryption::Kms);
    assert_eq!(put(&any_key, &[(header, "aws:kms")]), Allow);
    assert_eq!(put(&any_key, &[]), ExplicitDeny);

    let conditional = BucketGuard::new(bucket()).conditional_writes("currents");
    let whole = ("s3:ObjectCreationOperation", "true");
    assert_eq!(put(&conditional, &[("s3:if-none-match", "*"), whole]), Allow);
    assert_eq!(put(&conditional, &[("s3:if-match", "\"etag\""), whole]), Allow);
    assert_eq!(put(&conditional, &[whole]), ExplicitDeny);
    assert_eq!(put(&conditional, &[]), ExplicitDeny);
    assert_eq!(
        put(&conditional, &[("s3:ObjectCreationOperation", "false")]),
        Allow,
        "a part of an upload"
    );

    let ours = BucketGuard::new(bucket()).only_account("123456789012".parse().unwrap());
    assert_eq!(put(&ours, &[]), Allow);
    for stranger in ["arn:aws:iam::111122223333:role/Export", "anonymous"] {
        assert_eq!(
            guarded(&ours, stranger, "s3:PutObject", &[]),
            ExplicitDeny,
            "{stranger}"
        );
    }
    let service = guarded(
        &ours,
        "logging.s3.amazonaws.com",
        "s3:PutObject",
        &[("aws:PrincipalIsAWSService", "true")],
    );
    assert_ne!(service, ExplicitDeny);
    assert_eq!(
        bucket_policy(&BucketGuard::new(bucket())).unwrap_err().kind(),
        ErrorKind::Structure
    );
}

#[test]
fn every_template_prints_what_it_parses() {
    let guard = BucketGuard::new(bucket())
        .tls_only()
        .require_encryption(RequiredEncryption::Aes256)
        .only_account("123456789012".parse().unwrap())
        .conditional_writes("currents");
    for document in [
        bucket_policy(&guard).unwrap(),
        boundary(
            &ExportScope::new(bucket())
                .folder("currents")
                .kms_of_bucket("eu-central-1"),
        )
        .unwrap(),
        documented(&DocumentedForm::new(Integration::Both, Holder::Role)),
    ] {
        assert_eq!(Document::parse(&document.to_json()).unwrap(), document);
        assert_eq!(Document::parse(&document.to_json_pretty()).unwrap(), document);
    }
}

#[test]
fn every_operation_of_a_delivery_is_covered_by_the_template() {
    let document = least_privilege(&ExportScope::new(bucket()).folder("currents").with_multipart()).unwrap();
    for operation in [
        Operation::PutObject,
        Operation::HeadObject,
        Operation::UploadPart,
        Operation::ListParts,
    ] {
        for permission in crate::required_permissions(operation, &[]) {
            assert!(
                allows(&document, permission.action, "arn:aws:s3:::acme/currents/f", &[]),
                "{operation}"
            );
        }
    }
}

#[test]
fn behind_an_access_point_everything_is_granted_on_the_access_point() {
    let point: crate::Arn = "arn:aws:s3:*:*:accesspoint/*".parse().unwrap();
    for document in [
        session_policy(&SessionScope::at(point.clone().into(), "currents")).unwrap(),
        session_policy(&SessionScope::data_export_at(point.clone().into(), "")).unwrap(),
        least_privilege(&ExportScope::at(point.into()).folder("currents")).unwrap(),
    ] {
        let text = document.to_json();
        assert!(!text.contains("arn:aws:s3:::"), "{text}");
        assert!(
            text.contains("arn:aws:s3:*:*:accesspoint/*/object/_bucketline/*"),
            "{text}"
        );
        assert!(
            text.contains(r#""Resource":["arn:aws:s3:*:*:accesspoint/*"]"#),
            "{text}"
        );
    }
}

#[test]
fn tags_need_a_right_of_their_own_below_the_folder_alone() {
    let tagged = session_policy(&SessionScope::new(bucket(), "currents").with_tags()).unwrap();
    let plain = session_policy(&SessionScope::new(bucket(), "currents")).unwrap();
    for (document, allowed) in [(&tagged, true), (&plain, false)] {
        assert_eq!(
            allows(
                document,
                "s3:PutObjectTagging",
                "arn:aws:s3:::acme/currents/a",
                &[]
            ),
            allowed
        );
        assert!(!allows(
            document,
            "s3:PutObjectTagging",
            "arn:aws:s3:::acme/other/a",
            &[]
        ));
    }
}
