//! Where results and lists are written to: a full disk is said, a reader that has gone is not, nothing is written over.

use std::fs::OpenOptions;
use std::os::unix::fs::symlink;

use crate::program::{finish, signal};
use crate::site::{Site, sample};

/// A site with one object, and its name.
fn delivered() -> (Site, String) {
    let site = Site::local();
    site.sample(5, 1);
    site.run().expect_code(0);
    let mut files = crate::site::files(&site.file("out")).into_iter();
    let object = files
        .find(|file| file.extension().is_some_and(|end| end == "avro"))
        .unwrap();
    (site, object.to_str().unwrap().to_owned())
}

const POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

#[test]
fn a_result_that_cannot_be_written_is_exit_1() {
    let (site, object) = delivered();
    site.write("policy.json", POLICY);
    site.write("unlinted.json", &POLICY.replace("s3:GetObject", "*"));
    site.write("cases.ndjson", "{}\n");
    let commands: &[&[&str]] = &[
        &["--help"],
        &["--version"],
        &["help", "run"],
        &["status", "--help"],
        &["run", "--input", "events.ndjson", "--drain"],
        &["verify", "--input", "events.ndjson"],
        &["verify", "--input", "events.ndjson", "--format", "json"],
        &["status"],
        &["status", "--format", "json"],
        &["cat", &object],
        &["sample", "--events", "1"],
        &["sample", "--events", "5000"],
        &["policy", "fmt", "policy.json"],
        &["policy", "fmt", "--format", "json", "policy.json"],
        &["policy", "lint", "--vocabulary", "export", "unlinted.json"],
        &["policy", "lint", "--format", "json", "policy.json"],
        &[
            "policy",
            "diff",
            "policy.json",
            "unlinted.json",
            "--format",
            "json",
        ],
        &["policy", "lint", "--cases", "cases.ndjson"],
    ];
    for command in commands {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let ran = site.program().args(command.iter().copied()).stdout(full).run();
        assert_eq!(ran.code, 1, "{command:?}: {ran:?}");
        assert!(ran.stderr.contains("No space left"), "{command:?}: {ran:?}");
    }
}

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let (site, object) = delivered();
    for command in [
        &["status"][..],
        &["cat", &object],
        &["sample", "--events", "5000"],
        &["verify", "--input", "events.ndjson"],
        &["run", "--input", "events.ndjson", "--drain"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = site.program().args(command.iter().copied()).stdout(writer).run();
        assert_eq!(ran.code, 0, "{command:?}: {ran:?}");
        assert!(!ran.stderr.contains("error"), "{command:?}: {ran:?}");
    }
}

#[test]
fn a_worse_end_is_not_hidden_by_a_full_disk() {
    let site = Site::local();
    site.sample(5, 1);
    // Somebody's file where the folder should be.
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let job = [
        "run",
        "--input",
        "events.ndjson",
        "--drain",
        "--drain-timeout",
        "0s",
    ];
    let ran = site.program().args(job).stdout(full).run().expect_code(3);
    assert!(ran.stderr.contains("No space left"), "{ran:?}");
}

fn rejecting(site: &Site, list: &str) -> crate::program::Ran {
    site.write("events.ndjson", &format!("{}no event\n", sample(5, 1)));
    site.program()
        .args(["run", "--input", "events.ndjson", "--drain", "--rejects", list])
        .run()
}

#[test]
fn the_list_of_refused_lines_takes_no_place_but_its_own() {
    let site = Site::local();
    site.write("r.new", "mine");
    site.write("victim", "mine");
    symlink(site.file("victim"), site.file(".r.new")).unwrap();
    for _ in 0..2 {
        rejecting(&site, "r").expect_code(0);
        assert_eq!(
            std::fs::read_to_string(site.file("r")).unwrap().lines().count(),
            1
        );
    }
    for name in ["r.new", "victim"] {
        assert_eq!(
            std::fs::read_to_string(site.file(name)).unwrap(),
            "mine",
            "{name}"
        );
    }
    let left = std::fs::read_dir(site.path()).unwrap();
    let left = left.filter(|entry| {
        entry
            .as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .starts_with(".r.")
    });
    assert_eq!(left.count(), 1, "nothing but what was there is left");
}

#[test]
fn the_list_of_refused_lines_follows_no_link() {
    let site = Site::local();
    // Also one that looks like a list, an empty one, and one that is not there.
    for (victim, text) in [
        ("list", Some("{\"input\":\"x\"}\n")),
        ("empty", Some("")),
        ("absent", None),
    ] {
        if let Some(text) = text {
            site.write(victim, text);
        }
        let link = format!("link-to-{victim}");
        symlink(site.file(victim), site.file(&link)).unwrap();
        rejecting(&site, &link)
            .expect_code(2)
            .expect_said("symbolic link");
        assert!(site.file(&link).is_symlink());
        assert_eq!(std::fs::read_to_string(site.file(victim)).ok().as_deref(), text);
    }
    symlink("/dev/null", site.file("nowhere")).unwrap();
    rejecting(&site, "nowhere").expect_code(0);
    // Standard output is a link, too: to a file here, which is not to be replaced.
    let out = std::fs::File::create(site.file("out.txt")).unwrap();
    site.program()
        .args([
            "run",
            "--input",
            "events.ndjson",
            "--drain",
            "--rejects",
            "/dev/stdout",
        ])
        .stdout(out)
        .run()
        .expect_code(2);
    assert!(std::path::Path::new("/dev/stdout").is_symlink());
}

#[test]
fn a_list_is_kept_up_while_the_run_goes_on() {
    use std::io::Write as _;
    let site = Site::local();
    let job = ["run", "--input", "-", "--rejects", "r"];
    let (child, mut stdin) = site.program().args(job).start_with_input();
    stdin.write_all(b"no event\n").unwrap();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while !std::fs::read_to_string(site.file("r")).is_ok_and(|list| list.contains("not_an_envelope")) {
        assert!(std::time::Instant::now() < deadline);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert!(signal(&child, "TERM").success());
    drop(stdin);
    finish(child).expect_code(0);
}
