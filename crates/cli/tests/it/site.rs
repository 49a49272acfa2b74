//! A folder with a configuration, inputs and a spool, as a user has it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::program::{Program, Ran};

/// The schemas of the repository.
pub(crate) const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas");

pub(crate) const ACME: &str = "5f1e0c2ab7d94e00a1b2c3d4";
pub(crate) const GLOBEX: &str = "60aa11bb22cc33dd44ee55ff";

#[derive(Debug)]
pub(crate) struct Site {
    dir: TempDir,
    environment: BTreeMap<String, String>,
}

impl Site {
    /// With this behind the sections that every configuration here has.
    pub(crate) fn new(rest: &str) -> Self {
        let site = Self {
            dir: tempfile::tempdir().unwrap(),
            environment: BTreeMap::new(),
        };
        site.configure(rest);
        site
    }

    /// Two workspaces, each with a connector to a local folder.
    pub(crate) fn local() -> Self {
        Self::new(&format!(
            r#"
[[connector]]
id = "{ACME}"
name = "Acme"
workspace = "acme"
directory = "out"
folder = "currents/acme"

[[connector]]
id = "{GLOBEX}"
name = "Globex"
workspace = "globex"
directory = "out"
folder = "currents/globex"
"#
        ))
    }

    pub(crate) fn configure(&self, rest: &str) {
        self.write(
            "bucketline.toml",
            &format!(
                r#"[vendor]
account_id = "999988887777"

[spool]
dir = "spool"

[schemas]
dir = "{SCHEMAS}"

[[workspace]]
id = "acme"

[[workspace]]
id = "globex"
{rest}"#
            ),
        );
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }

    pub(crate) fn append(&self, name: &str, text: &str) {
        let before = std::fs::read_to_string(self.file(name)).unwrap_or_default();
        // In place: a file that is written anew may get another inode.
        use std::io::Write as _;
        let mut file = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(self.file(name))
            .unwrap();
        file.write_all(text.as_bytes()).unwrap();
        assert_eq!(std::fs::read_to_string(self.file(name)).unwrap(), before + text);
    }

    pub(crate) fn program(&self) -> Program {
        let variables = self
            .environment
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        Program::new(self.path()).envs(variables)
    }

    /// `events` sample events in `events.ndjson`; their text.
    pub(crate) fn sample(&self, events: u64, seed: u64) -> String {
        let text = sample(events, seed);
        self.write("events.ndjson", &text);
        text
    }

    /// `bucketline run --drain` over `events.ndjson`.
    pub(crate) fn run(&self) -> Ran {
        self.job().run()
    }

    pub(crate) fn job(&self) -> Program {
        self.program().args([
            "run",
            "bucketline.toml",
            "--input",
            "events.ndjson",
            "--drain",
            "--drain-timeout",
            "30s",
        ])
    }

    /// `bucketline verify --format json` over `events.ndjson`: its exit code and its result.
    pub(crate) fn verify(&self) -> (i32, Value) {
        let ran = self
            .program()
            .args(["verify", "--input", "events.ndjson", "--format", "json"])
            .run();
        let result = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        (ran.code, result)
    }

    /// Proves that every accepted line of `events.ndjson` is there exactly once.
    #[track_caller]
    pub(crate) fn prove(&self, events: u64) -> Value {
        let (code, result) = self.verify();
        assert_eq!(code, 0, "{result:#}");
        assert_eq!(result["events_in"], events, "{result:#}");
        assert_eq!(result["events_out"], events, "{result:#}");
        result
    }

    /// The lines of the list of refused lines, as JSON.
    pub(crate) fn rejects(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.file("spool/rejects.ndjson")).unwrap_or_default();
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }
}

/// The sample events of a seed.
pub(crate) fn sample(events: u64, seed: u64) -> String {
    let nowhere = std::env::temp_dir();
    let (events, seed) = (events.to_string(), seed.to_string());
    Program::new(&nowhere)
        .args(["sample", "--events", &events, "--seed", &seed])
        .run()
        .expect_code(0)
        .stdout
}

/// All files below a folder, by path.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path)
            } else {
                found.push(path)
            }
        }
    }
    found.sort();
    found
}
