//! Test programs: built by one call of cargo, run as many at a time as there are cores, what each prints kept together.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::Counted;
use crate::cargo::{self, locked};
use crate::error::Error;
use crate::stages::now;
use crate::workspace;

/// One program, ready to run.
#[derive(Debug)]
pub(super) struct Program {
    title: String,
    command: Command,
    /// Whether it takes the arguments of a test program as they are, or behind a `--`.
    is_cargo: bool,
    /// Integration tests wait for processes and servers, and the larger a program, the more of them it holds: those first.
    weight: u64,
}

/// Builds the test programs of a selection of packages.
pub(super) fn build(selection: &[&str]) -> Result<Vec<Program>, Error> {
    let mut command = locked("test");
    command.args(selection);
    // All targets with `test = true`: libraries, programs, integration tests; not the benches, whose figures are no tests.
    command.args([
        "--tests",
        "--no-run",
        "--message-format",
        "json-render-diagnostics",
    ]);
    let shown = cargo::show(&command);
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(Error::failed(format!("`{shown}` failed ({})", output.status)));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let programs: Vec<Program> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter_map(|message: Value| Program::of(&message))
        .collect();
    if programs.is_empty() {
        return Err(Error::failed(format!("`{shown}` made no test program")));
    }
    Ok(programs)
}

/// The tests in the documentation of the same selection, which has libraries: cargo builds and runs them itself.
pub(super) fn documentation(selection: &[&str]) -> Program {
    let mut command = locked("test");
    command.args(selection).arg("--doc");
    Program {
        title: "the documentation's tests".to_owned(),
        command,
        is_cargo: true,
        // Before the unit tests: it has to compile.
        weight: u64::MAX / 2,
    }
}

/// Runs them all, whatever becomes of one, shows what they print, and adds up what they say.
pub(super) fn run(
    mut programs: Vec<Program>,
    arguments: &[String],
    counted: &mut Counted,
    terminal: &mut (dyn Write + Send),
) -> Result<(), Error> {
    programs.sort_by_key(|program| std::cmp::Reverse(program.weight));
    let queue: Vec<Mutex<Option<Program>>> = programs
        .into_iter()
        .map(|program| Mutex::new(Some(program)))
        .collect();
    let next = AtomicUsize::new(0);
    let done = Mutex::new((*counted, Vec::new(), terminal));
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(slot) = queue.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let program = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let Some(ran) = program.map(|program| program.run(arguments)) else {
                        continue;
                    };
                    let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                    // Nobody who listens is no reason not to test.
                    let _ = done.2.write_all(ran.text().as_bytes());
                    if let Some(more) = ran.counted {
                        done.0.add(more);
                    }
                    if let Some(failure) = ran.failure {
                        done.1.push(format!("{}: {failure}", ran.title));
                    }
                }
            });
        }
    });
    let (sum, failures, _) = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    *counted = sum;
    if !failures.is_empty() {
        return Err(Error::failed(failures.join("; ")));
    }
    if counted.is_nothing() {
        return Err(Error::failed(format!(
            "no test ran: nothing is called {arguments:?}"
        )));
    }
    Ok(())
}

impl Program {
    /// From cargo's message about what it has built, if that is a test program.
    fn of(message: &Value) -> Option<Self> {
        let executable = message.get("executable").and_then(Value::as_str)?;
        if message.pointer("/profile/test").and_then(Value::as_bool) != Some(true) {
            return None;
        }
        let target = message.get("target")?;
        let source = target.get("src_path").and_then(Value::as_str)?;
        let kind = target.pointer("/kind/0").and_then(Value::as_str)?;
        let manifest = message.get("manifest_path").and_then(Value::as_str)?;
        let folder = Path::new(manifest).parent()?;
        let mut command = Command::new(executable);
        // As cargo runs it: in the package's folder.
        command.current_dir(folder).env("CARGO_MANIFEST_DIR", folder);
        let size = std::fs::metadata(executable).map_or(0, |file| file.len());
        Some(Self {
            title: within_root(source),
            command,
            is_cargo: false,
            weight: if kind == "test" {
                u64::MAX / 2 + 1 + size
            } else {
                size
            },
        })
    }

