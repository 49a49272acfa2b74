//! The linter's golden cases: every folder of `tests/cases/lint`. Adding one needs no Rust.
//!
//! `policy.json` is the document; `type` holds its type (`identity`, `resource`, `trust`, `session`, `bucket`, `scp`,
//! `rcp`), then, if wanted, `access-analyzer` (AWS's codes alone) or `export` (with those about exports), `managed` (whose
//! quota of size holds), `multipart` and `kms` (what the integration needs); `expect.txt` holds the findings. `UPDATE_EXPECT=1` rewrites the last, to be read before it is kept.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use bucketline_policy::PolicyKind;
use bucketline_policy::lint::{Access, Linter, PolicyType, Vocabulary, codes};

fn linter(words: &str) -> Linter<'static> {
    let mut words = words.split_whitespace();
    let mut linter = Linter::new(match words.next() {
        Some("identity") => PolicyType::Identity,
        Some("resource") => PolicyType::Resource,
        Some("trust") => PolicyType::Trust,
        Some("session") => PolicyType::Session,
        Some("bucket") => PolicyType::Bucket,
        Some("scp") => PolicyType::Scp,
        Some("rcp") => PolicyType::Rcp,
        other => panic!("no type of policy: {other:?}"),
    });
    for word in words {
        linter = match word {
            "access-analyzer" => linter.vocabulary(Vocabulary::AccessAnalyzer),
            "export" => linter.vocabulary(Vocabulary::Export),
            "managed" => linter.kind(PolicyKind::Managed),
            "multipart" => linter.expect_multipart(),
            "kms" => linter.expect_kms(),
            other => panic!("no option of the linter: {other}"),
        };
    }
    linter
}

/// The findings, one a line, each with what its edits would do to access, and what the fixes make of the text if there are any.
fn report(linter: &Linter<'_>, text: &str) -> String {
    let findings = linter.lint(text);
    let mut out = String::new();
    for finding in &findings {
        writeln!(out, "{finding}").unwrap();
        match linter.access(text, finding) {
            None | Some(Access::Same | Access::Spelling) => {}
            Some(Access::Changed {
                relation,
                gained,
                lost,
            }) => {
                write!(out, "  only by name: {relation}").unwrap();
                for (word, request) in [("gains", gained), ("loses", lost)] {
                    if let Some(request) = request {
                        write!(out, ", {word} `{}` on `{}`", request.action(), request.resource()).unwrap();
                    }
                }
                writeln!(out).unwrap();
            }
            Some(Access::Accepted) => writeln!(out, "  only by name: AWS would take the document").unwrap(),
            Some(_) => writeln!(out, "  only by name: unknown").unwrap(),
        }
    }
    let fixed = linter.fix(text, &[]);
    if fixed.text() != text {
        writeln!(out, "--- fixed:\n{}", fixed.text().trim_end()).unwrap();
    }
    if out.is_empty() { "clean\n".to_owned() } else { out }
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "whether to write the files is asked of whoever runs the test"
)]
fn every_case_has_the_findings_it_deserves() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/lint");
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for case in &folders(&folder) {
        let read = |name: &str| fs::read_to_string(case.join(name)).unwrap_or_default();
        let (text, linter) = (read("policy.json"), linter(&read("type")));
        let got = report(&linter, &text);
        seen.extend(linter.lint(&text).iter().map(|finding| finding.code()));
        if update {
            fs::write(case.join("expect.txt"), &got).unwrap();
        } else if got != read("expect.txt") {
            wrong.push(format!(
                "{}\nexpected:\n{}\ngot:\n{got}",
                case.display(),
                read("expect.txt")
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cases are wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let unseen: Vec<&str> = codes()
        .map(|code| code.name())
        .filter(|code| !seen.contains(code))
        .collect();
    assert!(unseen.is_empty(), "no case shows {unseen:?}");
}

/// Whatever is wrong with a text, linting ends, and fixes do not break JSON.
#[test]
fn truncated_documents_are_linted_too() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/lint");
    for case in &folders(&folder) {
        let text = fs::read_to_string(case.join("policy.json")).unwrap();
        let whole: Result<serde_json::Value, _> = serde_json::from_str(&text);
        for kind in [
            PolicyType::Identity,
            PolicyType::Bucket,
            PolicyType::Trust,
            PolicyType::Scp,
        ] {
            let fixed = Linter::new(kind).fix(&text, &[]);
            let read: Result<serde_json::Value, _> = serde_json::from_str(fixed.text());
            assert_eq!(
                whole.is_ok(),
                read.is_ok(),
                "{}: {}",
                case.display(),
                fixed.text()
            );
        }
        let text = text.trim_end();
        let cuts = (0..text.len().min(400))
            .step_by(31)
            .filter_map(|at| text.get(..at));
        for cut in cuts {
            let findings = Linter::new(PolicyType::Identity).lint(cut);
            assert!(
                findings
                    .iter()
                    .any(|finding| finding.code() == "JSON_SYNTAX_ERROR"),
                "{cut}"
            );
        }
    }
}
