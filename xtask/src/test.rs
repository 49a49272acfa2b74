//! `cargo xtask test`: everything that has to hold before a change lands.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use crate::cargo::{self, shaped};
use crate::error::Error;
use crate::stages::Stages;
use crate::{tidy, workspace};

/// Tests counted over all test programs, from the lines that they close with.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counted {
    passed: u64,
    failed: u64,
    ignored: u64,
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    if let Some(argument) = arguments.first() {
        return Err(Error::usage(format!("`cargo xtask test` takes no `{argument}`")));
    }
    let mut stages = Stages::default();
    let mut counted = Counted::default();
    run_stages(&mut stages, &mut counted);
    let outcome = stages.finish("test");
    println!(
        "\n{} passed, {} failed, {} skipped",
        counted.passed, counted.failed, counted.ignored
    );
    outcome
}

/// The stages, for `ci` too.
pub(crate) fn run_stages(stages: &mut Stages, counted: &mut Counted) {
    stages.run("fmt", || {
        let mut command = workspace::cargo();
        command.args(["fmt", "--all", "--check"]);
        cargo::run(command)
    });
    stages.run("tidy", || tidy::run(&[]));
    // Warnings are denied here and not by RUSTFLAGS, which would throw the build cache away.
    stages.run("clippy", || {
        let mut command = shaped("clippy");
        command.args(["--all-targets", "--quiet", "--", "-D", "warnings"]);
        cargo::run(command)
    });
    stages.run("build", || {
        let mut command = shaped("build");
        command.arg("--all-targets");
        cargo::run(command)
    });
    stages.run("tests", || {
        let mut command = shaped("test");
        // Not `--all-targets`: that would run the bench programs as if they were tests.
        command.args(["--lib", "--bins", "--tests"]);
        counting(command, counted)
    });
    stages.run("doc tests", || {
        let mut command = shaped("test");
        command.arg("--doc");
        counting(command, counted)
    });
}

/// Runs `cargo test`, shows what it prints, and adds up its closing lines.
fn counting(mut command: Command, counted: &mut Counted) -> Result<(), Error> {
    let shown = cargo::show(&command);
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let stdout = child
        .stdout
        .take()
        .ok_or_else(|| Error::failed("no output of cargo test"))?;
    let mut terminal = std::io::stdout();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        writeln!(terminal, "{line}")?;
        counted.add(&line);
    }
    let status = child.wait()?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::failed(format!("`{shown}` failed ({status})")))
    }
}

impl Counted {
    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    fn add(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("test result: ") else {
            return;
        };
        let mut words = rest.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let (Ok(number), Some(what)) = (word.parse::<u64>(), words.peek()) else {
                continue;
            };
            match what.trim_end_matches(';') {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Counted;

    #[test]
    fn closing_lines_add_up() {
        let mut counted = Counted::default();
        counted.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
        );
        counted.add("test result: FAILED. 4 passed; 2 failed; 0 ignored; 0 measured; 9 filtered out");
        counted.add("some other line with 7 passed; in it");
        assert_eq!((counted.passed, counted.failed, counted.ignored), (7, 2, 1));
    }
}
