//! The command line itself, and the commands that need no configuration.

use crate::program::Program;
use crate::site::{SCHEMAS, sample};

fn program() -> Program {
    Program::new(&std::env::temp_dir())
}

#[test]
fn help_names_every_command_and_exit_codes() {
    let help = program().args(["--help"]).run().expect_code(0);
    for word in ["run", "verify", "cat", "sample", "status", "Exit codes"] {
        assert!(help.stdout.contains(word), "{word}");
    }
}

#[test]
fn wrong_usage_is_exit_2() {
    for line in [
        &[][..],
        &["frobnicate"],
        &["run"],
        &["run", "--input"],
        &["run", "a.toml", "--config", "b.toml", "--input", "x"],
        &["run", "--input", "x", "--drain-timeout", "soon"],
        &["sample", "--events", "-1"],
    ] {
        program().args(line.iter().copied()).run().expect_code(2);
    }
}

#[test]
fn samples_are_the_same_for_a_seed_and_others_for_another() {
    let once = sample(500, 7);
    assert_eq!(once.lines().count(), 500);
    assert_eq!(once, sample(500, 7));
    assert_ne!(once, sample(500, 8));
    assert!(
        sample(1_000, 7).starts_with(&once),
        "a longer stream begins as the shorter one"
    );
}

#[test]
fn samples_stop_when_nobody_listens() {
    let line = format!(
        "{} sample --events 1000000 | head -n 1",
        env!("CARGO_BIN_EXE_bucketline")
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &line])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(!output.stdout.is_empty());
}

#[test]
fn cat_names_what_it_cannot_read() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("x.avro"), "no Avro").unwrap();
    let cat = |object| Program::new(dir.path()).args(["cat", object]).run();
    cat("x.avro")
        .expect_code(1)
        .expect_said("x.avro")
        .expect_said("Avro");
    cat("absent.avro").expect_code(2).expect_said("absent.avro");
    cat("s3://").expect_code(2).expect_said("s3://bucket/key");
    cat("s3://acme-events/a")
        .expect_code(2)
        .expect_said("bucketline.toml");
    assert!(std::path::Path::new(SCHEMAS).is_dir());
}
