//! What stops a command: the problems, as the library tells them, and the exit code that they mean.

use std::fmt;

use bucketline_service::{Error, ErrorKind};
pub(crate) use bucketline_service::{Problem, chain};

use crate::exit::Exit;

/// A command's result.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// One or more problems and the exit code that they mean.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    problems: Vec<Problem>,
}

impl Failure {
    /// The command line or the configuration is wrong.
    pub(crate) fn usage(problem: impl Into<Problem>) -> Self {
        Self::new(Exit::Usage, problem)
    }

    /// A check found something.
    pub(crate) fn findings(problem: impl Into<Problem>) -> Self {
        Self::new(Exit::Findings, problem)
    }

    /// A check found several things.
    pub(crate) const fn several_findings(problems: Vec<Problem>) -> Self {
        Self {
            exit: Exit::Findings,
            problems,
        }
    }

    /// Data cannot be read for now.
    pub(crate) const fn not_readable(problems: Vec<Problem>) -> Self {
        Self {
            exit: Exit::NotDelivered,
            problems,
        }
    }

    /// Accepted events could not be delivered, or new ones not be taken in.
    pub(crate) fn not_delivered(problem: impl Into<Problem>) -> Self {
        Self::new(Exit::NotDelivered, problem)
    }

    /// The data directory cannot be read or written.
    pub(crate) fn data_directory(problem: impl Into<Problem>) -> Self {
        Self::new(Exit::DataDirectory, problem)
    }

    /// Several problems of what was given.
    pub(crate) const fn configuration(problems: Vec<Problem>) -> Self {
        Self {
            exit: Exit::Usage,
            problems,
        }
    }

    fn new(exit: Exit, problem: impl Into<Problem>) -> Self {
        Self {
            exit,
            problems: vec![problem.into()],
        }
    }

    /// The exit code.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// The lines to print, in the order found.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("; ")?;
            }
            fmt::Display::fmt(problem, f)?;
        }
        Ok(())
    }
}

/// What the library says, and the exit code that it means.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::DataDirectory => Exit::DataDirectory,
            _ => Exit::Usage,
        };
        Self {
            exit,
            problems: error.problems().to_vec(),
        }
    }
}
