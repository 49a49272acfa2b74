//! What `lint` and `check-...` print as SARIF, held to the public JSON schema of SARIF 2.1.0, which the crate `serde-sarif`
//! carries, by Python's jsonschema.

use std::path::PathBuf;
use std::process::Command;

use super::{Outcome, Settings, project, python};
use crate::error::Error;
use crate::scene::Programs;
use crate::workspace;

const SCRIPT: &str = include_str!("sarif.py");
const SCHEMA_CRATE: &str = "serde-sarif";

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let interpreter = match python::with(settings, &["jsonschema"])? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let crates = [(SCHEMA_CRATE, "{ version = \"0.8\", default-features = false }")];
    let project = project::with(settings, "sarif-schema", &crates, "fn main() {}\n")?;
    let schema = match project::source_of(&project, SCHEMA_CRATE) {
        Ok(source) => source.join("src/schema.json"),
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("sarif")?;
    let mut logs = Vec::new();
    let mut log = |name: &str, arguments: &[&str], files: &[PathBuf]| -> Result<(), Error> {
        let mut command = Command::new(programs.bucketline());
        command.arg("policy").args(arguments).args(["--format", "sarif"]);
        let output = command.args(files).output()?;
        // Findings end with 1.
        if output.status.code().is_none_or(|code| code > 1) {
            return Err(Error::failed(format!(
                "{name}: {}",
                String::from_utf8_lossy(&output.stderr)
            )));
        }
        let file = folder.join(format!("{name}.sarif"));
        std::fs::write(&file, output.stdout)?;
        logs.push(file);
        Ok(())
    };
    let policies = policies()?;
    log("lint", &["lint", "--vocabulary", "export"], &policies)?;
    let meant = folder.join("meant.json");
    std::fs::write(&meant, MEANT)?;
    let type_of_bucket = ["check-no-public-access", "--type", "AWS::S3::Bucket"];
    log("meant", &["lint"], std::slice::from_ref(&meant))?;
    log("public", &type_of_bucket, std::slice::from_ref(&meant))?;
    log(
        "granted",
        &["check-access-not-granted", "--action", "s3:*"],
        &[meant],
    )?;
    let script = folder.join("sarif.py");
    std::fs::write(&script, SCRIPT)?;
    let output = Command::new(interpreter)
        .arg(script)
        .arg(schema)
        .args(&logs)
        .output()?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat())
        .trim()
        .to_owned();
    if output.status.success() {
        Ok(Outcome::Passed(said))
    } else {
        Err(Error::failed(said))
    }
}

/// Public, of which a part is meant, so that there are suppressions.
const MEANT: &str = r#"{"Version":"2012-10-17","Id":"lint-allow PUBLIC_ACCESS: a web site; check-allow PUBLIC_ACCESS: a web site",
"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}]}
"#;

/// The golden cases of the linter.
fn policies() -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for case in std::fs::read_dir(workspace::root().join("crates/policy/tests/cases/lint"))? {
        let file = case?.path().join("policy.json");
        if file.exists() {
            found.push(file);
        }
    }
    found.sort();
    Ok(found)
}
