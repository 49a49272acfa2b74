//! The one shape in which the workspace is built, linted and tested: one feature set, so that the AWS SDK is compiled once.

use std::process::Command;

use crate::error::Error;
use crate::workspace;

/// Every crate, every target, every feature. `tidy` checks that `-p bucketline` resolves to the same features of
/// shared dependencies, so that `cargo run -p bucketline` reuses what the tests have built.
pub(crate) const SHAPE: [&str; 2] = ["--workspace", "--all-features"];

/// `cargo SUBCOMMAND` in the one shape.
pub(crate) fn shaped(subcommand: &str) -> Command {
    let mut command = workspace::cargo();
    command.arg(subcommand).args(SHAPE);
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
/// is noticed.
pub(crate) fn run_one_test(mut command: Command) -> Result<(), Error> {
    let shown = show(&command);
    let output = command
        .output()
        .map_err(|e| Error::failed(format!("`{shown}`: {e}")))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let passed = text
        .lines()
        .filter(|line| line.starts_with("test result: ok. 1 passed"))
        .count();
    if output.status.success() && passed == 1 {
        return Ok(());
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
