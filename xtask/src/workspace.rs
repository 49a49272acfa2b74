//! Where the workspace is and what `cargo metadata` says of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::error::Error;

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The program that runs cargo: the one that runs us.
pub(crate) fn cargo() -> Command {
    #[expect(
        clippy::disallowed_methods,
        reason = "cargo tells its children by this variable which cargo it is"
    )]
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    // Set by `cargo run` for this process alone. Passed on, they would make cargo rebuild what depends on them: ring, and
    // with it all of the AWS SDK, each time that somebody calls cargo by hand in between.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// `cargo metadata` of the workspace, with dependencies (`deps`) or without.
pub(crate) fn metadata(deps: bool) -> Result<Value, Error> {
    let mut command = cargo();
    command.args(["metadata", "--locked", "--format-version", "1", "--all-features"]);
    if !deps {
        command.arg("--no-deps");
    }
    let output = command.output()?;
    if !output.status.success() {
        return Err(Error::failed(format!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr)
        )));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| Error::failed(format!("cargo metadata: {e}")))
}

/// The packages of the workspace.
pub(crate) fn packages() -> Result<Vec<Value>, Error> {
    let metadata = metadata(false)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    Ok(packages.cloned().unwrap_or_default())
}

/// The full name of a package, by this name or by the name of its folder.
pub(crate) fn package(name: &str) -> Result<String, Error> {
    let mut folders = Vec::new();
    for package in packages()? {
        let text = |field| package.get(field).and_then(Value::as_str).unwrap_or_default();
        let folder = Path::new(text("manifest_path"))
            .parent()
            .and_then(Path::file_name);
        let folder = folder.map(|folder| folder.to_string_lossy().into_owned());
        if text("name") == name || folder.as_deref() == Some(name) {
            return Ok(text("name").to_owned());
        }
        folders.extend(folder);
    }
    folders.sort();
    Err(Error::usage(format!(
        "there is no crate `{name}`: {}",
        folders.join(", ")
    )))
}

/// Whether a package, by its full name, has a library.
pub(crate) fn has_library(name: &str) -> Result<bool, Error> {
    let is_library = |target: &Value| target.pointer("/kind/0").and_then(Value::as_str) == Some("lib");
    Ok(packages()?.iter().any(|package| {
        let targets = package.get("targets").and_then(Value::as_array);
        package.get("name").and_then(Value::as_str) == Some(name)
            && targets.is_some_and(|targets| targets.iter().any(is_library))
    }))
}

/// The folder that cargo builds into.
pub(crate) fn target_directory() -> Result<PathBuf, Error> {
    let metadata = metadata(false)?;
    let path = metadata.get("target_directory").and_then(Value::as_str);
    path.map(PathBuf::from)
        .ok_or_else(|| Error::failed("cargo metadata names no target directory"))
}

/// Every file that git tracks, relative to the root.
pub(crate) fn tracked_files() -> Result<Vec<String>, Error> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()?;
    if !output.status.success() {
        return Err(Error::failed(
            "git ls-files failed: tidy looks at tracked files, so it needs a clone",
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text
        .split('\0')
        .filter(|name| !name.is_empty() && Path::new(name).is_file())
        .map(str::to_owned)
        .collect())
}
