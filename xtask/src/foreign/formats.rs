//! Objects of every format and codec, delivered by the program into folders, in the hands of readers that others wrote: each event of
//! each event type, value by value.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{Outcome, Settings, python};
use crate::cargo;
use crate::error::Error;
use crate::scene::Programs;
use crate::workspace;

const SCRIPT: &str = include_str!("read_formats.py");

const FORMATS: [(&str, &str); 13] = [
    ("avro", "null"),
    ("avro", "deflate"),
    ("avro", "snappy"),
    ("avro", "zstandard"),
    ("ndjson", "null"),
    ("ndjson", "gzip"),
    ("ndjson", "zstandard"),
    ("csv", "null"),
    ("csv", "gzip"),
    ("csv", "zstandard"),
    ("csv-guarded", "null"),
    ("parquet", "snappy"),
    ("parquet", "zstandard"),
];

/// Readers, and the packages of PyPI that they need, in environments that do not disturb one another.
const READERS: [(&str, &[&str], &[&str]); 2] = [
    (
        "python-formats",
        &["fastavro", "polars", "pyarrow", "duckdb"],
        // cramjam is fastavro's Snappy, backports.zstd its Zstandard.
        &[
            "fastavro",
            "cramjam",
            "backports.zstd",
            "polars",
            "pyarrow",
            "duckdb",
        ],
    ),
    // The extension is published for one release of DuckDB.
    (
        "python-duckdb-avro",
        &["duckdb-avro"],
        &["duckdb==1.4.4", "duckdb-ext-avro==1.4.4.20260205"],
    ),
];

/// Enough for every event type of the generator to occur.
const SAMPLE: u64 = 60_000;
/// How many of each type are delivered.
const OF_EACH_TYPE: usize = 10;
/// Texts that readers get wrong: empty, quoted, of several lines, like a null, a number, a boolean or a formula.
const HARD: [&str; 14] = [
    "",
    "a,b",
    "say \"x\"",
    "two\r\nlines",
    "\n",
    " spaced ",
    "=1+1",
    "'=1",
    "-",
    "null",
    "0012",
    "true",
    "naïve 🌱 \u{feff}",
    "{\"a\":[1,\"}\"]}",
];

pub(super) fn check(settings: &Settings) -> Result<Outcome, Error> {
    let programs = Programs::build()?;
    let folder = settings.fresh_folder("formats")?;
    let input = folder.join("events.ndjson");
    let types = write_events(&programs, &folder, &input)?;
    std::fs::write(folder.join("bucketline.toml"), configuration())?;
    let mut run = Command::new(programs.bucketline());
    run.current_dir(&folder)
        .args(["run", "--input", "events.ndjson", "--drain"])
        .stdout(Stdio::null());
    cargo::run(run)?;
    let script = folder.join("read_formats.py");
    std::fs::write(&script, SCRIPT)?;
    let (mut agreed, mut skipped, mut failed) = (0, Vec::new(), 0);
    for (environment, readers, packages) in READERS {
        let interpreter = match python::within(settings, environment, packages)? {
            Ok(interpreter) => interpreter,
            Err(why) => {
                skipped.push(format!("{}: {why}", readers.join(", ")));
                continue;
            }
        };
        let mut command = Command::new(interpreter);
        command.arg(&script).args(readers).arg("--");
        command
            .arg(workspace::root().join("schemas"))
            .arg(&input)
            .arg(folder.join("out"));
        let output = command.stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let before = failed;
        for line in text.lines() {
            println!("  {line}");
            let said: Value = serde_json::from_str(line).unwrap_or_default();
            let number = |name: &str| said.get(name).and_then(Value::as_u64);
            match said.get("skipped").and_then(Value::as_str) {
                Some(why) => skipped.push(why.to_owned()),
                None if number("types") == Some(types)
                    && number("missing") == Some(0)
                    && number("extra") == Some(0) =>
                {
                    agreed += 1;
                }
                None => failed += 1,
            }
        }
        if !output.status.success() && failed == before {
            failed += 1;
        }
    }
    if failed > 0 {
        return Err(Error::failed(format!(
            "{failed} readers saw other events than were sent, or none"
        )));
    }
    if agreed == 0 {
        return Ok(Outcome::Skipped(skipped.join("; ")));
    }
    let mut seen = format!(
        "{agreed} pairs of a reader and a kind of object, each with {types} event types, value by value"
    );
    for why in skipped {
        let _ = write!(seen, "; SKIPPED: {why}");
    }
    Ok(Outcome::Passed(seen))
}

