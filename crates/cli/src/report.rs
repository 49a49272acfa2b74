//! What a person sees while a command works: lines on standard error, results on standard output.
//! Knows how to print, not what.

mod cause;
mod output;
mod progress;
mod verification;

use std::fmt::Display;
use std::io::{self, Write as _};

use crate::log;
use bucketline_connector::Cause;

pub(crate) use bucketline_service::thousands;
pub(crate) use output::{end, result, written};
pub(crate) use progress::Progress;
pub(crate) use verification::Printed;

/// What ended a command, on standard error.
pub(crate) fn error(line: impl Display) {
    if log::is_on() {
        return tracing::error!("{line}");
    }
    // Nowhere is left to say that even this could not be written.
    let _ = writeln!(io::stderr().lock(), "bucketline: error: {line}");
}

/// A line of note, on standard error.
pub(crate) fn note(line: impl Display) {
    if log::is_on() {
        return tracing::info!("{line}");
    }
    let _ = writeln!(io::stderr().lock(), "bucketline: {line}");
}

/// Something a person should look at, on standard error.
pub(crate) fn warning(line: impl Display) {
    if log::is_on() {
        return tracing::warn!("{line}");
    }
    let _ = writeln!(io::stderr().lock(), "bucketline: warning: {line}");
}

/// A cause behind what it is the cause of: laid out where somebody reads it on a terminal, else on the same line.
pub(crate) fn because(cause: &Cause, stream: &impl io::IsTerminal) -> String {
    if stream.is_terminal() {
        cause::lines(cause)
    } else {
        format!(": {cause} (turn: {})", cause.turn.as_str())
    }
}
