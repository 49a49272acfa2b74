//! A Cargo project of its own with crates from crates.io, kept below the target directory: what it needs is no dependency of the
//! workspace.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Settings;
use crate::error::Error;
use crate::workspace;

/// A project of this name that depends on these crates and has this program; its folder.
pub(super) fn with(
    settings: &Settings,
    name: &str,
    crates: &[(&str, &str)],
    program: &str,
) -> Result<PathBuf, Error> {
    let folder = settings.kept_folder(name)?;
    let dependencies: String = crates
        .iter()
        .map(|(name, requirement)| format!("{name} = {requirement}\n"))
        .collect();
    // Of no workspace, so that the one above it is left alone.
    let manifest = format!(
        "[package]\nname = \"beside-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [workspace]\n\n[dependencies]\n{dependencies}"
    );
    std::fs::create_dir_all(folder.join("src"))?;
    write_changed(&folder.join("Cargo.toml"), &manifest)?;
    write_changed(&folder.join("src/main.rs"), program)?;
    Ok(folder)
}

/// Where the source of one of its crates lies, or why it is not there.
pub(super) fn source_of(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let output = workspace::cargo()
        .args(["metadata", "--format-version", "1"])
        .current_dir(folder)
        .output();
    let told = output.ok().filter(|output| output.status.success());
    let told = told.and_then(|output| serde_json::from_slice::<Value>(&output.stdout).ok());
    let packages = told.as_ref().and_then(|told| told["packages"].as_array());
    let manifest = packages.and_then(|packages| {
        let package = packages.iter().find(|package| package["name"] == name)?;
        package["manifest_path"].as_str()
    });
    let manifest = manifest.ok_or_else(|| format!("crates.io did not give `{name}`"))?;
    Ok(Path::new(manifest).parent().unwrap_or(folder).to_owned())
}

/// Left alone where it is the same, so that nothing is built again.
fn write_changed(file: &Path, text: &str) -> Result<(), Error> {
    if !std::fs::read_to_string(file).is_ok_and(|known| known == text) {
        std::fs::write(file, text)?;
    }
    Ok(())
}
