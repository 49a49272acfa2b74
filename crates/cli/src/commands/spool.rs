//! `bucketline spool`: the log itself. `inspect` prints what it says; `verify` reads and proves all of it; `restored` marks one that came from a backup.

mod inspect;

pub(crate) use inspect::SpoolInspect;

use std::sync::Arc;

use bucketline_service::supervise::failed;
use bucketline_spool::{Log as _, OpenOptions, OsDisk, Recovered, Spool};
use serde_json::json;

use crate::command_line::{Format, SpoolCommand, SpoolVerify};
use crate::configuration;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::{note, result, thousands};

pub(crate) fn run(command: &SpoolCommand) -> Outcome<Exit> {
    match command {
        SpoolCommand::Inspect(options) => inspect::inspect(options),
        SpoolCommand::Verify(options) => verify(options),
        SpoolCommand::Restored(config) => {
            let dir = configuration::load(config.path())?.installation.spool.dir;
            let (spool, recovered) = open(&dir, OpenOptions::write().restored())?;
            note(
                "its checkpoint was set aside: the next start reads all of the log, and goes on from its end",
            );
            print_text(&spool, &recovered);
            Ok(Exit::Done)
        }
    }
}

fn verify(options: &SpoolVerify) -> Outcome<Exit> {
    let dir = configuration::load(options.config.path())?.installation.spool.dir;
    let (spool, recovered) = open(&dir, OpenOptions::read_only().whole())?;
    match options.format {
        Format::Text => print_text(&spool, &recovered),
        Format::Json => print_json(&spool, &recovered),
    }
    Ok(if recovered.gaps.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

fn open(dir: &std::path::Path, options: OpenOptions) -> Outcome<(Spool, Recovered)> {
    if !dir.exists() {
        return Err(Failure::usage(
            Problem::new("there is no spool yet")
                .at(dir.display())
                .advice("nothing was run with this configuration"),
        ));
    }
    Spool::open(Arc::new(OsDisk::default()), dir, options).map_err(unusable)
}

fn unusable(error: bucketline_spool::Error) -> Failure {
    failed(&bucketline_connector::Error::from(error)).into()
}

fn print_text(spool: &Spool, recovered: &Recovered) {
    let usage = spool.usage();
    result(format_args!(
        "segments: {}  bytes: {}  cold bytes: {}  from: {}  to: {}",
        thousands(usage.segments as u64),
        thousands(usage.bytes),
        thousands(usage.cold_bytes),
        usage.first_lsn,
        usage.next_lsn,
    ));
    if recovered.torn_tail_bytes > 0 {
        result(format_args!(
            "at its end: {} bytes of an append that was never acknowledged",
            thousands(recovered.torn_tail_bytes)
        ));
    }
    for gap in &recovered.gaps {
        result(format_args!("cannot be read: {} to {}", gap.first, gap.end));
    }
    result(if recovered.gaps.is_empty() {
        "every frame that is there can be read"
    } else {
        "NOT every frame that is there can be read"
    });
}

fn print_json(spool: &Spool, recovered: &Recovered) {
    let usage = spool.usage();
    let gaps: Vec<_> = recovered
        .gaps
        .iter()
        .map(|gap| json!({"first": gap.first.to_string(), "end": gap.end.to_string()}))
        .collect();
    result(json!({
        "segments": usage.segments,
        "bytes": usage.bytes,
        "cold_bytes": usage.cold_bytes,
        "first": usage.first_lsn.to_string(),
        "next": usage.next_lsn.to_string(),
        "torn_tail_bytes": recovered.torn_tail_bytes,
        "unreadable": gaps,
    }));
}
