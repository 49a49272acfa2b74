//! Checksums: wrong ones are refused with nothing stored, right ones come back.

use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumMode};

use crate::client::{BUCKET, expected, plain, refusal};

// The checksums below were made with other implementations: Python's zlib and hashlib, and bitwise CRCs.
const BODY: &[u8] = b"hello, bucket";

#[tokio::test]
async fn a_wrong_checksum_is_bad_digest_and_nothing_is_stored() {
    let (testkit, s3) = plain().await;
    let wrong: [fn(PutObjectFluentBuilder) -> PutObjectFluentBuilder; 6] = [
        |put| put.checksum_crc32("AAAAAA=="),
        |put| put.checksum_crc32_c("AAAAAA=="),
        |put| put.checksum_crc64_nvme("AAAAAAAAAAA="),
        |put| put.checksum_sha1("AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        |put| put.checksum_sha256("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        |put| put.content_md5("AAAAAAAAAAAAAAAAAAAAAA=="),
    ];
    for set in wrong {
        let put = set(s3
            .put_object()
            .bucket(BUCKET)
            .key("k")
            .body(ByteStream::from_static(BODY)));
        let error = put.send().await.unwrap_err();
        assert_eq!(refusal(&error), expected("BadDigest", 400));
        assert!(testkit.world().objects(BUCKET).is_empty());
    }
}

#[tokio::test]
async fn a_checksum_that_is_none_is_refused() {
    let (_testkit, s3) = plain().await;
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .checksum_sha256("AAAA")
        .body(ByteStream::from_static(BODY));
    assert_eq!(
        refusal(&put.send().await.unwrap_err()),
        expected("InvalidRequest", 400)
    );
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .content_md5("AAAA")
        .body(ByteStream::from_static(BODY));
    assert_eq!(
        refusal(&put.send().await.unwrap_err()),
        expected("InvalidDigest", 400)
    );
}

#[tokio::test]
async fn the_checksum_that_the_client_computes_is_kept_and_shown_on_demand() {
    let (_testkit, s3) = plain().await;
    let algorithms = [
        ChecksumAlgorithm::Crc32,
        ChecksumAlgorithm::Crc32C,
        ChecksumAlgorithm::Crc64Nvme,
        ChecksumAlgorithm::Sha1,
        ChecksumAlgorithm::Sha256,
    ];
    for algorithm in algorithms {
        let put = s3
            .put_object()
            .bucket(BUCKET)
            .key("k")
            .checksum_algorithm(algorithm.clone());
        let put = put.body(ByteStream::from_static(BODY)).send().await.unwrap();
        let head = s3.head_object().bucket(BUCKET).key("k").send().await.unwrap();
        let none = [
            head.checksum_crc32(),
            head.checksum_crc32_c(),
            head.checksum_crc64_nvme(),
            head.checksum_sha1(),
            head.checksum_sha256(),
        ];
        assert_eq!(none, [None; 5], "shown only on demand");
        let head = s3
            .head_object()
            .bucket(BUCKET)
            .key("k")
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await
            .unwrap();
        let shown = [
            head.checksum_crc32(),
            head.checksum_crc32_c(),
            head.checksum_crc64_nvme(),
            head.checksum_sha1(),
            head.checksum_sha256(),
        ];
        let echoed = [
            put.checksum_crc32(),
            put.checksum_crc32_c(),
            put.checksum_crc64_nvme(),
            put.checksum_sha1(),
            put.checksum_sha256(),
        ];
        assert_eq!(shown, echoed, "{algorithm:?}");
        assert_eq!(shown.iter().flatten().count(), 1, "{algorithm:?}");
        let get = s3
            .get_object()
            .bucket(BUCKET)
            .key("k")
            .checksum_mode(ChecksumMode::Enabled)
            .send()
            .await
            .unwrap();
        assert_eq!(
            get.body.collect().await.unwrap().into_bytes(),
            BODY,
            "the client compares it with what it reads"
        );
    }
}

#[tokio::test]
async fn a_right_checksum_is_taken_and_echoed() {
    let (testkit, s3) = plain().await;
    let put = || {
        s3.put_object()
            .bucket(BUCKET)
            .key("k")
            .body(ByteStream::from_static(BODY))
    };
    let done = put().checksum_crc32("ziMjXQ==").send().await.unwrap();
    assert_eq!(done.checksum_crc32(), Some("ziMjXQ=="));
    let done = put().checksum_crc32_c("XobMfQ==").send().await.unwrap();
    assert_eq!(done.checksum_crc32_c(), Some("XobMfQ=="));
    let done = put().checksum_crc64_nvme("odcO3u6HmdI=").send().await.unwrap();
    assert_eq!(done.checksum_crc64_nvme(), Some("odcO3u6HmdI="));
    let done = put()
        .checksum_sha1("MhfeXJ/wX8QEr5peYtqICY1UYk8=")
        .send()
        .await
        .unwrap();
    assert_eq!(done.checksum_sha1(), Some("MhfeXJ/wX8QEr5peYtqICY1UYk8="));
    let sha256 = "bYc5gebWibzNam/eOiuvlzMlgdnsR9zhQ22uU34LfyQ=";
    let done = put().checksum_sha256(sha256).send().await.unwrap();
    assert_eq!(done.checksum_sha256(), Some(sha256));
    put()
        .content_md5("za5aAG2nYB9Oy4nZixm4gQ==")
        .send()
        .await
        .unwrap();
    assert_eq!(testkit.world().object(BUCKET, "k").unwrap().body(), BODY);
}

#[tokio::test]
async fn a_streamed_upload_brings_its_checksum_in_a_trailer() {
    let (testkit, s3) = plain().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("big");
    std::fs::write(&file, vec![7; 3_000_000]).unwrap();
    let body = ByteStream::from_path(&file).await.unwrap();
    let put = s3
        .put_object()
        .bucket(BUCKET)
        .key("k")
        .checksum_algorithm(ChecksumAlgorithm::Sha256)
        .body(body);
    let put = put.send().await.unwrap();
    let head = s3
        .head_object()
        .bucket(BUCKET)
        .key("k")
        .checksum_mode(ChecksumMode::Enabled)
        .send()
        .await
        .unwrap();
    assert!(head.checksum_sha256().is_some());
    assert_eq!(head.checksum_sha256(), put.checksum_sha256());
    assert_eq!(
        head.content_encoding(),
        None,
        "aws-chunked is how it travelled, not what it is"
    );
    assert_eq!(
        testkit.world().object(BUCKET, "k").unwrap().body(),
        &vec![7; 3_000_000]
    );
}
