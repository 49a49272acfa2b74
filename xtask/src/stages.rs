//! Named pieces of work, run in order and timed, with a table at the end. It knows no piece.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use crate::error::Error;

/// How a stage ended that did not fail.
#[derive(Debug)]
pub(crate) enum Outcome {
    Done,
    /// It could not be done here, wholly or in part, and why.
    Skipped(String),
}

/// What a stage came to.
#[derive(Debug)]
struct Ended {
    name: String,
    took: Duration,
    outcome: Result<Outcome, String>,
}

/// The stages that have run so far.
#[derive(Debug, Default)]
pub(crate) struct Stages {
    done: Vec<Ended>,
}

impl Stages {
    /// Runs one stage, unless an earlier one failed, and keeps its time.
    pub(crate) fn run(&mut self, name: &str, work: impl FnOnce() -> Result<(), Error>) {
        self.run_or_skip(name, || work().map(|()| Outcome::Done));
    }

    /// The same for a stage that needs what not every machine has.
    pub(crate) fn run_or_skip(&mut self, name: &str, work: impl FnOnce() -> Result<Outcome, Error>) {
        if self.failed() {
            return;
        }
        announce(name);
        let started = now();
        let outcome = work().map_err(|e| e.to_string());
        if let Err(text) = &outcome {
            eprintln!("xtask: {name}: {text}");
        }
        self.done.push(Ended {
            name: name.to_owned(),
            took: started.elapsed(),
            outcome,
        });
    }

    fn failed(&self) -> bool {
        self.done.iter().any(|stage| stage.outcome.is_err())
    }

    /// Prints the table and says whether all went well.
    pub(crate) fn finish(self, what: &str) -> Result<(), Error> {
        println!("\n{:<34} {:>9}", "stage", "seconds");
        let mut total = Duration::ZERO;
        for stage in &self.done {
            total += stage.took;
            let mark = match &stage.outcome {
                Ok(Outcome::Done) => String::new(),
                Ok(Outcome::Skipped(why)) => format!("  SKIPPED: {why}"),
                Err(_) => "  FAILED".to_owned(),
            };
            println!("{:<34} {:>9.1}{mark}", stage.name, stage.took.as_secs_f64());
        }
        println!("{:<34} {:>9.1}", "total", total.as_secs_f64());
        let skipped = |stage: &&Ended| matches!(stage.outcome, Ok(Outcome::Skipped(_)));
        match self.done.iter().filter(skipped).count() {
            0 => {}
            count => println!("{count} stage(s) skipped, wholly or in part"),
        }
        match self.done.iter().find(|stage| stage.outcome.is_err()) {
            None => Ok(()),
            Some(stage) => Err(Error::failed(format!("{what}: stage `{}` failed", stage.name))),
        }
    }
}

fn announce(name: &str) {
    if std::io::stdout().is_terminal() {
        println!("\n\x1b[1m==> {name}\x1b[0m")
    } else {
        println!("\n==> {name}")
    }
}

/// The clock of the build tool: it measures work, it decides nothing.
#[expect(clippy::disallowed_methods, reason = "timing stages is this module's purpose")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
