//! The linter beside AWS's own: real answers of IAM Access Analyzer's `ValidatePolicy`, and what `bucketline policy lint` says
//! of the same policies.
//!
//! The answers are somebody else's collection, so they are not kept in the project: `--validate-policy FILE` names them, a
//! file of lines `{"id", "policy", "policy_type", "aws": [{"code", "at"}]}` or a zip of one. Precision and recall count
//! policies and codes; places count findings of the codes that both have, by their JSON pointers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::{Outcome, Settings};
use crate::error::Error;
use crate::scene::Programs;

/// Below these the check fails.
const PRECISION: f64 = 0.99;
const RECALL: f64 = 0.95;
const PLACES: f64 = 0.95;

/// Code and place.
type Findings = BTreeSet<(String, String)>;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let Some(file) = settings.validate_policy() else {
        return Ok(Outcome::Skipped(
            "no answers given: --validate-policy FILE, lines of policies with AWS's findings".to_owned(),
        ));
    };
    let folder = settings.fresh_folder("validate-policy")?;
    let Some(text) = read(file, &folder)? else {
        return Ok(Outcome::Skipped("unpacking needs python3".to_owned()));
    };
    let cases = cases(&text)?;
    let ours = lint(&cases, &folder)?;
    let mut counts = Counts::default();
    for (case, ours) in cases.iter().zip(&ours) {
        counts.add(&case.aws, ours);
    }
    counts.print();
    let total = counts.total();
    let seen = format!(
        "{} policies: precision {:.3}, recall {:.3}, places equal in {:.1} %",
        cases.len(),
        total.precision(),
        total.recall(),
        counts.places() * 100.0
    );
    if total.precision() < PRECISION || total.recall() < RECALL || counts.places() < PLACES {
        return Err(Error::failed(format!(
            "{seen}; at least {PRECISION}, {RECALL} and {} % are wanted",
            PLACES * 100.0
        )));
    }
    Ok(Outcome::Passed(seen))
}

struct Case {
    policy: String,
    policy_type: String,
    aws: Findings,
}

/// The lines, out of the archive if it is one; nothing where it cannot be unpacked.
fn read(file: &Path, folder: &Path) -> Result<Option<String>, Error> {
    let zipped = file.extension().is_some_and(|extension| extension == "zip");
    if !zipped {
        return Ok(Some(std::fs::read_to_string(file)?));
    }
    let unpacked = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(file)
        .arg(folder)
        .status();
    if !unpacked.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let entries = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let lines = entries
        .into_iter()
        .find(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .ok_or_else(|| Error::failed(format!("{}: holds no *.jsonl", file.display())))?;
    Ok(Some(std::fs::read_to_string(lines)?))
}

fn cases(lines: &str) -> Result<Vec<Case>, Error> {
    let lines = lines.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let case: Value =
                serde_json::from_str(line).map_err(|e| Error::failed(format!("a case: {e}")))?;
            let findings = list(&case, "aws");
            Ok(Case {
                policy: case.get("policy").map(Value::to_string).unwrap_or_default(),
                policy_type: text(&case, "policy_type").unwrap_or("identity").to_owned(),
                aws: findings
                    .iter()
                    .filter_map(|finding| place(finding, "at"))
                    .collect(),
            })
        })
        .collect()
}

/// AWS's places come without the escapes of a JSON pointer.
fn place(finding: &Value, pointer: &str) -> Option<(String, String)> {
    let place = text(finding, pointer)?.replace("~1", "/").replace("~0", "~");
    Some((text(finding, "code")?.to_owned(), place))
}

fn list<'v>(value: &'v Value, member: &str) -> &'v [Value] {
    let list = value.get(member).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(value: &'v Value, member: &str) -> Option<&'v str> {
    value.get(member).and_then(Value::as_str)
}

/// What the program says, in the order of the cases.
fn lint(cases: &[Case], folder: &Path) -> Result<Vec<Findings>, Error> {
    let programs = Programs::build()?;
    let mut files: BTreeMap<&str, Vec<(usize, PathBuf)>> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        let file = folder.join(format!("{number}.json"));
        std::fs::write(&file, &case.policy)?;
        files.entry(&case.policy_type).or_default().push((number, file));
    }
    let mut found = vec![Findings::new(); cases.len()];
    for (policy_type, files) in files {
        let output = Command::new(programs.bucketline())
            .args([
                "policy",
                "lint",
                "--format",
                "json",
                "--vocabulary",
                "access-analyzer",
            ])
            .args(["--type", policy_type])
            .args(files.iter().map(|(_, file)| file))
            .output()?;
        let answer: Value = serde_json::from_slice(&output.stdout)
            .map_err(|e| Error::failed(format!("{e}: {}", String::from_utf8_lossy(&output.stderr))))?;
        for ((number, _), file) in files.iter().zip(list(&answer, "files")) {
            if let Some(found) = found.get_mut(*number) {
                found.extend(
                    list(file, "findings")
                        .iter()
                        .filter_map(|finding| place(finding, "pointer")),
                );
            }
        }
    }
    Ok(found)
}

/// Policies in which both have a code, or one alone has it.
#[derive(Clone, Copy, Default)]
struct Count {
    both: u32,
    ours_alone: u32,
    aws_alone: u32,
}

impl Count {
    fn precision(self) -> f64 {
        share(self.both, self.ours_alone)
    }

    fn recall(self) -> f64 {
        share(self.both, self.aws_alone)
    }
}

fn share(right: u32, wrong: u32) -> f64 {
    if right + wrong == 0 {
        1.0
    } else {
        f64::from(right) / f64::from(right + wrong)
    }
}

#[derive(Default)]
struct Counts {
    codes: BTreeMap<String, Count>,
    same_places: u32,
    other_places: u32,
}

impl Counts {
    fn add(&mut self, aws: &Findings, ours: &Findings) {
        let codes = |findings: &Findings| -> BTreeSet<String> {
            findings.iter().map(|(code, _)| code.clone()).collect()
        };
        let (theirs, mine) = (codes(aws), codes(ours));
        for code in theirs.union(&mine) {
            let count = self.codes.entry(code.clone()).or_default();
            match (theirs.contains(code), mine.contains(code)) {
                (true, true) => count.both += 1,
                (true, false) => count.aws_alone += 1,
                _ => count.ours_alone += 1,
            }
        }
        for finding in aws.union(ours) {
            if !theirs.contains(&finding.0) || !mine.contains(&finding.0) {
                continue;
            }
            if aws.contains(finding) && ours.contains(finding) {
                self.same_places += 1;
            } else {
                self.other_places += 1;
            }
        }
    }

    fn total(&self) -> Count {
        self.codes.values().fold(Count::default(), |total, count| Count {
            both: total.both + count.both,
            ours_alone: total.ours_alone + count.ours_alone,
            aws_alone: total.aws_alone + count.aws_alone,
        })
    }

    fn places(&self) -> f64 {
        share(self.same_places, self.other_places)
    }

    fn print(&self) {
        let row = |code: &str, count: &Count| {
            println!(
                "{code:<60} {:>5} {:>10} {:>9} {:>10.3} {:>7.3}",
                count.both,
                count.ours_alone,
                count.aws_alone,
                count.precision(),
                count.recall()
            );
        };
        println!(
            "{:<60} {:>5} {:>10} {:>9} {:>10} {:>7}",
            "code", "both", "ours alone", "AWS alone", "precision", "recall"
        );
        self.codes.iter().for_each(|(code, count)| row(code, count));
        row("in total", &self.total());
    }
}
