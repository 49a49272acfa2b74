//! Input that means harm, and the help.

use super::*;

#[test]
fn input_that_means_harm_ends_in_an_error() {
    let dir = folder();
    fs::write(dir.path().join("deep.json"), "[".repeat(1_000_000)).unwrap();
    fs::write(dir.path().join("object.json"), "{\"a\":".repeat(1_000_000)).unwrap();
    fs::write(dir.path().join("binary.json"), [0xff, 0xfe, 0x00]).unwrap();
    let stars = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{}b"}}}}"#,
        "*a".repeat(500_000)
    );
    fs::write(dir.path().join("stars.json"), stars).unwrap();
    for file in ["deep.json", "object.json", "binary.json", "empty.json", "."] {
        fs::write(dir.path().join("empty.json"), "").unwrap();
        for args in [
            &["fmt", file][..],
            &[
                "evaluate",
                file,
                "--principal",
                CALLER,
                "--action",
                "s3:PutObject",
            ],
            &["diff", file, "own.json"],
            &["audit", file, "--bucket", "acme-events"],
        ] {
            let ran = policy(dir.path(), args).expect_code(2).expect_said(file);
            assert!(ran.stderr.len() < 2_000, "{}", ran.stderr.len());
        }
    }
    policy(dir.path(), &["lint", "deep.json"])
        .expect_code(1)
        .expect_said("JSON_SYNTAX_ERROR");
    policy(dir.path(), &["diff", "stars.json", "own.json"]).expect_code(1);
    policy(dir.path(), &["fmt", "stars.json", "--check"]).expect_code(1);
    put(dir.path(), "evaluate", &["--boundary", "stars.json"]).expect_code(0);
}

#[test]
fn help_names_every_command() {
    let help = policy(&std::env::temp_dir(), &["--help"]).expect_code(0);
    for word in [
        "template",
        "trust",
        "lint",
        "evaluate",
        "explain",
        "explain-denied",
        "audit",
        "diff",
        "fmt",
    ] {
        assert!(help.stdout.contains(&format!("  {word} ")), "{word}");
    }
}
