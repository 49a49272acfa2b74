//! `template` and `trust`.

use super::*;

#[test]
fn templates_name_bucket_and_folders() {
    let dir = tempfile::tempdir().unwrap();
    let template = |args: &[&str]| {
        let mut all = vec!["template"];
        all.extend(args);
        all.extend(["--format", "json"]);
        let text = policy(dir.path(), &all).expect_code(0).stdout;
        assert_eq!(text.lines().count(), 1);
        json_of(&text).to_string()
    };
    let least = template(&[
        "currents",
        "--bucket",
        "acme-events",
        "--folder",
        "a",
        "--folder",
        "b",
    ]);
    for part in [
        "acme-events/a/*",
        "acme-events/b/*",
        "_bucketline",
        "s3:prefix",
        "GetBucketLocation",
    ] {
        assert!(least.contains(part), "{part}: {least}");
    }
    for part in ["Delete", "kms:", "Multipart", "INSERTBUCKETNAME"] {
        assert!(!least.contains(part), "{part}: {least}");
    }
    assert!(
        !template(&[
            "currents",
            "--bucket",
            "acme-events",
            "--folder",
            "a",
            "--no-claims"
        ])
        .contains("_bucketline")
    );
    assert!(
        template(&["both", "--bucket", "acme-events", "--folder", "a", "--multipart"])
            .contains("AbortMultipartUpload")
    );
    let kms = [
        "session",
        "--bucket",
        "acme-events",
        "--folder",
        "a",
        "--kms-region",
        "eu-west-1",
    ];
    assert!(template(&kms).contains("s3.eu-west-1.amazonaws.com"));
    assert!(template(&["boundary", "--bucket", "acme-events", "--data-export"]).contains("segment-export"));
    let exports = template(&["data-export", "--bucket", "acme-events", "--folder", "team"]);
    assert!(
        exports.contains("acme-events/team/reports/*") && !exports.contains("acme-events/team/*"),
        "{exports}"
    );
    assert!(exports.contains("s3:DeleteObject"), "{exports}");
    let (user, role) = (
        template(&["data-export", "--documented", "--holder", "user"]),
        template(&["data-export", "--documented", "--holder", "role"]),
    );
    assert!(user.contains("INSERTBUCKETNAME*") && role.contains("INSERTBUCKETNAME/*") && user != role);
    let bucket = [
        "bucket",
        "--bucket",
        "acme-events",
        "--require-encryption",
        "aes256",
        "--only-account",
        "123456789012",
    ];
    assert!(template(&bucket).contains("AES256"));
}

#[test]
fn templates_refuse_what_makes_no_policy() {
    let dir = tempfile::tempdir().unwrap();
    for (args, said) in [
        (&["template", "currents"][..], "--bucket"),
        (&["template", "currents", "--bucket", "acme-events"], "folder"),
        (&["template", "currents", "--bucket", "Acme"], "Acme"),
        (
            &[
                "template",
                "currents",
                "--bucket",
                "acme-events",
                "--folder",
                "/a",
            ],
            "/a",
        ),
        (
            &["template", "currents", "--documented", "--folder", "a"],
            "--documented",
        ),
        (&["template", "bucket", "--bucket", "acme-events"], "statement"),
        (&["trust", "--vendor-account", "123456789012"], "--external-id"),
        (&["trust", "--external-id", "ab-1"], "--vendor-account"),
        (
            &["trust", "--vendor-account", "1234", "--external-id", "ab-1"],
            "1234",
        ),
        (
            &[
                "trust",
                "--vendor-account",
                "123456789012",
                "--external-id",
                "a b",
            ],
            "external id",
        ),
    ] {
        policy(dir.path(), args).expect_code(2).expect_said(said);
    }
}

#[test]
fn trust_demands_the_external_id() {
    let dir = tempfile::tempdir().unwrap();
    let args = [
        "trust",
        "--vendor-account",
        "210987654321",
        "--external-id",
        "tenant-7",
        "--external-id",
        "tenant-8",
    ];
    let trust = json_of(&policy(dir.path(), &args).expect_code(0).stdout);
    let statement = &trust["Statement"][0];
    assert_eq!(
        statement["Condition"]["StringEquals"]["sts:ExternalId"],
        json!(["tenant-7", "tenant-8"])
    );
    let role = "arn:aws:iam::210987654321:role/Exporter";
    let args = ["trust", "--vendor-role", role, "--external-id", "tenant-7"];
    policy(dir.path(), &args).expect_code(0).expect_said(role);
}
