//! `cargo xtask`: build, test, demonstrate and measure Bucketline.
//!
//! It parses the command and delegates. It depends on none of the crates: it runs `cargo`, the program and the
//! testkit as processes, so that it starts in seconds and measures what a user would get.
#![expect(
    clippy::print_stdout,
    reason = "a build tool talks to the person who called it"
)]

mod api;
mod bench;
mod cargo;
mod ci;
mod codegen;
mod demo;
mod deny;
mod error;
mod foreign;
mod fuzz;
mod http;
mod key_tree;
mod pairs;
mod process;
mod release;
mod scene;
mod sim;
mod stages;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use crate::error::Error;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [--events N] [--seed S] [--keep]   the main job, end to end, on an embedded AWS
  test                                    format, clippy, tidy, every test, doc tests; a table of what took how long
  test -p CRATE [-- ARGUMENTS]            one crate's tests, built from what the whole workspace has built
  ci [--only STAGE,...]                   test, then what a release needs: demo, codegen, deny, features, docs, api, package
  tidy                                    the house rules: files, documents, licences, dependency directions
  foreign [--only CHECK] [--managed-policies FILE] [--validate-policy FILE]
                                          checks against software from outside: S3 servers, readers of every format, real policies
  bench [--events N] [--only FIGURE] [--policy FILE]
                                          performance figures, one JSON line each
  api [--check]                           what each library lets its users name, as text: written, or compared with what is kept
  sim --seeds N | --seed S                the simulation of delivery: more histories than the tests look at, or one again
  fuzz [--seconds N] [TARGET]             what outsiders hand in, mutated from a kept corpus: answers of stores, configurations, Parquet
  pairs N [--seed S]                      random pairs of policies: what is claimed of them, against the evaluator
  release --dry-run                       every crate packed, built from the packages, and the order to publish them in
  codegen [--check | --service-data]      the files made from data: compared, or written anew from the data named there
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

fn run(arguments: &[String]) -> Result<(), Error> {
    let Some((command, rest)) = arguments.split_first() else {
        return Err(Error::usage(USAGE));
    };
    std::env::set_current_dir(workspace::root())
        .map_err(|e| Error::failed(format!("workspace root: {e}")))?;
    match command.as_str() {
        "demo" => demo::run(rest),
        "test" => test::run(rest),
        "ci" => ci::run(rest),
        "tidy" => tidy::run(rest),
        "foreign" => foreign::run(rest),
        "bench" => bench::run(rest),
        "codegen" => codegen::run(rest),
        "release" => release::run(rest),
        "sim" => sim::run(rest),
        "fuzz" => fuzz::run(rest),
        "pairs" => pairs::run(rest),
        "api" => api::run(rest),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(())
        }
        other => Err(Error::usage(format!("there is no command `{other}`\n\n{USAGE}"))),
    }
}
