//! A mail server with TLS and log-in, and a receiver of signed webhooks, both of software that others wrote.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::{Settings, python};
use crate::error::Error;

const SCRIPT: &str = include_str!("receive.py");
/// Of the example in the specification of Standard Webhooks.
pub(super) const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
pub(super) const PASSWORD: &str = "mail-password-1";

/// Both, as one process.
#[derive(Debug)]
pub(super) struct Receivers {
    interpreter: PathBuf,
    process: Child,
    output: BufReader<ChildStdout>,
    ports: Value,
}

impl Receivers {
    /// Starts them, or says why they cannot be.
    pub(super) fn start(settings: &Settings, folder: &Path) -> Result<Result<Self, String>, Error> {
        let interpreter = match python::with(settings, &["aiosmtpd", "standardwebhooks", "cryptography"])? {
            Ok(interpreter) => interpreter,
            Err(why) => return Ok(Err(why)),
        };
        let script = folder.join("receive.py");
        std::fs::write(&script, SCRIPT)?;
        let mut process = Command::new(&interpreter)
            .arg(&script)
            .arg(folder)
            .args([SECRET, "bucketline", PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| Error::failed("no output"))?;
        let mut output = BufReader::new(stdout);
        let mut line = String::new();
        output.read_line(&mut line)?;
        Ok(Ok(Self {
            interpreter,
            process,
            output,
            ports: json(&line)?,
        }))
    }

    pub(super) fn interpreter(&self) -> &Path {
        &self.interpreter
    }

    /// The section `[mail]` for the mail server, whose authority lies beside the configuration.
    pub(super) fn mail_section(&self) -> String {
        format!(
            "[mail]\nhost = \"localhost\"\nport = {}\nuser = \"bucketline\"\npassword = {{ env = \"MAIL_PASSWORD\" }}\n\
             from = \"Reports <reports@example.com>\"\nca = \"ca.pem\"\n",
            self.port("mail")
        )
    }

    /// Where webhooks are taken.
    pub(super) fn web_address(&self) -> String {
        format!("http://127.0.0.1:{}/done", self.port("web"))
    }

    fn port(&self, name: &str) -> u64 {
        self.ports.get(name).and_then(Value::as_u64).unwrap_or_default()
    }

    /// Ends them; what came.
    pub(super) fn finish(mut self) -> Result<Value, Error> {
        // The end of its input is the receivers' sign to say what came.
        drop(self.process.stdin.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        self.process.wait()?;
        json(&rest)
    }
}

fn json(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::failed(format!("the receivers said `{}`: {error}", text.trim())))
}
