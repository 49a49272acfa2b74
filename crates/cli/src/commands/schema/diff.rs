//! `bucketline schema diff`: what is different between two schemas, and who can still read what.

use std::path::Path;

use bucketline_format::{Compatibility, EventType, RecordSchema, SchemaId, SchemaRegistry};
use clap::Args;
use serde_json::json;

use super::{Format, Source};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem, chain};
use crate::report::result;

/// Show what is different between two schemas, and who can still read what
///
/// A schema is an event type with an id, as `users.messages.email.Open/7`; an event type alone, whose newest schema it is; or a file.
/// With one event type alone: its newest schema and the one before it.
#[derive(Args, Debug)]
pub(crate) struct Diff {
    /// The earlier schema
    #[arg(value_name = "FROM")]
    from: String,
    /// The later schema
    #[arg(value_name = "TO")]
    to: Option<String>,
    #[command(flatten)]
    source: Source,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Diff) -> Outcome<Exit> {
    let (registry, _) = options.source.read()?;
    let (earlier, later) = match &options.to {
        Some(to) => (schema(&options.from, &registry)?, schema(to, &registry)?),
        None => last_step(&options.from, &registry)?,
    };
    let changes = later.changes_since(&earlier);
    let backward = later.unresolved(&earlier, Compatibility::Backward);
    let forward = later.unresolved(&earlier, Compatibility::Forward);
    match options.format {
        Format::Text => {
            if changes.is_empty() {
                result(match earlier.text() == later.text() {
                    true => "they are the same",
                    false => "nothing that a reader sees but the order of fields, or documentation",
                });
            }
            for change in &changes {
                let breaking = if change.is_breaking() {
                    "  (breaks readers)"
                } else {
                    ""
                };
                result(format_args!("{change}{breaking}"));
            }
            for unresolved in backward.iter().chain(&forward) {
                result(unresolved);
            }
        }
        Format::Json => {
            let texts = |list: &[bucketline_format::Unresolved]| -> Vec<String> {
                list.iter().map(ToString::to_string).collect()
            };
            let changes = changes
                .iter()
                .map(|change| json!({ "change": change.to_string(), "breaking": change.is_breaking() }));
            result(json!({
                "changes": changes.collect::<Vec<_>>(),
                "backward": texts(&backward),
                "forward": texts(&forward),
            }));
        }
    }
    Ok(Exit::Done)
}

/// A schema by what somebody writes for it.
fn schema(named: &str, registry: &SchemaRegistry) -> Outcome<RecordSchema> {
    if let Some(schema) = in_registry(named, registry) {
        return Ok(schema);
    }
    let path = Path::new(named);
    if !path.is_file() {
        return Err(Failure::usage(
            Problem::new(format!("there is no schema `{named}`"))
                .advice("write an event type with an id (`bucketline schema list` names them), or a file"),
        ));
    }
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::usage(Problem::new(format!("the schema cannot be read: {error}")).at(named))
    })?;
    RecordSchema::parse(&text).map_err(|error| Failure::usage(Problem::new(chain(&error)).at(named)))
}

fn in_registry(named: &str, registry: &SchemaRegistry) -> Option<RecordSchema> {
    let schema = match named.split_once('/') {
        Some((event_type, id)) => registry.get(event_type, id.parse::<SchemaId>().ok()?),
        None => registry.latest(named),
    };
    schema.map(|schema| schema.record().clone())
}

/// The newest schema of an event type, and the one before it.
fn last_step(named: &str, registry: &SchemaRegistry) -> Outcome<(RecordSchema, RecordSchema)> {
    let event_type: EventType = named.parse().map_err(|_| {
        Failure::usage(Problem::new(format!("`{named}` is not an event type")).advice("write two schemas"))
    })?;
    match registry.versions(&event_type) {
        [] => Err(Failure::usage(
            Problem::new(format!("there is no event type `{named}`"))
                .advice("`bucketline schema list` names them"),
        )),
        [.., earlier, later] => Ok((earlier.record().clone(), later.record().clone())),
        [_] => Err(Failure::usage(
            Problem::new(format!("`{named}` has one schema alone"))
                .advice("name what it is to be compared with"),
        )),
    }
}
