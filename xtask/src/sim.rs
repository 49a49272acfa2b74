//! `cargo xtask sim`: the simulation of delivery over more histories than the tests look at, or over one again.
//!
//! The crate that is simulated owns the simulation: a test, told by its environment which seeds to run.

use crate::cargo::{self, alone, locked};
use crate::error::Error;
use crate::stages::now;

const USAGE: &str = "usage: cargo xtask sim --seeds N | --seed S";

const PACKAGE: &str = "bucketline-connector";
const TEST: &str = "every_history_keeps_the_promise";

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let (variable, number) = match arguments {
        [flag, number] if flag == "--seeds" => ("SIM_SEEDS", number),
        [flag, number] if flag == "--seed" => ("SIM_SEED", number),
        _ => return Err(Error::usage(USAGE)),
    };
    let number: u64 = number
        .replace('_', "")
        .parse()
        .map_err(|_| Error::usage(format!("`{number}` is no number\n{USAGE}")))?;
    if variable == "SIM_SEEDS" && number == 0 {
        return Err(Error::usage(format!("no history shows nothing\n{USAGE}")));
    }
    let mut command = locked("test");
    command.args(alone(PACKAGE));
    command.args(["--lib", "--tests", TEST, "--", "--nocapture"]);
    command.env_remove("SIM_SEED").env_remove("SIM_SEEDS");
    command.env(variable, number.to_string());
    let started = now();
    let printed = cargo::run_one_test(command)?;
    let seeds = printed
        .lines()
        .filter(|line| line.starts_with("SIM_SEED="))
        .count() as u64;
    let asked = if variable == "SIM_SEEDS" { number } else { 1 };
    if seeds != asked {
        return Err(Error::failed(format!(
            "{asked} histories were asked for, {seeds} were run"
        )));
    }
    // Behind the last seed stands what all of them came to.
    if let Some(summary) = printed.lines().find(|line| line.contains(" objects, ")) {
        println!("{summary}");
    }
    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{seeds} histories, every event exactly once or accounted for, in {seconds:.1} s with what was built"
    );
    Ok(())
}
