//! One file per command. A command takes its options, does its work and returns how the program ends.

mod cat;
mod check;
mod export;
mod external_id;
mod identifiers;
mod keys;
mod launch;
mod ledger;
mod policy;
mod run;
mod sample;
mod schema;
mod setup;
mod spool;
mod status;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use crate::command_line::{Command, CommandLine};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};
use crate::report;

pub(crate) use export::Export;
pub(crate) use identifiers::Identifiers;
pub(crate) use keys::Keys;
pub(crate) use ledger::Ledger;
pub(crate) use policy::Policy;
pub(crate) use schema::Schema;
pub(crate) use setup::Setup;
pub(crate) use spool::SpoolInspect;

/// Parses the command line, runs the command and prints what stopped it.
pub(crate) fn dispatch() -> ExitCode {
    let command = match CommandLine::try_parse() {
        Ok(line) => line.command,
        Err(answer) => return answered(&answer).into(),
    };
    let outcome = match command {
        Command::Cat(options) => blocking_on(cat::run(options)),
        Command::Sample(options) => sample::run(&options),
        Command::Run(options) => blocking_on(run::run(options)),
        Command::Check(options) => blocking_on(check::run(options)),
        Command::Launch(options) => blocking_on(launch::run(options)),
        Command::ExternalId(command) => external_id::run(&command),
        Command::Identifiers(options) => blocking_on(identifiers::run(options)),
        Command::Keys(command) => blocking_on(keys::run(command)),
        Command::Verify(options) => blocking_on(verify::run(options)),
        Command::Spool(command) => spool::run(&command),
        Command::Status(options) => status::run(&options),
        Command::Ledger(options) => ledger::run(&options),
        Command::Policy(options) => policy::run(*options),
        Command::Schema(command) => schema::run(&command),
        Command::Setup(options) => blocking_on(setup::run(*options)),
        Command::Export(options) => blocking_on(export::run(options)),
    };
    let exit = outcome.unwrap_or_else(|failure| stopped_by(&failure));
    match report::end() {
        Ok(()) => exit,
        // What went wrong before it says more.
        Err(failure) => exit.max(stopped_by(&failure)),
    }
    .into()
}

/// Prints what stopped a command.
fn stopped_by(failure: &Failure) -> Exit {
    for problem in failure.problems() {
        report::error(problem);
    }
    failure.exit()
}

/// Prints what the command line alone comes to: help and the version, or what is wrong with it.
fn answered(answer: &clap::Error) -> Exit {
    let printed = answer.print().map(|()| Exit::Done);
    if answer.use_stderr() {
        return Exit::Usage;
    }
    report::written(printed).unwrap_or_else(|failure| stopped_by(&failure))
}

/// Runs a command's future to its end.
fn blocking_on(command: impl Future<Output = Outcome<Exit>>) -> Outcome<Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the program cannot start its threads: {error}")))?
        .block_on(command)
}
