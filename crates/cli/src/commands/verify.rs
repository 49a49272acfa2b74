//! `bucketline verify`: reads the destinations back and compares them with the input.

use crate::command_line::{Format, Verify};
use crate::config::Config;
use crate::destination;
use crate::environment::Environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem, chain};
use crate::report::{note, thousands};
use crate::schemas;
use crate::verify::{Expected, Report, read_folder};

pub(crate) async fn run(options: Verify) -> Outcome<Exit> {
    if options.input.iter().any(|input| input.as_os_str() == "-") {
        return Err(Failure::usage(
            Problem::new("standard input cannot be verified: it is read twice")
                .at("--input -")
                .advice("write it to a file first"),
        ));
    }
    let config = Config::load(options.config.path())?;
    let schemas = schemas::load(&config.schemas)?;
    let (connectors, sinks): (Vec<_>, Vec<_>) = destination::open_all(&config, Environment)
        .await?
        .into_iter()
        .map(|opened| (opened.config, opened.sink))
        .unzip();
    let expected = Expected::new(&config, &schemas, &connectors, &options.input);
    let counted = expected.count()?;
    let mut report = Report {
        accepted: counted.accepted,
        rejected: counted.rejected,
        connectors: Vec::new(),
        unread: 0,
    };
    let mut unread = Vec::new();
    for ((connector, sink), mut events) in connectors.iter().zip(&sinks).zip(counted.events) {
        let mut findings = match read_folder(connector, sink, &schemas, &mut events).await {
            Ok(findings) => findings,
            // The others can still be proved.
            Err(error) => {
                unread.push(
                    Problem::new(format!(
                        "the objects of connector `{}` cannot be read: {}",
                        connector.id,
                        chain(&error)
                    ))
                    .advice(error.kind().advice()),
                );
                continue;
            }
        };
        expected.name_missing(&connector.id, &mut events, &mut findings)?;
        report.connectors.push((connector, findings));
    }
    report.unread = unread.len();
    if connectors.is_empty() {
        note("the configuration has no connector: there is nothing to compare");
    }
    match options.format {
        Format::Text => report.print_text(),
        Format::Json => report.print_json(),
    }
    if report.lost() > 0 {
        say_what_is_pending(&config);
    }
    if !unread.is_empty() {
        return Err(Failure::findings_of(unread));
    }
    Ok(if report.holds() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// What is missing in a bucket may still be on its way. Only a hint: the proof does not look at the spool.
fn say_what_is_pending(config: &Config) {
    let Ok(ledger) = super::status::read(config) else {
        return;
    };
    let pending: u64 = config
        .connectors
        .iter()
        .map(|connector| ledger.connector(connector.id.as_str()).pending())
        .sum();
    if pending > 0 {
        note(format_args!(
            "{} events are still held in {}: `bucketline run` delivers them",
            thousands(pending),
            config.spool.dir.display()
        ));
    }
}
