//! AWS's managed policies as test data: parsed and printed by `bucketline policy fmt`, each must come out value-equal,
//! single values and lists as they were.
//!
//! The archive is somebody else's text, so it is not kept in the project: `--managed-policies FILE` names it.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Deserializer, Value};

use super::{Outcome, Settings};
use crate::error::Error;
use crate::scene::Programs;

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
    let mut files = Vec::new();
    documents(&folder, &mut files)?;
    files.sort();
    if files.is_empty() {
        return Err(Error::failed(format!("{}: holds no *.json", archive.display())));
    }
    let programs = Programs::build()?;
    // An archive may list its documents in one more file.
    let mut originals = Vec::new();
    for file in std::mem::take(&mut files) {
        let value = read(&file)?;
        if value.get("Statement").is_some() {
            files.push(file);
            originals.push(value);
        }
    }
    let printed = printed(&programs, &files)?;
    let changed = files
        .iter()
        .zip(originals.iter().zip(&printed))
        .filter(|(_, (before, after))| before != after);
    let changed: Vec<String> = changed.map(|(file, _)| file.display().to_string()).collect();
    if printed.len() != files.len() || !changed.is_empty() {
        return Err(Error::failed(format!(
            "{} of {} came back, changed: {}",
            printed.len(),
            files.len(),
            changed.join(", ")
        )));
    }
    Ok(Outcome::Passed(format!(
        "{} managed policies parsed, printed and parsed again: all value-equal",
        files.len()
    )))
}

fn documents(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            documents(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Value, Error> {
    let text = std::fs::read_to_string(file)?;
    serde_json::from_str(&text).map_err(|e| Error::failed(format!("{}: {e}", file.display())))
}

/// What the program prints of them: one document after another, in their order.
fn printed(programs: &Programs, files: &[PathBuf]) -> Result<Vec<Value>, Error> {
    let mut command = Command::new(programs.bucketline());
    let output = command
        .args(["policy", "fmt", "--format", "json"])
        .args(files)
        .output()?;
    if !output.status.success() {
        return Err(Error::failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ));
    }
    let values = Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    values
        .collect::<Result<_, _>>()
        .map_err(|e| Error::failed(format!("what `bucketline policy fmt` printed: {e}")))
}
