//! A server as a child process: its first line is awaited, and it ends with us.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::error::Error;

/// A running server, stopped when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    first_line: String,
}

impl Server {
    /// Starts it and waits for its first line of output.
    pub(crate) fn start(mut command: Command) -> Result<Self, Error> {
        let shown = crate::cargo::show(&command);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|e| Error::failed(format!("`{shown}`: {e}")))?;
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| Error::failed("no output of the server"))?;
        let mut reader = BufReader::new(stdout);
        let mut first_line = String::new();
        let read = reader.read_line(&mut first_line);
        let server = Self {
            child,
            first_line: first_line.trim().to_owned(),
        };
        match read {
            Ok(n) if n > 0 => Ok(server),
            _ => Err(Error::failed(format!("`{shown}` ended before its first line"))),
        }
    }

    pub(crate) fn first_line(&self) -> &str {
        &self.first_line
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