    fn run(mut self, arguments: &[String]) -> Ran {
        if self.is_cargo && !arguments.is_empty() {
            self.command.arg("--");
        }
        self.command.args(arguments).stdin(Stdio::null());
        let started = now();
        let result = collect(&mut self.command);
        let took = started.elapsed();
        let (output, counted, failure) = match result {
            Err(error) => (String::new(), None, Some(error.to_string())),
            Ok((success, output)) => {
                let counted = Counted::of(&output);
                let failure = match (success, counted) {
                    (false, Some(_)) => Some("a test failed".to_owned()),
                    (_, None) => Some("it ended before its tests did".to_owned()),
                    (true, Some(_)) => None,
                };
                (output, counted, failure)
            }
        };
        Ran {
            title: self.title,
            took,
            output,
            counted,
            failure,
        }
    }
}

/// Whether it ended well, and what it printed, both streams in their order.
fn collect(command: &mut Command) -> std::io::Result<(bool, String)> {
    let (mut reader, writer) = std::io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let child = command.spawn();
    // The command holds writing ends of the pipe, which would never come to its end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = Vec::new();
    let mut child = child?;
    reader.read_to_end(&mut output)?;
    Ok((
        child.wait()?.success(),
        String::from_utf8_lossy(&output).into_owned(),
    ))
}

/// A program that has run.
struct Ran {
    title: String,
    took: Duration,
    output: String,
    counted: Option<Counted>,
    failure: Option<String>,
}

impl Ran {
    fn text(&self) -> String {
        let mut text = format!("     Running {} ({:.1} s)\n", self.title, self.took.as_secs_f64());
        text.push_str(&self.output);
        if let Some(failure) = &self.failure {
            text.push_str(&format!("xtask: {}: {failure}\n", self.title));
        }
        text
    }
}

fn within_root(file: &str) -> String {
    let path = PathBuf::from(file);
    let root = workspace::root();
    path.strip_prefix(root).unwrap_or(&path).display().to_string()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::{Counted, Program, run};

    fn shell(script: &str) -> Program {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Program {
            title: script.to_owned(),
            command,
            is_cargo: false,
            weight: 0,
        }
    }

    const GOOD: &str = "echo 'test result: ok. 2 passed; 0 failed; 1 ignored'";

    #[test]
    fn every_program_is_run_whatever_becomes_of_one() {
        let mut counted = Counted::default();
        let bad = "echo 'test result: FAILED. 1 passed; 1 failed; 0 ignored'; exit 101";
        let programs = vec![shell(bad), shell(GOOD), shell("exit 101"), shell("echo gone")];
        let mut shown = Vec::new();
        let error = run(programs, &[], &mut counted, &mut shown).unwrap_err();
        let error = error.to_string();
        assert_eq!(counted.to_string(), "3 passed, 1 failed, 1 skipped");
        assert!(error.contains(&format!("{bad}: a test failed")), "{error}");
        // What one printed is in one piece, under its name.
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.contains(" s)\ngone\nxtask: echo gone: "), "{shown}");
        for early in ["exit 101", "echo gone"] {
            assert!(
                error.contains(&format!("{early}: it ended before its tests did")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_name_that_no_test_has_is_a_failure() {
        let mut counted = Counted::default();
        run(vec![shell(GOOD)], &[], &mut counted, &mut std::io::sink()).unwrap();
        let mut nothing = Counted::default();
        let none = "echo 'test result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out'";
        let error = run(
            vec![shell(none)],
            &["nosuch".to_owned()],
            &mut nothing,
            &mut std::io::sink(),
        );
        assert!(error.unwrap_err().to_string().contains("nosuch"));
    }
}
