//! The one error of this crate: one or more problems, and what kind they are of. Knows no exit codes.

use std::fmt;

use crate::Problem;
use crate::file::Places;

/// What kind of trouble it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The configuration, an option or a secret cannot be used: correct it. Nothing was changed.
    Configuration,
    /// An input cannot be read: look at it. What was read of it is kept.
    Input,
    /// The data directory is locked, damaged, full, of a newer version, or cannot be written.
    DataDirectory,
}

/// One or more problems of one kind.
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    problems: Vec<Problem>,
}

impl Error {
    /// One problem.
    pub fn new(kind: ErrorKind, problem: impl Into<Problem>) -> Self {
        Self {
            kind,
            problems: vec![problem.into()],
        }
    }

    /// Several problems, found together.
    #[must_use]
    pub fn several(kind: ErrorKind, problems: Vec<Problem>) -> Self {
        Self { kind, problems }
    }

    pub(crate) fn configuration(problem: impl Into<Problem>) -> Self {
        Self::new(ErrorKind::Configuration, problem)
    }

    pub(crate) fn input(problem: impl Into<Problem>) -> Self {
        Self::new(ErrorKind::Input, problem)
    }

    pub(crate) fn data_directory(problem: impl Into<Problem>) -> Self {
        Self::new(ErrorKind::DataDirectory, problem)
    }

    /// What kind of trouble it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The problems, in the order found.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The same, places in the model replaced by where the file has them.
    #[must_use]
    pub fn located(mut self, places: &Places) -> Self {
        self.problems = self
            .problems
            .into_iter()
            .map(|problem| problem.located(places))
            .collect();
        self
    }
}

impl fmt::Display for Error {
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

impl std::error::Error for Error {}
