//! Source files: small, one idea each, opened by a sentence that says what they are; and no traces of a machine.

use std::path::Path;

use super::Findings;
use crate::error::Error;

/// Lines before the tests of a file. Longer ones say at their top why (`//! Long because ...`) or are split.
const HARD_LIMIT: usize = 500;

/// A file is named for the noun that it owns; these own none.
const BANNED_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "types", "misc"];

/// Paths of somebody's machine. Split so that this file passes its own rule.
const MACHINE_PATHS: [&str; 2] = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];

pub(super) fn check(files: &[String], findings: &mut Findings) -> Result<(), Error> {
    for file in files {
        let Ok(text) = std::fs::read_to_string(file) else {
            continue;
        };
        machine_paths(file, &text, findings);
        if file.ends_with(".rs") {
            rust(file, &text, findings);
        }
    }
    Ok(())
}

fn machine_paths(file: &str, text: &str, findings: &mut Findings) {
    if file == "Cargo.lock" {
        return;
    }
    for (number, line) in text.lines().enumerate() {
        if let Some(path) = MACHINE_PATHS.iter().find(|path| line.contains(*path)) {
            findings.add(format!(
                "{file}:{}: a path of somebody's machine (`{path}`)",
                number + 1
            ));
        }
    }
}

fn rust(file: &str, text: &str, findings: &mut Findings) {
    let path = Path::new(file);
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    if BANNED_NAMES.contains(&stem) {
        findings.add(format!(
            "{file}: name the file for the noun that it owns, not `{stem}`"
        ));
    }
    if stem == "mod" {
        findings.add(format!("{file}: use `foo.rs` beside `foo/`, not `foo/mod.rs`"));
    }
    let generated = text.starts_with("// @generated");
    let opens = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with("// @generated"));
    let documented = opens.is_some_and(|line| line.starts_with("//!") || line.starts_with("#![doc"));
    if !documented && stem != "tests" {
        findings.add(format!(
            "{file}: open it with `//!`: what it is, and what it must not know"
        ));
    }
    let lines = text
        .lines()
        .take_while(|line| line.trim() != "#[cfg(test)]")
        .count();
    let is_test = file.contains("/tests/") || stem == "tests";
    let explained = text
        .lines()
        .take(12)
        .any(|line| line.starts_with("//! Long because"));
    if lines > HARD_LIMIT && !is_test && !generated && !explained {
        findings.add(format!("{file}: {lines} lines before its tests (limit {HARD_LIMIT}); split it, or say `//! Long because ...`"));
    }
}
