//! The seed file: its documented example works, and what is wrong with a file that is refused is named.

use std::path::Path;

use bucketline_testkit::{Encryption, ErrorKind, Seed, Testkit};

use crate::client::{KEY, SECRET, credentials, expected, refusal, s3, s3_with, sts_with};

#[tokio::test]
async fn the_documented_example_is_a_world_that_works() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let text = std::fs::read_to_string(folder.join("accounts.toml")).unwrap();
    let seed = Seed::parse(&text, &mut |file| std::fs::read_to_string(folder.join(file))).unwrap();
    let testkit = Testkit::start(seed.build().unwrap()).await.unwrap();
    assert_eq!(testkit.world().buckets(), ["acme-events", "globex-events"]);

    let acme = s3(&testkit.endpoint(), KEY, SECRET, "eu-central-1");
    acme.put_object()
        .bucket("acme-events")
        .key("currents/k")
        .send()
        .await
        .unwrap();
    let delete = acme
        .delete_object()
        .bucket("acme-events")
        .key("currents/k")
        .send()
        .await;
    assert_eq!(refusal(&delete.unwrap_err()), expected("AccessDenied", 403));

    let vendor = sts_with(
        &testkit.endpoint(),
        credentials("AKIAVENDOREXAMPLE001", "vendor-secret", None),
    );
    let assume = || {
        vendor
            .assume_role()
            .role_arn("arn:aws:iam::444455556666:role/export")
            .role_session_name("test")
    };
    assert_eq!(
        refusal(&assume().send().await.unwrap_err()),
        expected("AccessDenied", 403)
    );
    let session = assume()
        .external_id("globex-7f3a2b")
        .duration_seconds(7200)
        .send()
        .await
        .unwrap();
    let given = session.credentials().unwrap();
    let given = credentials(
        given.access_key_id(),
        given.secret_access_key(),
        Some(given.session_token()),
    );
    let globex = s3_with(&testkit.endpoint(), given, "us-east-1");
    globex
        .put_object()
        .bucket("globex-events")
        .key("currents/k")
        .send()
        .await
        .unwrap();
    let stored = testkit.world().object("globex-events", "currents/k").unwrap();
    assert!(matches!(stored.encryption(), Encryption::Kms { key } if key.ends_with("key/1234abcd")));
}

#[test]
fn what_is_wrong_is_named() {
    let account = "[[account]]\nid = \"111122223333\"\n";
    let cases = [
        (format!("{account}colour = \"red\""), ErrorKind::Seed, "colour"),
        (
            "[[acount]]\nid = \"111122223333\"".to_owned(),
            ErrorKind::Seed,
            "acount",
        ),
        ("[[account]]\nid = 7".to_owned(), ErrorKind::Seed, "line 2"),
        (
            format!("{account}[[account.user]]\nname = \"u\"\naccess_keys = [{{ id = \"A\" }}]"),
            ErrorKind::Seed,
            "secret",
        ),
        (
            format!("{account}[[account.role]]\nname = \"r\"\ntrust = 7"),
            ErrorKind::Seed,
            "a policy's JSON text or { file = \"...\" }",
        ),
        (
            format!("{account}[[account.role]]\nname = \"r\"\ntrust = {{ file = \"t.json\" }}"),
            ErrorKind::Io,
            "t.json",
        ),
        (
            format!("{account}[[account.bucket]]\nname = \"b\"\nencryption = \"rot13\""),
            ErrorKind::Seed,
            "rot13",
        ),
    ];
    for (text, kind, named) in cases {
        let mut no_files = |_: &Path| Err(std::io::Error::other("there are no files here"));
        let error = Seed::parse(&text, &mut no_files).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(named), "{error}");
    }
}
