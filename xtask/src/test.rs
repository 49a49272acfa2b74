//! `cargo xtask test`: everything that has to hold before a change lands; or, with `-p`, one crate's tests.

mod count;
mod program;

pub(crate) use count::Counted;

use crate::cargo::{self, shaped};
use crate::error::Error;
use crate::stages::Stages;
use crate::{tidy, workspace};

const USAGE: &str = "usage: cargo xtask test [-p CRATE [-- ARGUMENTS OF ITS TEST PROGRAMS]]";

/// What is tested.
#[derive(Debug)]
enum Scope {
    /// All crates, and the house rules.
    Workspace,
    /// One crate, and what its test programs are told.
    Package { name: String, arguments: Vec<String> },
}

pub(crate) fn run(arguments: &[String]) -> Result<(), Error> {
    let scope = Scope::read(arguments)?;
    let mut stages = Stages::default();
    let mut counted = Counted::default();
    match &scope {
        Scope::Workspace => run_stages(&mut stages, &mut counted),
        Scope::Package { name, arguments } => {
            stages.run("tests", || {
                let has_library = workspace::has_library(name)?;
                run_tests(&cargo::alone(name), has_library, arguments, &mut counted)
            });
        }
    }
    let outcome = stages.finish("test");
    // The last line: who reads the output by program looks for it there.
    println!("\n{counted}");
    outcome
}

impl Scope {
    fn read(arguments: &[String]) -> Result<Self, Error> {
        let mut parts = arguments.splitn(2, |word| word == "--");
        let (ours, theirs) = (parts.next().unwrap_or_default(), parts.next());
        match (ours, theirs) {
            ([], None) => Ok(Self::Workspace),
            ([flag, package], theirs) if flag == "-p" || flag == "--package" => Ok(Self::Package {
                name: workspace::package(package)?,
                arguments: theirs.unwrap_or_default().to_vec(),
            }),
            _ => Err(Error::usage(USAGE)),
        }
    }
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
    stages.run("tests", || run_tests(&cargo::TESTS, true, &[], counted));
}

/// Builds the test programs of a selection, then runs them and the documentation's tests side by side.
fn run_tests(
    selection: &[&str],
    has_library: bool,
    arguments: &[String],
    counted: &mut Counted,
) -> Result<(), Error> {
    let mut programs = program::build(selection)?;
    if has_library {
        programs.push(program::documentation(selection));
    }
    program::run(programs, arguments, counted, &mut std::io::stdout())
}