/// Some events of every type that the generator makes, and of every type that there is some whose values are hard to read. How many
/// types there are.
fn write_events(programs: &Programs, folder: &Path, input: &Path) -> Result<u64, Error> {
    let sample = folder.join("sample.ndjson");
    let mut command = Command::new(programs.bucketline());
    command.args(["sample", "--seed", "7", "--events", &SAMPLE.to_string()]);
    command.stdout(std::fs::File::create(&sample)?);
    cargo::run(command)?;
    let mut text = String::new();
    let mut written: BTreeMap<String, usize> = BTreeMap::new();
    for line in std::fs::read_to_string(&sample)?.lines() {
        let mut line = parsed(line)?;
        let event_type = line
            .get("event_type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let count = written.entry(event_type).or_default();
        *count += 1;
        if let Some(workspace) = line.get_mut("workspace").filter(|_| *count <= OF_EACH_TYPE) {
            *workspace = json!("acme");
            let _ = writeln!(text, "{line}");
        }
    }
    let mut types = 0;
    for entry in std::fs::read_dir(workspace::root().join("schemas"))? {
        let entry = entry?;
        if !entry.file_type()?.is_dir() {
            continue;
        }
        let event_type = entry.file_name().to_string_lossy().into_owned();
        let schema = newest(&entry.path())?;
        for number in 0..HARD.len() {
            let event = hard_event(&schema, types as usize, number);
            let line = json!({"workspace": "acme", "event_type": event_type, "event": event});
            let _ = writeln!(text, "{line}");
        }
        types += 1;
    }
    std::fs::write(input, text)?;
    Ok(types)
}

fn parsed(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map_err(|error| Error::failed(error.to_string()))
}

/// The schema that events of a type are written with.
fn newest(folder: &Path) -> Result<Value, Error> {
    let mut newest = None;
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let id = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse::<u32>().ok());
        newest = newest.max(id.map(|id| (id, path)));
    }
    let (_, path) = newest.ok_or_else(|| Error::failed(format!("`{}` has no schema", folder.display())))?;
    parsed(&std::fs::read_to_string(path)?)
}

/// The `number`th event of a type: each field has a value that readers get wrong, and what may be null sometimes is.
fn hard_event(schema: &Value, event_type: usize, number: usize) -> Value {
    let fields = schema
        .get("fields")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let event = fields.enumerate().filter_map(|(place, field)| {
        let name = field.get("name").and_then(Value::as_str)?;
        let value = match name {
            // Ids stay different from one another.
            "id" => json!(format!(
                "{event_type} {number} {}",
                HARD.get(number).copied().unwrap_or_default()
            )),
            "time" => json!(1_793_491_200),
            _ => hard_value(field.get("type")?, place + number),
        };
        Some((name.to_owned(), value))
    });
    Value::Object(event.collect())
}

fn hard_value(avro_type: &Value, seed: usize) -> Value {
    match avro_type {
        Value::Array(_) if seed.is_multiple_of(5) => Value::Null,
        Value::Array(branches) => {
            let other = branches.iter().find(|branch| **branch != json!("null"));
            other.map_or(Value::Null, |other| hard_value(other, seed))
        }
        Value::Object(array) => {
            let item = array.get("items").cloned().unwrap_or_default();
            (0..seed % 3)
                .map(|place| hard_value(&item, seed + place))
                .collect()
        }
        plain => match plain.as_str().unwrap_or_default() {
            "boolean" => json!(seed.is_multiple_of(2)),
            "int" => json!([0, -1, i32::MAX, i32::MIN].get(seed % 4)),
            "long" => json!([0, -1, i64::MAX, i64::MIN].get(seed % 4)),
            "float" => json!([0.1, -1.5, 16_777_216.0, 1e-7].get(seed % 4)),
            "double" => json!([0.1, -1.5, 9_007_199_254_740_993.0, 1e-300].get(seed % 4)),
            _ => json!(HARD.get(seed % HARD.len())),
        },
    }
}

fn configuration() -> String {
    let schemas = workspace::root().join("schemas");
    let mut text = format!(
        "[vendor]\naccount_id = \"999988887777\"\ncluster = \"prod-01\"\nzone = \"a\"\n\n[spool]\ndir = \"spool\"\n\n\
         [schemas]\ndir = \"{}\"\n\n[[workspace]]\nid = \"acme\"\nintegrations = [\"currents\"]\n",
        schemas.display()
    );
    for (number, (format, codec)) in FORMATS.iter().enumerate() {
        let _ = write!(
            text,
            "\n[[connector]]\nid = \"5f1e0c2ab7d94e00a1b2{number:04x}\"\nname = \"{format} {codec}\"\nworkspace = \"acme\"\n\
             directory = \"out/{format}-{codec}\"\nformat = \"{format}\"\ncodec = \"{codec}\"\n"
        );
    }
    text
}
