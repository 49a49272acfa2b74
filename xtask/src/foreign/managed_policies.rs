//! AWS's managed policies as test data: parsed, printed and parsed again, each must mean the same.
//!
//! The archive is somebody else's text, so it is not kept in the project: `--managed-policies FILE` names it.

use std::process::Command;

use super::{Outcome, Settings};
use crate::error::Error;
use crate::workspace;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let Some(archive) = settings.managed_policies() else {
        return Ok(Outcome::Skipped(
            "no archive given: --managed-policies FILE, a zip of policy documents".to_owned(),
        ));
    };
    if !archive.is_file() {
        return Err(Error::failed(format!("{}: no such file", archive.display())));
    }
    let folder = settings.fresh_folder("managed-policies")?;
    let unpacked = Command::new("python3")
        .args(["-m", "zipfile", "-e"])
        .arg(archive)
        .arg(&folder)
        .status();
    if !unpacked.is_ok_and(|status| status.success()) {
        return Ok(Outcome::Skipped("unpacking needs python3".to_owned()));
    }
    let mut command = workspace::cargo();
    command.args([
        "test",
        "--workspace",
        "--all-features",
        "--test",
        "it",
        "--package",
        "bucketline-policy",
        "--",
    ]);
    command.args([
        "--ignored",
        "--exact",
        "managed_policies::every_document_survives_a_round_trip",
        "--nocapture",
    ]);
    command.env("MANAGED_POLICIES", &folder);
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let seen = text
        .lines()
        .find(|line| line.contains("managed policies:"))
        .unwrap_or_default()
        .to_owned();
    if output.status.success() && !seen.is_empty() {
        Ok(Outcome::Passed(seen))
    } else {
        Err(Error::failed(text))
    }
}
