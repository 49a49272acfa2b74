//! `bucketline schema list`: the event types, each with the schema that its events are written with.

use bucketline_format::EventSelection;
use clap::Args;
use serde_json::{Value, json};

use super::{Format, Source, hex};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, chain};
use crate::report::result;

/// List the event types, each with the schema that its events are written with
///
/// The fingerprint is SHA-256 of the schema in Avro's Parsing Canonical Form, as other implementations of Avro compute it; in text
/// its first 16 digits are shown.
#[derive(Args, Debug)]
pub(crate) struct List {
    /// Which: event types or patterns, as `users.messages.email.*` [default: all]
    #[arg(value_name = "EVENT_TYPE")]
    event_types: Vec<String>,
    #[command(flatten)]
    source: Source,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &List) -> Outcome<Exit> {
    let selection = match options.event_types.as_slice() {
        [] => EventSelection::all(),
        named => EventSelection::parse(named).map_err(|error| Failure::usage(chain(&error)))?,
    };
    let (registry, _) = options.source.read()?;
    let chosen = registry
        .event_types()
        .iter()
        .filter(|event_type| selection.matches(event_type));
    let newest: Vec<_> = chosen
        .filter_map(|event_type| registry.latest(event_type))
        .collect();
    if newest.is_empty() {
        return Err(Failure::findings(format!("there is no event type `{selection}`")));
    }
    match options.format {
        Format::Text => {
            let widest = newest
                .iter()
                .map(|schema| schema.event_type().as_str().len())
                .max();
            for schema in newest {
                result(format_args!(
                    "{:width$}  {:>5}  {:>3} fields  {}",
                    schema.event_type().as_str(),
                    schema.id().get(),
                    schema.fields().len(),
                    hex(schema.record().fingerprint().get(..8).unwrap_or_default()),
                    width = widest.unwrap_or(0),
                ));
            }
        }
        Format::Json => {
            let listed = newest.iter().map(|schema| {
                let versions = registry.versions(schema.event_type());
                let versions: Vec<u32> = versions.iter().map(|schema| schema.id().get()).collect();
                json!({
                    "event_type": schema.event_type().as_str(),
                    "schema": schema.id().get(),
                    "versions": versions,
                    "fields": schema.fields().len(),
                    "fingerprint": hex(&schema.record().fingerprint()),
                })
            });
            result(Value::Array(listed.collect()));
        }
    }
    Ok(Exit::Done)
}
