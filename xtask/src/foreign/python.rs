//! A Python environment of its own with packages from PyPI, kept below the target directory.

use std::path::{Path, PathBuf};
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
    let interpreter = match environment(settings, "python")? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Err(why)),
    };
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
    if !has(()) && (!install(&interpreter, &names) || !has(())) {
        return Ok(Err(format!("`pip install {}` did not work", names.join(" "))));
    }
    Ok(Ok(interpreter))
}

/// The interpreter of an environment of this name that has just these packages, as `pip install` names them.
pub(super) fn within(
    settings: &Settings,
    name: &str,
    packages: &[&str],
) -> Result<Result<PathBuf, String>, Error> {
    let interpreter = match environment(settings, name)? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Err(why)),
    };
    // pip itself knows whether they are there; without a network it only says so of those that are.
    if install(&interpreter, packages) {
        Ok(Ok(interpreter))
    } else {
        Ok(Err(format!("`pip install {}` did not work", packages.join(" "))))
    }
}

fn environment(settings: &Settings, name: &str) -> Result<Result<PathBuf, String>, Error> {
    let folder = settings.kept_folder(name)?;
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
    Ok(Ok(interpreter))
}

fn install(interpreter: &Path, packages: &[&str]) -> bool {
    let mut command = Command::new(interpreter);
    command
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(packages);
    command.status().is_ok_and(|status| status.success())
}
