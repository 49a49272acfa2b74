//! What every publishable package carries: licences, README, changelog, and manifest fields that a registry shows.

use std::path::Path;

use serde_json::Value;

use super::Findings;
use crate::error::Error;

pub(super) fn check(metadata: &Value, findings: &mut Findings) -> Result<(), Error> {
    let licences = ["LICENSE-APACHE", "LICENSE-MIT"];
    let members = super::edges::members(metadata);
    for package in members
        .iter()
        .filter(|p| p.get("publish").is_none_or(Value::is_null))
    {
        let name = package.get("name").and_then(Value::as_str).unwrap_or_default();
        let manifest = package
            .get("manifest_path")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let Some(folder) = Path::new(manifest).parent() else {
            continue;
        };
        for licence in licences {
            if std::fs::read(folder.join(licence)).ok() != Some(std::fs::read(licence)?) {
                findings.add(format!(
                    "{name}: {licence} is missing or differs from the workspace's"
                ));
            }
        }
        for (file, least) in [("README.md", 400), ("CHANGELOG.md", 150)] {
            let length = std::fs::metadata(folder.join(file)).map_or(0, |m| m.len());
            if length < least {
                findings.add(format!(
                    "{name}: {file} is missing or says nothing ({length} bytes)"
                ));
            }
        }
        for field in ["description", "license", "repository", "rust_version", "readme"] {
            if package.get(field).is_none_or(Value::is_null) {
                findings.add(format!("{name}: Cargo.toml has no `{field}`"));
            }
        }
        for field in ["keywords", "categories"] {
            if package
                .get(field)
                .and_then(Value::as_array)
                .is_none_or(Vec::is_empty)
            {
                findings.add(format!("{name}: Cargo.toml has no `{field}`"));
            }
        }
    }
    Ok(())
}
