//! The seed file: its format, and what is wrong with a file that is refused.

use std::path::Path;

use bucketline_testkit::{ErrorKind, Seed};

fn no_files(_: &Path) -> std::io::Result<String> {
    Err(std::io::Error::other("there are no files here"))
}

#[test]
fn the_documented_format_is_read() {
    let seed = r#"
        ids = 7
        [[account]]
        id = "111122223333"
        root_access_keys = [{ id = "AKIAROOT", secret = "x" }]
        [[account.user]]
        name = "currents"
        path = "/vendors/"
        access_keys = [{ id = "AKIAONE", secret = "x" }, { id = "AKIATWO", secret = "y", status = "inactive" }]
        [account.user.policies]
        write = '''{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'''
        [[account.role]]
        name = "export"
        trust = { file = "trust.json" }
        policies = { write = { file = "write.json" } }
        max_session_seconds = 7200
        [[account.bucket]]
        name = "acme-events"
        region = "eu-central-1"
        policy = { file = "bucket.json" }
        encryption = { kms = "arn:aws:kms:eu-central-1:111122223333:key/1" }
        show_encryption = false
        [[account.bucket]]
        name = "acme-plain"
        encryption = "aes256"
        [[account.kms_key]]
        arn = "arn:aws:kms:eu-central-1:111122223333:key/1"
        state = "disabled"
    "#;
    let mut asked = Vec::new();
    let mut read = |file: &Path| {
        asked.push(file.display().to_string());
        Ok(
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "*"}}"#
                .to_owned(),
        )
    };
    let parsed = Seed::parse(seed, &mut read).unwrap();
    assert_eq!(asked, ["trust.json", "write.json", "bucket.json"]);
    // The texts handed in are read as policies: one of them names a principal where there can be none.
    drop(parsed.build());
    let plain = seed.replace(
        "{ file = \"write.json\" }",
        "'''{\"Version\": \"2012-10-17\", \"Statement\": []}'''",
    );
    let world = Seed::parse(&plain, &mut |_| Ok(crate::client::ANYTHING.to_owned()))
        .unwrap()
        .build()
        .unwrap();
    assert_eq!(world.buckets(), ["acme-events", "acme-plain"]);
}

#[test]
fn what_is_wrong_is_named() {
    let cases = [
        ("[[account]]\nid = \"111122223333\"\ncolour = \"red\"", "colour"),
        ("[[acount]]\nid = \"111122223333\"", "acount"),
        ("[[account]]\nid = 7", "line 2"),
        (
            "[[account]]\nid = \"111122223333\"\n[[account.user]]\nname = \"u\"\naccess_keys = [{ id = \"A\" }]",
            "secret",
        ),
        (
            "[[account]]\nid = \"111122223333\"\n[[account.role]]\nname = \"r\"\ntrust = 7",
            "a policy's JSON text",
        ),
        (
            "[[account]]\nid = \"111122223333\"\n[[account.role]]\nname = \"r\"\ntrust = { file = \"t.json\" }",
            "t.json",
        ),
    ];
    for (text, named) in cases {
        let error = Seed::parse(text, &mut no_files).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Seed | ErrorKind::Io));
        assert!(error.to_string().contains(named), "{error}");
    }
}
