//! The views of `bucketline schema ddl duckdb`, made by DuckDB over folders that were delivered into, and every value compared.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use super::{Outcome, Settings, python};
use crate::error::Error;
use crate::scene::Programs;

const SCRIPT: &str = include_str!("run_ddl.py");
/// The release of DuckDB that its reader of Avro from PyPI is made for.
const PACKAGES: [&str; 2] = ["duckdb==1.4.4", "duckdb-ext-avro==1.4.4.20260205"];
/// So few that no object has more than the 2,048 rows that DuckDB takes at a time: behind these its reader of Avro (this release) gives null
/// for some values that are there.
const EVENTS: &str = "8000";
const FORMATS: [(&str, &str); 5] = [
    ("avro", "null"),
    ("avro", "snappy"),
    ("ndjson", "gzip"),
    ("csv", "null"),
    ("parquet", "snappy"),
];

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let interpreter = match python::within(settings, "python-duckdb", &PACKAGES)? {
        Ok(interpreter) => interpreter,
        Err(why) => return Ok(Outcome::Skipped(why)),
    };
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("tables")?;
    let script = folder.join("run_ddl.py");
    std::fs::write(&script, SCRIPT)?;
    let events = folder.join("events.ndjson");
    let sample =
        output(Command::new(programs.bucketline()).args(["sample", "--seed", "9", "--events", EVENTS]))?;
    std::fs::write(&events, &sample)?;
    let types = event_types(&sample);
    let mut seen = Vec::new();
    for (format, codec) in FORMATS {
        let place = folder.join(format!("{format}-{codec}"));
        std::fs::create_dir_all(&place)?;
        let configuration = place.join("bucketline.toml");
        std::fs::write(
            &configuration,
            format!(
                "[[workspace]]\nid = \"acme\"\n[[workspace]]\nid = \"globex\"\n[[connector]]\nid = \"5f1e0c2ab7d94e00a1b2c3d4\"\nworkspace = \
                 \"acme\"\ndirectory = \"out\"\nformat = \"{format}\"\ncodec = \"{codec}\"\n"
            ),
        )?;
        let program = || {
            let mut command = Command::new(programs.bucketline());
            command
                .current_dir(&place)
                .env("AWS_EC2_METADATA_DISABLED", "true");
            command
        };
        output(program().args(["run", "--drain", "--input"]).arg(&events))?;
        let sql = output(program().args(["schema", "ddl", "duckdb"]).args(&types))?;
        let file = place.join("views.sql");
        std::fs::write(&file, sql)?;
        let said = output(
            Command::new(&interpreter)
                .arg(&script)
                .arg(&file)
                .arg(&events)
                .arg("acme"),
        )?;
        seen.push(format!("{format} ({codec}): {}", said.trim()));
    }
    Ok(Outcome::Passed(format!("DuckDB reads {}", seen.join("; "))))
}

/// The event types of the workspace whose connector is asked.
fn event_types(sample: &str) -> BTreeSet<String> {
    let lines = sample
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    lines
        .filter(|line| line.get("workspace").is_some_and(|workspace| workspace == "acme"))
        .filter_map(|line| Some(line.get("event_type")?.as_str()?.to_owned()))
        .collect()
}

fn output(command: &mut Command) -> Result<String, Error> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let program = Path::new(command.get_program()).display().to_string();
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Error::failed(format!("{program}: {}", said.trim())))
}
