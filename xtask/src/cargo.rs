//! How cargo is called: always with the lock file as it is, and in shapes that give shared dependencies the same features, so
//! that the AWS SDK is compiled once. `tidy` checks that they do; docs/design/0006 says why.

use std::process::Command;

use crate::error::Error;
use crate::workspace;

/// The package that stands for the rest of the workspace where one crate alone is built.
pub(crate) const FEATURE_SET: &str = "feature-set";

/// The dependencies of the programs: all crates are selected, with the features they have by default. `cargo run --bin
/// bucketline` at the root, where every crate is a default member, is of this shape too.
pub(crate) const PROGRAMS: [&str; 1] = ["--workspace"];

/// The dependencies of the tests: every crate, every feature.
pub(crate) const TESTS: [&str; 2] = ["--workspace", "--all-features"];

/// One crate, every feature, and the features that the rest of the workspace asks of what both depend on.
pub(crate) fn alone(package: &str) -> [&str; 5] {
    ["--package", package, "--package", FEATURE_SET, "--all-features"]
}

/// Beside one crate with some of its features: nothing that would turn on others.
pub(crate) const BESIDE: [&str; 3] = ["--package", FEATURE_SET, "--no-default-features"];

/// `cargo SUBCOMMAND`, which never changes the lock file.
pub(crate) fn locked(subcommand: &str) -> Command {
    let mut command = workspace::cargo();
    command.args([subcommand, "--locked"]);
    command
}

/// `cargo SUBCOMMAND` over the whole workspace, tests and all.
pub(crate) fn shaped(subcommand: &str) -> Command {
    let mut command = locked(subcommand);
    command.args(TESTS);
    command
}

/// Runs a command with its output shown; fails when it fails.
pub(crate) fn run(mut command: Command) -> Result<(), Error> {
    let shown = show(&command);
    let status = command
        .status()
        .map_err(|e| Error::failed(format!("`{shown}`: {e}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::failed(format!("`{shown}` failed ({status})")))
    }
}

/// Runs a `cargo test` that names one test; fails unless just that one ran and passed, so that a test that was renamed
/// is noticed. What it printed.
pub(crate) fn run_one_test(mut command: Command) -> Result<String, Error> {
    let shown = show(&command);
    let output = command
        .output()
        .map_err(|e| Error::failed(format!("`{shown}`: {e}")))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let passed = text
        .lines()
        .filter(|line| line.starts_with("test result: ok. 1 passed"))
        .count();
    if output.status.success() && passed == 1 {
        return Ok(text);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(Error::failed(format!(
        "`{shown}`: {passed} test(s) ran ({})\n{text}\n{errors}",
        output.status
    )))
}

/// A command as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    if let Some(name) = std::path::Path::new(&text).file_name() {
        text = name.to_string_lossy().into_owned();
    }
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}
