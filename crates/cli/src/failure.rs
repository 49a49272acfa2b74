//! What stops a command, ready for a person: what is wrong, where, and what to do next.
//! Carries no secrets: every value that it is given has been read from a place that holds none.

use std::fmt;

use crate::exit::Exit;

/// A command's result.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// One or more problems and the exit code that they mean.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    problems: Vec<Problem>,
}

/// One problem, printed as one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    place: Option<String>,
    what: String,
    advice: Option<String>,
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
    pub(crate) const fn findings_of(problems: Vec<Problem>) -> Self {
        Self {
            exit: Exit::Findings,
            problems,
        }
    }

    /// Accepted events could not be delivered, or new ones not be taken in.
    pub(crate) fn not_delivered(problem: impl Into<Problem>) -> Self {
        Self::new(Exit::NotDelivered, problem)
    }

    /// The data directory cannot be used.
    pub(crate) fn data_directory(problem: impl Into<Problem>) -> Self {
        Self::new(Exit::DataDirectory, problem)
    }

    /// Several problems of one configuration file.
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

impl Problem {
    /// What is wrong: a lower-case fragment, values in backticks.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            place: None,
            what: one_line(what.into()),
            advice: None,
        }
    }

    /// Where: `file:line:column`, a path, a command-line option.
    pub(crate) fn at(mut self, place: impl fmt::Display) -> Self {
        self.place = Some(one_line(place.to_string()));
        self
    }

    /// What to do next.
    pub(crate) fn advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(one_line(advice.into()));
        self
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

impl<T: Into<String>> From<T> for Problem {
    fn from(what: T) -> Self {
        Self::new(what)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)?;
        if let Some(advice) = &self.advice {
            write!(f, "; {advice}")?;
        }
        Ok(())
    }
}

/// An error and its sources as one line: `what: because: because`.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let cause = source.to_string();
        // Some libraries repeat the source in their own text.
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        next = source.source();
    }
    text
}

/// Terminals and log collectors read lines; a message from elsewhere must not break one, nor move the cursor.
fn one_line(text: String) -> String {
    if text.chars().any(char::is_control) {
        text.chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect()
    } else {
        text
    }
}
