//! `bucketline ledger`: what became of every line and every event, per workspace, and per connector and event type; `verify` counts it
//! anew from the log. Reads the spool and never changes it.

use std::sync::Arc;

use bucketline_connector::{GivenUp, Ledger as Counts};
use bucketline_service::model::Installation;
use bucketline_service::supervise::{failed, unbalanced, unreadable};
use bucketline_spool::{OpenOptions, OsDisk, Spool};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::status;
use crate::command_line::ConfigFile;
use crate::configuration;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::{error, note, result, thousands, warning};

/// Show what became of every line and every event since the spool began
///
/// Per workspace: received = accepted + duplicate + rejected. Per connector and event type: admitted = delivered + dropped +
/// pending. Both are checked whenever this is printed; exits 1 where one does not hold. Not while a run owns the spool.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Ledger {
    #[command(subcommand)]
    command: Option<LedgerCommand>,
    #[command(flatten)]
    config: ConfigFile,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = LedgerFormat::Text)]
    format: LedgerFormat,
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Count anew from the log, and compare
    ///
    /// Every frame that the log still holds is read and proved; the checkpoint, which only shortens that, is not believed. Exits 1
    /// where the two differ.
    Verify(ConfigFile),
}

/// How a ledger is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LedgerFormat {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
    /// One table, for spreadsheets: a row for each connector and event type, and one for each workspace
    Csv,
}

pub(crate) fn run(options: &Ledger) -> Outcome<Exit> {
    if let Some(LedgerCommand::Verify(config)) = &options.command {
        return verify(config);
    }
    let config = configuration::load(options.config.path())?.installation;
    let counts = if config.spool.dir.exists() {
        status::read(&config)?
    } else {
        no_spool(&config);
        Counts::default()
    };
    if let Some(text) = unreadable(&counts, &config.spool.dir) {
        warning(text);
    }
    let books = books(&config, &counts);
    match options.format {
        LedgerFormat::Text => print_text(&books, &counts),
        LedgerFormat::Json => result(as_json(&books, &counts)),
        LedgerFormat::Csv => print_csv(&books, &counts),
    }
    Ok(judge(&counts))
}

fn verify(config: &ConfigFile) -> Outcome<Exit> {
    let config = configuration::load(config.path())?.installation;
    if !config.spool.dir.exists() {
        no_spool(&config);
        return Ok(Exit::Done);
    }
    let kept = status::read(&config)?;
    let options = OpenOptions::read_only().whole();
    let recounted = Spool::open(Arc::new(OsDisk::default()), &config.spool.dir, options)
        .map_err(bucketline_connector::Error::from)
        .and_then(|(mut spool, recovered)| Counts::recount(&mut spool, &recovered.gaps))
        .map_err(|error| failed(&error))?;
    if let Some(text) = unreadable(&recounted, &config.spool.dir) {
        warning(text);
    }
    if kept != recounted {
        error("the ledger is not what its log comes to; keep the spool and report this");
        return Ok(Exit::Findings);
    }
    let judged = judge(&recounted);
    if judged == Exit::Done {
        let sum = |count: fn(bucketline_connector::EventLedger) -> u64| {
            thousands(recounted.connectors().map(|(.., events)| count(events)).sum())
        };
        result(format_args!(
            "the log comes to the same: admitted: {}  delivered: {}  dropped: {}  pending: {}",
            sum(|events| events.admitted),
            sum(|events| events.delivered),
            sum(|events| events.dropped),
            sum(|events| events.pending),
        ));
    }
    Ok(judged)
}

fn no_spool(config: &Installation) {
    let dir = config.spool.dir.display();
    note(format_args!("there is no spool in `{dir}` yet: nothing was run"));
}

/// Whether the identities hold.
fn judge(counts: &Counts) -> Exit {
    match unbalanced(counts) {
        Some(text) => {
            error(text);
            Exit::Findings
        }
        None => Exit::Done,
    }
}

/// A connector and its workspace.
type Book<'a> = (&'a str, &'a str);

