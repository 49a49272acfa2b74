//! `bucketline schema check`: whether each version of a schema keeps the readers of the one before it.

use bucketline_format::{Compatibility, Step};
use bucketline_service::model::Schemas;
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::{Format, Source};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::{result, thousands};

/// Check that each version of a schema keeps the readers of the version before it
///
/// An optional field may be added; anything else breaks somebody's reader, and is found unless the configuration allows it, with a
/// reason: `[schemas] allow_breaking = [{ schema = 12, reason = "..." }]`. Exits 1 if something is found. `bucketline run` refuses to start with what
/// is found here by default.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    source: Source,
    /// How the versions have to go together
    #[arg(long, value_enum, default_value_t = Level::Readers)]
    compatibility: Level,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How two versions have to go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    /// Nothing but optional fields is added: readers of either version, and tables over both, go on
    Readers,
    /// Avro readers with the later schema read what was written with the earlier one
    Backward,
    /// Avro readers with the earlier schema read what is written with the later one
    Forward,
    /// Both
    Full,
}

/// What was found of one step.
struct Found<'a> {
    step: Step<'a>,
    what: Vec<String>,
    /// Why it is in order all the same.
    allowed: Option<&'a str>,
}

pub(super) fn run(options: &Check) -> Outcome<Exit> {
    let (registry, schemas) = options.source.read()?;
    let history = registry.history();
    let found: Vec<Found<'_>> = history
        .iter()
        .filter_map(|step| found(*step, options.compatibility, &schemas))
        .collect();
    let refused = found.iter().filter(|found| found.allowed.is_none()).count();
    match options.format {
        Format::Text => {
            for found in &found {
                print(found);
            }
            result(format_args!(
                "{} event types, {} schemas: {}",
                registry.event_types().len(),
                thousands(history.len() as u64),
                match (refused, found.len()) {
                    (0, 0) => "each version keeps the readers of the one before it".to_owned(),
                    (0, allowed) => format!("{allowed} break readers, as is allowed"),
                    (refused, _) => format!("{refused} break readers"),
                }
            ));
        }
        Format::Json => result(json!({
            "event_types": registry.event_types().len(),
            "schemas": history.len(),
            "ok": refused == 0,
            "findings": found.iter().map(as_json).collect::<Vec<_>>(),
        })),
    }
    Ok(if refused == 0 { Exit::Done } else { Exit::Findings })
}

fn found<'a>(step: Step<'a>, level: Level, schemas: &'a Schemas) -> Option<Found<'a>> {
    let unresolved = |level| step.unresolved(level).iter().map(ToString::to_string).collect();
    let what: Vec<String> = match level {
        Level::Readers => {
            let changes = step.changes().into_iter();
            changes
                .filter(|change| change.is_breaking())
                .map(|change| change.to_string())
                .collect()
        }
        Level::Backward => unresolved(Compatibility::Backward),
        Level::Forward => unresolved(Compatibility::Forward),
        Level::Full => unresolved(Compatibility::Full),
    };
    let allowed = schemas
        .allowed
        .iter()
        .find(|allowed| allowed.schema == step.later().id());
    (!what.is_empty()).then_some(Found {
        step,
        what,
        allowed: allowed.map(|allowed| allowed.reason.as_str()),
    })
}

fn print(found: &Found<'_>) {
    let later = found.step.later();
    let earlier = found.step.earlier().map(|earlier| earlier.id().to_string());
    result(format_args!(
        "{} {} -> {}:",
        later.event_type(),
        earlier.unwrap_or_default(),
        later.id()
    ));
    for what in &found.what {
        result(format_args!("  {what}"));
    }
    if let Some(reason) = found.allowed {
        result(format_args!("  allowed: {reason}"));
    }
}

fn as_json(found: &Found<'_>) -> Value {
    json!({
        "event_type": found.step.later().event_type().as_str(),
        "from": found.step.earlier().map(|earlier| earlier.id().get()),
        "to": found.step.later().id().get(),
        "found": found.what,
        "allowed": found.allowed,
    })
}
