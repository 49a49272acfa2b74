//! The scene of a demonstration: two customers with their buckets, three connectors, a file of events; and the program,
//! run over it as a user would run it.

mod accounts;
mod configuration;
mod proof;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

pub(crate) use proof::Proof;

use crate::cargo;
use crate::error::Error;
use crate::process::Server;
use crate::workspace;

/// The two programs, built.
#[derive(Debug)]
pub(crate) struct Programs {
    bucketline: PathBuf,
    testkit: PathBuf,
}

impl Programs {
    /// Builds them as `cargo run --bin bucketline` would.
    pub(crate) fn build() -> Result<Self, Error> {
        Self::built("debug", &[])
    }

    pub(crate) fn bucketline(&self) -> &Path {
        &self.bucketline
    }

    pub(crate) fn testkit(&self) -> &Path {
        &self.testkit
    }

    /// Builds them for measuring.
    pub(crate) fn build_optimised() -> Result<Self, Error> {
        Self::built("bench-run", &["--profile", "bench-run"])
    }

    fn built(folder: &str, profile: &[&str]) -> Result<Self, Error> {
        let mut command = cargo::locked("build");
        // Two programs and not the whole workspace: that would compile what only its tests need.
        command.args(cargo::PROGRAMS).args(["--bin", "bucketline"]);
        command.args(["--bin", "bucketline-testkit"]).args(profile);
        cargo::run(command)?;
        let folder = workspace::target_directory()?.join(folder);
        Ok(Self {
            bucketline: folder.join("bucketline"),
            testkit: folder.join("bucketline-testkit"),
        })
    }
}

/// A folder with everything that the program needs for one run.
#[derive(Debug)]
pub(crate) struct Scene {
    bucketline: PathBuf,
    folder: PathBuf,
    environment: Vec<(&'static str, String)>,
    readers: String,
}

impl Scene {
    /// Starts the testkit with the two customers' accounts, and writes the configuration for it.
    pub(crate) fn on_testkit(programs: &Programs, folder: &Path) -> Result<(Self, Server), Error> {
        let seed = folder.join("accounts.toml");
        std::fs::write(&seed, accounts::SEED)?;
        let mut command = Command::new(&programs.testkit);
        command.arg("--seed-file").arg(&seed).args(["--port", "0"]);
        let server = Server::start(command)?;
        let line: serde_json::Value = serde_json::from_str(server.first_line())
            .map_err(|_| Error::failed(format!("the testkit's first line: `{}`", server.first_line())))?;
        let endpoint = line
            .get("endpoint")
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let configuration = configuration::two_customers(&schemas());
        let scene = Self::new(programs, folder, &endpoint, &configuration, accounts::READERS)?;
        Ok((scene, server))
    }

    /// Writes the configuration for one bucket on a server that knows no accounts, with both workspaces in it.
    pub(crate) fn on_foreign_store(
        programs: &Programs,
        folder: &Path,
        endpoint: &str,
    ) -> Result<Self, Error> {
        Self::new(
            programs,
            folder,
            endpoint,
            &configuration::one_bucket(&schemas()),
            "[]",
        )
    }

    fn new(
        programs: &Programs,
        folder: &Path,
        endpoint: &str,
        configuration: &str,
        readers: &str,
    ) -> Result<Self, Error> {
        std::fs::write(folder.join("bucketline.toml"), configuration)?;
        let mut environment = accounts::SECRETS
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec();
        // The ordinary settings of any AWS program; nothing knows that it talks to a testkit.
        environment.push(("AWS_ENDPOINT_URL", endpoint.to_owned()));
        environment.push(("AWS_REGION", "us-east-1".to_owned()));
        Ok(Self {
            bucketline: programs.bucketline.clone(),
            folder: folder.to_path_buf(),
            environment,
            readers: readers.to_owned(),
        })
    }

    /// The file of events.
    pub(crate) fn input(&self) -> PathBuf {
        self.folder.join("events.ndjson")
    }

    pub(crate) fn configuration(&self) -> PathBuf {
        self.folder.join("bucketline.toml")
    }

    /// Where the AWS of this scene listens.
    pub(crate) fn endpoint(&self) -> &str {
        self.environment
            .iter()
            .find(|(name, _)| *name == "AWS_ENDPOINT_URL")
            .map_or("", |(_, value)| value)
    }

    /// What a foreign reader needs: the endpoint, and keys that may read the buckets.
    pub(crate) fn reader_environment(&self) -> [(&'static str, String); 2] {
        [
            ("ENDPOINT", self.endpoint().to_owned()),
            ("READERS", self.readers.clone()),
        ]
    }

    /// `bucketline` with the scene's environment.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(&self.bucketline);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        // What a developer's own shell holds must not reach the run.
        for name in [
            "AWS_PROFILE",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
        ] {
            command.env_remove(name);
        }
        command.stdin(Stdio::null());
        command
    }

    /// Writes `events` sample events, the same for the same seed.
    pub(crate) fn generate(&self, events: u64, seed: u64) -> Result<(), Error> {
        let mut command = self.program();
        command.args([
            "sample",
            "--events",
            &events.to_string(),
            "--seed",
            &seed.to_string(),
        ]);
        command.stdout(std::fs::File::create(self.input())?);
        cargo::run(command)
    }

    /// The job: everything from the file into the buckets.
    pub(crate) fn job(&self) -> Command {
        let mut command = self.program();
        command
            .arg("run")
            .arg(self.configuration())
            .arg("--input")
            .arg(self.input())
            .arg("--drain");
        command
    }

    /// Runs the job with its output shown.
    pub(crate) fn deliver(&self) -> Result<(), Error> {
        cargo::run(self.job())
    }

    /// Reads the buckets back and compares them with the file.
    pub(crate) fn verify(&self) -> Result<Proof, Error> {
        let mut command = self.program();
        command
            .arg("verify")
            .arg("--config")
            .arg(self.configuration())
            .arg("--input")
            .arg(self.input());
        command.args(["--format", "json"]);
        let output = command.stderr(Stdio::inherit()).output()?;
        Proof::read(&String::from_utf8_lossy(&output.stdout), output.status.success())
    }
}

fn schemas() -> String {
    workspace::root().join("schemas").display().to_string()
}
