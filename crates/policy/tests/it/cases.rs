//! The golden cases: every line of every file under `tests/cases`. Adding one needs no Rust.

use std::fs;
use std::path::Path;

use bucketline_policy::Decision;
use serde_json::Value;

use crate::case;

fn run(folder: &str, decide: fn(&Value) -> Decision, at_least: usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(folder);
    let (mut seen, mut wrong) = (0, Vec::new());
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files
        .iter()
        .filter(|file| file.extension().is_some_and(|ending| ending == "jsonl"))
    {
        let text = fs::read_to_string(file).unwrap();
        for (number, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let place = format!("{}:{}", file.display(), number + 1);
            let case: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{place}: {error}"));
            let decision = decide(&case);
            let right = match (case["decision"].as_str(), case["expect"].as_str()) {
                (Some(expected), _) => decision.as_str() == expected,
                (None, Some(expected)) => decision.is_allowed() == (expected == "allow"),
                (None, None) => panic!("{place}: neither `decision` nor `expect`"),
            };
            seen += 1;
            if !right {
                wrong.push(format!("{place}: {decision}, but {line}"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {seen} cases are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(seen >= at_least, "only {seen} cases in {}", folder.display());
}

#[test]
fn one_document_alone() {
    run("evaluate", case::decide, 280);
}

#[test]
fn all_layers_together() {
    run("authorize", case::decide, 165);
}
