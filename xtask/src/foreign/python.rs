//! A Python environment of its own with packages from PyPI, kept below the target directory.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::Settings;
use crate::error::Error;

/// The interpreter of an environment that has `packages`, or why there is none.
pub(super) fn with(settings: &Settings, packages: &[&str]) -> Result<Result<PathBuf, String>, Error> {
    let named: Vec<_> = packages.iter().map(|package| (*package, *package)).collect();
    with_named(settings, &named)
}

/// The same, where what is installed is imported by another name.
pub(super) fn with_named(
    settings: &Settings,
    packages: &[(&str, &str)],
) -> Result<Result<PathBuf, String>, Error> {
    let folder = settings.kept_folder("python")?;
    let interpreter = folder.join("bin/python");
    if !interpreter.exists() {
        let made = Command::new("python3")
            .args(["-m", "venv"])
            .arg(&folder)
            .stdout(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            return Ok(Err(
                "`python3 -m venv` did not work; install Python 3 with venv".to_owned()
            ));
        }
    }
    let imports: Vec<String> = packages
        .iter()
        .map(|(_, import)| format!("import {import}"))
        .collect();
    let has = |_: ()| {
        let mut command = Command::new(&interpreter);
        command.arg("-c").arg(imports.join("; ")).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let names: Vec<&str> = packages.iter().map(|(name, _)| *name).collect();
    if !has(()) {
        let mut command = Command::new(&interpreter);
        command
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(&names);
        if !command.status().is_ok_and(|status| status.success()) || !has(()) {
            return Ok(Err(format!("`pip install {}` did not work", names.join(" "))));
        }
    }
    Ok(Ok(interpreter))
}
