//! One file per command. A command takes its options, does its work and returns how the program ends.

mod cat;
mod policy;
mod run;
mod sample;
mod status;
mod verify;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::command_line::{Command, CommandLine};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome};

pub(crate) use policy::Policy;

/// Parses the command line, runs the command and prints what stopped it.
pub(crate) fn dispatch() -> ExitCode {
    let outcome = match CommandLine::parse().command {
        Command::Cat(options) => blocking_on(cat::run(options)),
        Command::Sample(options) => sample::run(&options),
        Command::Run(options) => blocking_on(run::run(options)),
        Command::Verify(options) => blocking_on(verify::run(options)),
        Command::Status(options) => status::run(&options),
        Command::Policy(options) => policy::run(options),
    };
    let exit = match outcome {
        Ok(exit) => exit,
        Err(failure) => {
            let mut stderr = std::io::stderr().lock();
            for problem in failure.problems() {
                // Nowhere is left to say that even this could not be written.
                let _ = writeln!(stderr, "bucketline: error: {problem}");
            }
            failure.exit()
        }
    };
    exit.into()
}

/// Runs a command's future to its end.
fn blocking_on(command: impl Future<Output = Outcome<Exit>>) -> Outcome<Exit> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::usage(format!("the program cannot start its threads: {error}")))?
        .block_on(command)
}
