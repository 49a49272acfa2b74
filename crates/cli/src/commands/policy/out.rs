//! Results on standard output, buffered. A reader that has seen enough (`| head`) is no failure.

use std::fmt::Display;
use std::io::{self, BufWriter, StdoutLock, Write as _};

use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::written;

/// Standard output for results of many lines.
pub(super) struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    pub(super) fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    /// One line, or several that end alike.
    pub(super) fn line(&mut self, line: impl Display) -> io::Result<()> {
        writeln!(self.0, "{line}")
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A result for programs: one JSON object on one line, its members in the order of the type.
pub(super) fn json_line(value: &impl Serialize) -> String {
    // INVARIANT: keys are strings and numbers finite, so serialization has nothing to fail on.
    serde_json::to_string(value).unwrap_or_default()
}

/// Runs what writes, and ends with the exit that it gives.
pub(super) fn write(work: impl FnOnce(&mut Out) -> io::Result<Exit>) -> Outcome<Exit> {
    let mut out = Out::new();
    written(work(&mut out).and_then(|exit| out.flush().map(|()| exit)))
}
