//! S3Sink against an S3 that checks signatures, policies, owners, checksums and regions, in this process.

use std::sync::Arc;

use aws_credential_types::Credentials;
use bucketline_sink::layer::{CreateProof, PrefixJail, ProtectionSeen};
use bucketline_sink::probe::{Protection, protection};
use bucketline_sink::{
    BucketName, ChecksumAlgorithm, Effect, Encryption, EncryptionSeen, ErrorKind, Kms, ObjectKey,
    ObjectWriter, Payload, PutOptions, PutOutcome, S3Sink, S3SinkBuilder, Sink, SinkExt, WriterSettings,
    conformance,
};
use bucketline_testkit::seed::{Account, Bucket, User};
use bucketline_testkit::{Fault, FaultEffect, Operation, Testkit, World};

const OWNER: &str = "111122223333";
const KMS_KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

/// What Currents asks of its customers, and no more.
const DOCUMENTED: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::acme-events"},
    {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::acme-events/currents/*"}
]}"#;

async fn testkit() -> Testkit {
    let everything = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["s3:*", "kms:*"], "Resource": "*"}}"#;
    let list_only = r#"{"Version": "2012-10-17", "Statement":
        {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::acme-events/*"}}"#;
    let world = World::builder()
        .account(
            Account::new(OWNER)
                .user(
                    User::new("admin")
                        .access_key("AKIAADMINADMINADMIN1", "admin-secret")
                        .policy("all", everything),
                )
                .user(
                    User::new("vendor")
                        .access_key("AKIAVENDORVENDORVEN1", "vendor-secret")
                        .policy("four", DOCUMENTED),
                )
                .user(
                    User::new("writer")
                        .access_key("AKIAWRITERWRITERWRI1", "writer-secret")
                        .policy("put", list_only),
                )
                .kms_key(KMS_KEY)
                .bucket(Bucket::new("acme-events").region("eu-central-1"))
                .bucket(
                    Bucket::new("acme-hidden")
                        .region("eu-central-1")
                        .hide_encryption(),
                )
                .bucket(
                    Bucket::new("acme-careless")
                        .region("eu-central-1")
                        .ignore_conditions(),
                ),
        )
        .build()
        .unwrap();
    Testkit::start(world).await.unwrap()
}

fn builder(testkit: &Testkit, bucket: &str, user: &str) -> S3SinkBuilder {
    let id = match user {
        "admin" => "AKIAADMINADMINADMIN1",
        "vendor" => "AKIAVENDORVENDORVEN1",
        _ => "AKIAWRITERWRITERWRI1",
    };
    S3Sink::builder(BucketName::parse(bucket).unwrap())
        .endpoint(testkit.endpoint())
        .credentials(Credentials::new(id, format!("{user}-secret"), None, None, "test"))
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

async fn failed(sink: &S3Sink, name: &str) -> (ErrorKind, Effect) {
    let error = sink.put_bytes(&key(name), "x").await.unwrap_err();
    (error.kind().clone(), error.effect())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_contract() {
    let testkit = testkit().await;
    // Each sink finds out its region anew, as each process does.
    let new = || {
        builder(&testkit, "acme-events", "admin")
            .expected_owner(OWNER.parse().unwrap())
            .build()
            .unwrap()
    };
    conformance::all(new).await.unwrap();
    conformance::if_match_guards(new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_contract_of_uploads() {
    let testkit = testkit().await;
    conformance::uploads(|| builder(&testkit, "acme-events", "admin").build().unwrap())
        .await
        .unwrap();
    assert_eq!(
        testkit.world().pending_uploads("acme-events"),
        Vec::<String>::new()
    );
}

/// Eleven megabytes in pieces, by a writer whose parts have five.
async fn upload(sink: S3Sink, options: PutOptions) -> Result<PutOutcome, bucketline_sink::Error> {
    let settings = WriterSettings::default().part_size(5 << 20);
    let mut writer = ObjectWriter::new(Arc::new(sink), key("currents/large"), options, settings);
    for piece in 0..11 {
        writer.write(vec![piece; 1 << 20]).await?;
    }
    writer.finish().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_is_checked_as_a_whole_and_keeps_its_metadata_and_encryption() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "admin").build().unwrap();
    let encryption = Encryption::Kms(Kms::new(KMS_KEY));
    let options = PutOptions::create()
        .metadata("bl-count", "11")
        .content_type("text/csv")
        .encryption(encryption.clone());
    let outcome = upload(sink.clone(), options.clone()).await.unwrap();
    let PutOutcome::Created(receipt) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(receipt.encryption.satisfies(&encryption));
    let whole: Vec<u8> = (0..11).flat_map(|piece| vec![piece; 1 << 20]).collect();
    let sum = Payload::from(whole.clone()).checksum_by(ChecksumAlgorithm::Crc64Nvme);
    assert_eq!(receipt.checksums.agrees_with(&sum), Some(true));
    let stored = testkit.world().object("acme-events", "currents/large").unwrap();
    assert!(stored.body() == &whole && stored.metadata()["bl-count"] == "11");
    assert_eq!(stored.content_type(), Some("text/csv"));
    let found = sink.head(&key("currents/large")).await.unwrap();
    assert_eq!(
        (found.size, found.checksums.agrees_with(&sum)),
        (11 << 20, Some(true))
    );
    // And once only.
    assert_eq!(
        upload(sink, options).await.unwrap(),
        PutOutcome::PreconditionFailed
    );
    assert_eq!(
        testkit.world().pending_uploads("acme-events"),
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_an_upload_may_be_lost_or_refused() {
    let whole = 11 << 20;
    for (operation, fault, done) in [
        // The answer is lost, and looking tells.
        (Operation::CompleteMultipartUpload, FaultEffect::ReplyLost, true),
        (Operation::CompleteMultipartUpload, FaultEffect::ReplyCut, true),
        (
            Operation::CompleteMultipartUpload,
            FaultEffect::ConnectionClosed,
            false,
        ),
        (Operation::UploadPart, FaultEffect::ReplyLost, false),
        (Operation::CreateMultipartUpload, FaultEffect::ReplyLost, false),
    ] {
        let testkit = testkit().await;
        testkit
            .faults()
            .add(Fault::new(fault.clone()).operation(operation).times(1));
        let sink = builder(&testkit, "acme-events", "admin").build().unwrap();
        let outcome = upload(sink, PutOptions::create()).await;
        let stored = testkit.world().object("acme-events", "currents/large");
        let left = testkit.world().pending_uploads("acme-events").len();
        if done {
            assert!(
                matches!(outcome, Ok(PutOutcome::Created(_))),
                "{operation:?} {fault:?}: {outcome:?}"
            );
            assert_eq!(stored.unwrap().body().len(), whole);
        } else {
            assert!(outcome.is_err(), "{operation:?} {fault:?}: {outcome:?}");
            assert!(stored.is_none());
        }
        // An upload whose id never arrived cannot be aborted.
        let expected = usize::from(operation == Operation::CreateMultipartUpload);
        assert_eq!(left, expected, "{operation:?} {fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_put_may_upload_in_parts_and_not_clear_up() {
    let testkit = testkit().await;
    let vendor = || builder(&testkit, "acme-events", "vendor").build().unwrap();
    upload(vendor(), PutOptions::create()).await.unwrap();
    // The documented policy lacks `s3:AbortMultipartUpload`: that is no failure of the put.
    let outcome = upload(vendor(), PutOptions::create()).await.unwrap();
    assert_eq!(outcome, PutOutcome::PreconditionFailed);
    assert_eq!(testkit.world().pending_uploads("acme-events"), ["currents/large"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_forgets_the_encryption_is_found_out_before_a_byte_is_sent() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-hidden", "admin").build().unwrap();
    let options = PutOptions::create().encryption(Encryption::Aes256);
    let error = upload(sink, options).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Encryption, Effect::NotApplied)
    );
    assert_eq!(testkit.requests().of(Operation::UploadPart), 0);
    assert_eq!(
        testkit.world().pending_uploads("acme-hidden"),
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn it_keeps_the_contract_within_a_folder() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "admin").build().unwrap();
    conformance::all(|| PrefixJail::new(sink.clone(), key("conformance")))
        .await
        .unwrap();
}

#[tokio::test]
async fn the_four_documented_permissions_are_enough_to_deliver() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "vendor")
        .expected_owner(OWNER.parse().unwrap())
        .build()
        .unwrap();
    assert_eq!(sink.resolve_region().await.unwrap().as_str(), "eu-central-1");
    let options = PutOptions::create()
        .metadata("bl-count", "1")
        .encryption(Encryption::Aes256);
    let outcome = sink
        .put(&key("currents/a+b=c.avro"), Payload::from("x"), &options)
        .await
        .unwrap();
    let PutOutcome::Created(receipt) = outcome else {
        panic!("{outcome:?}")
    };
    assert!(receipt.encryption.satisfies(&Encryption::Aes256));
    assert_eq!(receipt.checksums, Payload::from("x").checksum().into());
    assert!(sink.exists(&key("currents/a+b=c.avro")).await.unwrap());
    let info = sink.head(&key("currents/a+b=c.avro")).await.unwrap();
    assert_eq!(
        (info.size, info.checksums, info.metadata),
        (1, receipt.checksums, options.metadata)
    );
    assert_eq!(
        failed(&sink, "elsewhere/a").await,
        (ErrorKind::AccessDenied, Effect::NotApplied)
    );
    let error = sink.delete(&key("currents/a+b=c.avro")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::AccessDenied, Effect::NotApplied),
        "{error}"
    );
}

#[tokio::test]
async fn the_region_is_found_without_permission_to_ask_for_it() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "writer").build().unwrap();
    assert_eq!(sink.resolve_region().await.unwrap().as_str(), "eu-central-1");
    sink.put_bytes(&key("a"), "x").await.unwrap();
    // Without ListBucket, absent and forbidden look the same.
    assert_eq!(
        *sink.head(&key("absent")).await.unwrap_err().kind(),
        ErrorKind::AccessDenied
    );
}

#[tokio::test]
async fn a_wrong_region_is_told_with_the_right_one() {
    let testkit = testkit().await;
    for wrong in ["us-east-1", "eu-west-1"] {
        let sink = builder(&testkit, "acme-events", "admin")
            .region(wrong.parse().unwrap())
            .build()
            .unwrap();
        let kind = ErrorKind::WrongRegion {
            region: Some("eu-central-1".to_owned()),
        };
        assert_eq!(failed(&sink, "a").await, (kind, Effect::NotApplied), "{wrong}");
    }
}

#[tokio::test]
async fn another_account_s_bucket_is_not_written_to() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "admin")
        .region("eu-central-1".parse().unwrap())
        .expected_owner("999988887777".parse().unwrap());
    let sink = sink.build().unwrap();
    assert_eq!(
        failed(&sink, "a").await,
        (ErrorKind::AccessDenied, Effect::NotApplied)
    );
    assert!(testkit.world().object("acme-events", "a").is_none());
}

#[tokio::test]
async fn what_is_wrong_with_the_credentials_or_the_bucket_is_told() {
    let testkit = testkit().await;
    let with = |id: &str, secret: &str, bucket: &str| {
        builder(&testkit, bucket, "admin")
            .region("eu-central-1".parse().unwrap())
            .credentials(Credentials::new(id, secret, None, None, "test"))
            .build()
            .unwrap()
    };
    for (id, secret, bucket, kind) in [
        (
            "AKIANOSUCHNOSUCHNOS1",
            "admin-secret",
            "acme-events",
            ErrorKind::Credentials,
        ),
        (
            "AKIAADMINADMINADMIN1",
            "another-secret",
            "acme-events",
            ErrorKind::Credentials,
        ),
        (
            "AKIAADMINADMINADMIN1",
            "admin-secret",
            "no-such-bucket",
            ErrorKind::NoSuchBucket,
        ),
    ] {
        assert_eq!(
            failed(&with(id, secret, bucket), "a").await,
            (kind, Effect::NotApplied),
            "{id} {bucket}"
        );
    }
}

#[tokio::test]
async fn encryption_is_asked_for_and_its_echo_told() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "admin").build().unwrap();
    let asked = Encryption::from(Kms::new(KMS_KEY));
    let options = PutOptions::create().encryption(asked.clone());
    let outcome = sink.put(&key("kms"), Payload::from("x"), &options).await.unwrap();
    assert!(matches!(outcome, PutOutcome::Created(receipt) if receipt.encryption.satisfies(&asked)));
    assert!(sink.head(&key("kms")).await.unwrap().encryption.satisfies(&asked));

    let absent = Encryption::from(Kms::new(KMS_KEY.replace("1234abcd", "ffffffff")));
    let options = PutOptions::create().encryption(absent);
    let error = sink
        .put(&key("b"), Payload::from("x"), &options)
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Encryption, Effect::NotApplied),
        "{error}"
    );

    let silent = builder(&testkit, "acme-hidden", "admin").build().unwrap();
    let options = PutOptions::create().encryption(Encryption::Aes256);
    let outcome = silent.put(&key("a"), Payload::from("x"), &options).await.unwrap();
    assert!(matches!(outcome, PutOutcome::Created(receipt) if receipt.encryption == EncryptionSeen::None));
}

#[tokio::test]
async fn a_lost_reply_is_found_out_by_the_repeat() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "admin").build().unwrap();
    testkit
        .faults()
        .add(Fault::new(FaultEffect::ReplyLost).operation(Operation::PutObject));
    assert_eq!(failed(&sink, "a").await, (ErrorKind::Connection, Effect::Unknown));
    assert_eq!(
        sink.put_bytes(&key("a"), "x").await.unwrap(),
        PutOutcome::PreconditionFailed
    );
    assert_eq!(sink.get(&key("a")).await.unwrap().payload, "x");
}

#[tokio::test]
async fn an_answer_cut_short_is_not_taken_for_whole() {
    let testkit = testkit().await;
    let sink = builder(&testkit, "acme-events", "admin").build().unwrap();
    sink.put(
        &key("a"),
        Payload::from("x".repeat(100_000)),
        &PutOptions::create(),
    )
    .await
    .unwrap();
    testkit
        .faults()
        .add(Fault::new(FaultEffect::ReplyCut).operation(Operation::GetObject));
    let error = sink.get(&key("a")).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.effect()),
        (&ErrorKind::Connection, Effect::NotApplied),
        "{error}"
    );
    assert_eq!(sink.get(&key("a")).await.unwrap().payload.len(), 100_000);
}

#[tokio::test]
async fn a_store_that_overwrites_is_seen_with_its_first_object() {
    let testkit = testkit().await;
    for (bucket, found) in [
        ("acme-events", Protection::Kept),
        ("acme-careless", Protection::Missing),
    ] {
        let store = builder(&testkit, bucket, "admin").build().unwrap();
        let seen = ProtectionSeen::default();
        let sink = CreateProof::new(store.clone(), seen.clone());
        let before = testkit.requests().of(Operation::PutObject);
        assert_eq!(seen.found(), None);
        for name in ["one", "two", "three"] {
            let outcome = sink.put_bytes(&key(name), name).await.unwrap();
            assert!(matches!(outcome, PutOutcome::Created(_)), "{outcome:?}");
        }
        assert_eq!((seen.news(), seen.news()), (Some(found), None), "{bucket}");
        assert_eq!(
            testkit.requests().of(Operation::PutObject) - before,
            4,
            "one object is sent twice"
        );
        assert_eq!(
            store.list_all("").await.unwrap().len(),
            3,
            "nothing else is left there"
        );
        assert_eq!(store.get(&key("one")).await.unwrap().payload, "one");

        let asked = protection(&store, &key("_probe"), &PutOptions::create()).await;
        assert_eq!(asked.unwrap(), found);
    }
}

#[tokio::test]
async fn a_question_that_fails_harms_no_put_and_is_asked_again() {
    let testkit = testkit().await;
    let store = builder(&testkit, "acme-careless", "admin").build().unwrap();
    let seen = ProtectionSeen::default();
    let sink = CreateProof::new(store, seen.clone());
    // The second put of the first object.
    let fault = Fault::error(503, "SlowDown").operation(Operation::PutObject);
    testkit.faults().add(fault.skip(1).times(1));
    sink.put_bytes(&key("one"), "one").await.unwrap();
    assert_eq!(seen.found(), None);
    sink.put_bytes(&key("two"), "two").await.unwrap();
    assert_eq!(seen.found(), Some(Protection::Missing));
}
