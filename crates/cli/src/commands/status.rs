//! `bucketline status`: the counts of the spool, read without changing it.

use std::sync::Arc;

use bucketline_connector::{EventLedger, Ledger};
use bucketline_service::model::Installation;
use bucketline_service::supervise::{failed, unreadable};
use bucketline_spool::{OpenOptions, OsDisk, Spool};
use serde_json::{Value, json};

use crate::command_line::{Format, Status};
use crate::configuration;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::{note, result, thousands, warning};

pub(crate) fn run(options: &Status) -> Outcome<Exit> {
    let config = configuration::load(options.config.path())?.installation;
    if !config.spool.dir.exists() {
        note(format_args!(
            "there is no spool in `{}` yet: nothing was run",
            config.spool.dir.display()
        ));
    }
    let ledger = if config.spool.dir.exists() {
        read(&config)?
    } else {
        Ledger::default()
    };
    let mut connectors: Vec<Row> = config
        .connectors
        .iter()
        .map(|connector| row(connector.id.as_str(), &connector.name, &ledger))
        .collect();
    let mut orphans: Vec<&str> = ledger.connectors().map(|(id, ..)| id).collect();
    orphans.dedup();
    orphans.retain(|id| {
        config
            .connectors
            .iter()
            .all(|connector| connector.id.as_str() != *id)
    });
    connectors.extend(
        orphans
            .into_iter()
            .map(|id| row(id, "(not in the configuration)", &ledger)),
    );
    if let Some(text) = unreadable(&ledger, &config.spool.dir) {
        warning(text);
    }
    match options.format {
        Format::Text => print_text(&connectors, &ledger),
        Format::Json => print_json(&connectors, &ledger),
    }
    Ok(Exit::Done)
}

/// The counts of the spool, as nobody but its owner may change them.
pub(super) fn read(config: &Installation) -> Outcome<Ledger> {
    let opened = Spool::open(
        Arc::new(OsDisk::default()),
        &config.spool.dir,
        OpenOptions::read_only(),
    )
    .map_err(bucketline_connector::Error::from)
    .and_then(|(mut spool, recovered)| Ledger::read(&mut spool, &recovered.gaps));
    opened.map_err(|error| failed(&error).into())
}

struct Row {
    id: String,
    name: String,
    events: EventLedger,
    objects: u64,
}

fn row(id: &str, name: &str, ledger: &Ledger) -> Row {
    Row {
        id: id.to_owned(),
        name: name.to_owned(),
        events: ledger.connector(id),
        objects: ledger.objects(id),
    }
}

fn print_text(connectors: &[Row], ledger: &Ledger) {
    let width = connectors
        .iter()
        .map(|row| row.name.chars().count())
        .max()
        .unwrap_or(0);
    for Row {
        id,
        name,
        events,
        objects,
    } in connectors
    {
        result(format_args!(
            "{name:width$}  {id}  admitted: {}  delivered: {}  objects: {}  dropped: {}  pending: {}",
            thousands(events.admitted),
            thousands(events.delivered),
            thousands(*objects),
            thousands(events.dropped),
            thousands(events.pending()),
        ));
    }
    for (id, lines) in ledger.workspaces() {
        let id = if id.is_empty() { "(none that is known)" } else { id };
        result(format_args!(
            "workspace {id}: received: {}  accepted: {}  duplicate: {}  rejected: {}",
            thousands(lines.received),
            thousands(lines.accepted),
            thousands(lines.duplicate),
            thousands(lines.rejected),
        ));
    }
}

fn print_json(connectors: &[Row], ledger: &Ledger) {
    let connectors: Vec<Value> = connectors
        .iter()
        .map(|row| {
            let types = ledger.connectors().filter(|(id, ..)| *id == row.id);
            json!({
                "id": row.id,
                "name": row.name,
                "admitted": row.events.admitted,
                "delivered": row.events.delivered,
                "dropped": row.events.dropped,
                "pending": row.events.pending(),
                "objects": row.objects,
                "event_types": types.map(|(_, event_type, events)| {
                    let counts = json!({
                        "admitted": events.admitted,
                        "delivered": events.delivered,
                        "dropped": events.dropped,
                        "pending": events.pending(),
                    });
                    (event_type.to_owned(), counts)
                }).collect::<serde_json::Map<_, _>>(),
            })
        })
        .collect();
    let workspaces: serde_json::Map<_, _> = ledger
        .workspaces()
        .map(|(id, lines)| {
            let counts = json!({
                "received": lines.received,
                "accepted": lines.accepted,
                "duplicate": lines.duplicate,
                "rejected": lines.rejected,
            });
            (id.to_owned(), counts)
        })
        .collect();
    let unreadable = ledger.unreadable();
    result(json!({
        "connectors": connectors,
        "workspaces": workspaces,
        "balances": ledger.balances(),
        "unreadable": {
            "stretches": unreadable.stretches,
            "bytes": unreadable.bytes,
            "events": unreadable.events,
            "more_events_possible": unreadable.more_events_possible,
        },
    }));
}
