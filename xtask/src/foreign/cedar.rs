//! The comparison with `cedar-policy` in the policy crate's README: its ten lines of Cedar are compiled against that crate and run.

use super::{Outcome, Settings, project};
use crate::error::Error;
use crate::workspace;

const README: &str = "crates/policy/README.md";
/// The first line of the block.
const FIRST: &str = "// cedar-policy:";
const CRATES: [(&str, &str); 2] = [("cedar-policy", "\"4\""), ("serde_json", "\"1\"")];
/// What the README says that its ten lines use.
const USES: &str = "use std::fs::File;\n\nuse cedar_policy::{Authorizer, Context, Decision, Entities, PolicySet, Request};\nuse serde_json::json;\n";
/// Whose file is in the folder.
const ENTITIES: &str = r#"[
    {"uid": {"type": "Role", "id": "export"}, "attrs": {}, "parents": []},
    {"uid": {"type": "Folder", "id": "currents"}, "attrs": {}, "parents": []},
    {"uid": {"type": "File", "id": "currents/1.avro"}, "attrs": {}, "parents": [{"type": "Folder", "id": "currents"}]}
]
"#;

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let readme = std::fs::read_to_string(workspace::root().join(README))?;
    let block = readme
        .find(FIRST)
        .and_then(|start| readme.get(start..)?.split("```").next())
        .ok_or_else(|| Error::failed(format!("{README} has no block that begins with `{FIRST}`")))?;
    let program =
        format!("{USES}\nfn main() -> Result<(), Box<dyn std::error::Error>> {{\n{block}    Ok(())\n}}\n");
    let folder = project::with(settings, "cedar", &CRATES, &program)?;
    if let Err(why) = project::source_of(&folder, "cedar-policy") {
        return Ok(Outcome::Skipped(why));
    }
    std::fs::write(folder.join("entities.json"), ENTITIES)?;
    let output = workspace::cargo()
        .args(["run", "--quiet"])
        .current_dir(&folder)
        .env_remove("CARGO_TARGET_DIR")
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        Ok(Outcome::Passed(format!("allowed, by {said}")))
    } else {
        Err(Error::failed(
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ))
    }
}
