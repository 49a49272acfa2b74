//! Configurations that nobody would write, made of some that people do: each is read or refused with its place, and never ends the
//! program. A few at each test; `cargo xtask fuzz` goes on for as long as it is told.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bucketline_service::file::ConfigFile;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};
use tokio::time::Instant;

/// A line taken away, a line of another file put in, or a word in place of a value.
#[derive(Debug, Clone)]
enum Edit {
    Without(Index),
    Borrow(Index, Index),
    Value(Index, String),
}

fn edit() -> impl Strategy<Value = Edit> {
    let values = select(vec![
        "\"\"",
        "-1",
        "0",
        "1e400",
        "99999999999999999999",
        "true",
        "[]",
        "{}",
        "{ env = \"A\" }",
        "{ file = \"\" }",
        "\"\\u0000\"",
        "\"a/../b\"",
        "\"arn:aws:s3:::b\"",
        "{ kms = \"\" }",
        "\"\"\"\n",
        "nan",
        "1979-05-27",
        "\"é\"",
    ]);
    prop_oneof![
        any::<Index>().prop_map(Edit::Without),
        any::<(Index, Index)>().prop_map(|(from, at)| Edit::Borrow(from, at)),
        (any::<Index>(), values).prop_map(|(at, value)| Edit::Value(at, value.to_owned())),
    ]
}

fn edited(text: &str, others: &str, edits: &[Edit]) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let others: Vec<&str> = others.lines().collect();
    for edit in edits {
        if lines.is_empty() {
            break;
        }
        match edit {
            Edit::Without(at) => _ = lines.remove(at.index(lines.len())),
            Edit::Borrow(from, at) => {
                let line = others[from.index(others.len())].to_owned();
                lines.insert(at.index(lines.len()), line);
            }
            Edit::Value(at, value) => {
                let at = at.index(lines.len());
                if let Some((key, _)) = lines[at].split_once('=') {
                    lines[at] = format!("{key}= {value}");
                }
            }
        }
    }
    lines.join("\n")
}

fn corpus() -> Vec<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/configurations");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn whatever_is_written_is_read_or_refused_with_its_place() {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that is told by the environment how long to try"
    )]
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let until = Instant::now() + Duration::from_secs(seconds.and_then(|text| text.parse().ok()).unwrap_or(0));
    let corpus = corpus();
    let all = corpus.join("\n");
    let files = (0..corpus.len(), proptest::collection::vec(edit(), 0..8));
    loop {
        let mut runner = TestRunner::new(Config {
            cases: 256,
            ..Config::default()
        });
        let ran = runner.run(&files, |(which, edits)| {
            let text = edited(&corpus[which], &all, &edits);
            if let Err(error) = ConfigFile::parse(Path::new("bucketline.toml"), text.clone()) {
                let said = error.to_string();
                prop_assert!(said.contains("bucketline.toml:"), "{said}\n{text}");
                prop_assert!(!said.contains('\0'), "{said:?}");
            }
            Ok(())
        });
        ran.unwrap();
        if Instant::now() >= until {
            return;
        }
    }
}
