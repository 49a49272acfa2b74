//! Standard output: results go there, and whether they arrived is asked once, when the command is done.
//! A reader that has gone (`| head`) is no failure; a full disk is. Knows nothing of what is written.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::OnceLock;

use crate::exit::Exit;
use crate::failure::Failure;

/// What the first failed write gave. A command writes its results in many places and ends in one.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// A line of the result. Whether it could be written is known at the [`end`].
pub(crate) fn result(line: impl Display) {
    keep(writeln!(io::stdout().lock(), "{line}"));
}

/// The end of a command: the first write that failed, if one did and somebody still wanted to read.
///
/// # Errors
/// A result did not arrive.
pub(crate) fn end() -> Result<(), Failure> {
    keep(io::stdout().lock().flush());
    match FAILED.get() {
        Some(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(unwritten(error)),
        _ => Ok(()),
    }
}

/// The outcome of writing results: a reader that has gone ends it, and is no failure.
///
/// # Errors
/// The results cannot be written.
pub(crate) fn written(outcome: io::Result<Exit>) -> Result<Exit, Failure> {
    match outcome {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        Err(error) => Err(unwritten(&error)),
        Ok(exit) => Ok(exit),
    }
}

fn unwritten(error: &io::Error) -> Failure {
    Failure::findings(format!(
        "the result cannot be written to standard output: {error}"
    ))
}

fn keep(outcome: io::Result<()>) {
    if let Err(error) = outcome {
        // The first one is the one that matters.
        let _ = FAILED.set(error);
    }
}
