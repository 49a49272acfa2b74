//! The `bucketline` program: delivers customers' events into the customers' own buckets.
//! It owns the command line, the configuration file and what a person sees; every decision about delivery is made in
//! the library crates.

mod clock;
mod command_line;
mod commands;
mod configuration;
mod environment;
mod exit;
mod failure;
mod log;
mod notices;
mod report;
mod run;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::dispatch()
}
