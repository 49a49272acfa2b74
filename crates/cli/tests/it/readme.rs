//! What the READMEs tell a newcomer to type, typed: the first configuration, and the commands beside it.

use std::path::Path;

use crate::program::{Program, Ran};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The first block of TOML.
fn configuration(readme: &str) -> &str {
    let (_, rest) = readme.split_once("```toml\n").expect("a first configuration");
    rest.split_once("```").expect("its end").0
}

fn follow(readme: &Path) {
    let text = std::fs::read_to_string(readme).unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bucketline.toml"), configuration(&text)).unwrap();
    let run = |line: &str| -> Ran { Program::new(folder.path()).args(line.split(' ')).run() };

    let events = run("sample").expect_code(0).stdout;
    std::fs::write(folder.path().join("events.ndjson"), events).unwrap();
    run("run bucketline.toml --input events.ndjson --drain")
        .expect_code(0)
        .expect_said(" 0 rejected")
        .expect_said(" 0 pending");
    run("verify --input events.ndjson")
        .expect_code(0)
        .expect_said("every accepted event is there exactly once");
    run("status")
        .expect_code(0)
        .expect_said("workspace acme: received: ");
}

#[test]
fn the_programs_readme_can_be_followed() {
    follow(&here().join("README.md"));
}

#[test]
fn the_projects_readme_can_be_followed() {
    follow(&here().join("../../README.md"));
}