/// The connectors of the configuration in its order, then those that only the log knows.
fn books<'a>(config: &'a Installation, counts: &'a Counts) -> Vec<Book<'a>> {
    let configured = config.connectors.iter();
    let mut books: Vec<Book<'_>> = configured
        .map(|connector| (connector.id.as_str(), connector.workspace.as_str()))
        .collect();
    let orphans = counts.known_connectors().filter(|(id, _)| {
        let mut configured = config.connectors.iter();
        configured.all(|connector| connector.id.as_str() != *id)
    });
    books.extend(orphans);
    books
}

fn print_text(books: &[Book<'_>], counts: &Counts) {
    for (id, workspace) in books {
        result(format_args!("connector {id} of workspace {workspace}"));
        let types: Vec<_> = counts
            .connectors()
            .filter(|(connector, ..)| connector == id)
            .collect();
        let names = types.iter().map(|(_, event_type, _)| event_type.chars().count());
        let width = names.max().unwrap_or(0);
        for (_, event_type, events) in types {
            result(format_args!(
                "  {event_type:width$}  admitted: {}  delivered: {}  dropped: {}  pending: {}",
                thousands(events.admitted),
                thousands(events.delivered),
                thousands(events.dropped),
                thousands(events.pending),
            ));
            for given_up in counts.given_up(id, event_type) {
                let doubt = if given_up.known {
                    ""
                } else {
                    "; an object may hold them: that is being looked for"
                };
                result(format_args!(
                    "    given up ({}): {}  bytes: {}  accepted from {} to {} UTC{doubt}",
                    given_up.reason.as_str(),
                    thousands(given_up.count),
                    thousands(given_up.bytes),
                    given_up.oldest,
                    given_up.newest,
                ));
            }
        }
    }
    for (workspace, lines) in counts.workspaces() {
        let workspace = match workspace {
            "" => "(none that is known)",
            known => known,
        };
        result(format_args!(
            "workspace {workspace}: received: {}  accepted: {}  duplicate: {}  rejected: {}",
            thousands(lines.received),
            thousands(lines.accepted),
            thousands(lines.duplicate),
            thousands(lines.rejected),
        ));
    }
}

fn as_json(books: &[Book<'_>], counts: &Counts) -> Value {
    let connectors = books.iter().map(|(id, workspace)| {
        let types = counts.connectors().filter(|(connector, ..)| connector == id);
        let types = types.map(|(_, event_type, events)| {
            json!({
                "event_type": event_type,
                "admitted": events.admitted,
                "delivered": events.delivered,
                "dropped": events.dropped,
                "pending": events.pending,
                "drops": counts.given_up(id, event_type).map(as_drop).collect::<Vec<_>>(),
            })
        });
        json!({"connector": id, "workspace": workspace, "event_types": types.collect::<Vec<_>>()})
    });
    let workspaces = counts.workspaces().map(|(workspace, lines)| {
        json!({
            "workspace": workspace,
            "received": lines.received,
            "accepted": lines.accepted,
            "duplicate": lines.duplicate,
            "rejected": lines.rejected,
        })
    });
    json!({
        "connectors": connectors.collect::<Vec<_>>(),
        "workspaces": workspaces.collect::<Vec<_>>(),
    })
}

/// Times are hours, as they stand in objects' keys: the finest that the ledger keeps.
fn as_drop(given_up: GivenUp) -> Value {
    json!({
        "reason": given_up.reason.as_str(),
        "known": given_up.known,
        "count": given_up.count,
        "bytes": given_up.bytes,
        "oldest": given_up.oldest.to_string(),
        "newest": given_up.newest.to_string(),
    })
}

fn print_csv(books: &[Book<'_>], counts: &Counts) {
    result(
        "kind,workspace,connector,event_type,admitted,delivered,dropped,pending,received,accepted,duplicate,rejected",
    );
    for (id, workspace) in books {
        for (_, event_type, events) in counts.connectors().filter(|(connector, ..)| connector == id) {
            result(format_args!(
                "events,{},{},{},{},{},{},{},,,,",
                quoted(workspace),
                quoted(id),
                quoted(event_type),
                events.admitted,
                events.delivered,
                events.dropped,
                events.pending,
            ));
        }
    }
    for (workspace, lines) in counts.workspaces() {
        result(format_args!(
            "lines,{},,,,,,,{},{},{},{}",
            quoted(workspace),
            lines.received,
            lines.accepted,
            lines.duplicate,
            lines.rejected,
        ));
    }
}

/// A field as RFC 4180 has it.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
