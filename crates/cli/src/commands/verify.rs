//! `bucketline verify`: reads the destinations back and compares them with the input.

use bucketline_service::model::Installation;
use bucketline_service::verify::{Findings, Verification, verify};
use bucketline_service::{schemas, wire};

use crate::command_line::{Format, Verify};
use crate::configuration;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem, chain};
use crate::report::{Printed, note, thousands};

pub(crate) async fn run(options: Verify) -> Outcome<Exit> {
    if options.input.iter().any(|input| input.as_os_str() == "-") {
        return Err(Failure::usage(
            Problem::new("standard input cannot be verified: it is read twice")
                .at("--input -")
                .advice("write it to a file first"),
        ));
    }
    let config = configuration::load(options.config.path())?;
    let installation = &config.installation;
    let schemas = schemas::load(installation)?;
    let opened = wire::open_all(installation, &schemas, &environment::variables())
        .await
        .map_err(|error| error.located(&config.places))?;
    if opened.is_empty() {
        note("the configuration has no connector: there is nothing to compare");
    }
    let mut proof = verify(installation, &schemas, opened, &options.input).await?;
    // Whoever says that events were given up is the spool; without it, or while a run owns it, they count as lost.
    let is_missing = |proof: &Verification| proof.sum(|findings: &Findings| findings.lost) > 0;
    if let (true, Ok(ledger)) = (is_missing(&proof), super::status::read(installation)) {
        proof = proof.accounted_by(&ledger);
    }
    match options.format {
        Format::Text => Printed(&proof).text(),
        Format::Json => Printed(&proof).json(),
    }
    if is_missing(&proof) {
        say_what_is_pending(installation);
    }
    let mut unread: Vec<Problem> = proof
        .connectors
        .iter()
        .filter_map(|verified| Some((&verified.connector, verified.findings.as_ref().err()?)))
        .map(|(connector, error)| {
            Problem::new(format!(
                "the objects of connector `{}` cannot be read: {}",
                connector.id,
                chain(error)
            ))
            .advice(error.kind().advice())
        })
        .collect();
    let not_read = proof.sum(|findings| findings.unread);
    if not_read > 0 {
        unread.push(
            Problem::new(format!("{} objects could not be read", thousands(not_read)))
                .advice("what is in them is not known: run the same command again"),
        );
    }
    if proof.is_wrong() {
        return Ok(Exit::Findings);
    }
    if !unread.is_empty() {
        return Err(Failure::not_readable(unread));
    }
    Ok(if proof.holds() { Exit::Done } else { Exit::Findings })
}

/// What is missing in a bucket may still be on its way. Only a hint: the proof does not look at the spool.
fn say_what_is_pending(config: &Installation) {
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
