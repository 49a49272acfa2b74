//! What a check found, as text, JSON or SARIF, and the exit code that says whether it passes.

use bucketline_policy::checks::{Check, CheckedFile, sarif};
use clap::ValueEnum;

use super::out::{self, json_line};
use crate::command_line::Input;
use crate::exit::Exit;
use crate::failure::Outcome;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
    /// A log in the Static Analysis Results Interchange Format 2.1.0, for code hosts and editors
    Sarif,
}

pub(super) fn tell(format: CheckFormat, input: &Input, text: &str, check: &Check) -> Outcome<Exit> {
    out::write(|out| {
        match format {
            CheckFormat::Text => {
                for finding in check.findings() {
                    out.line(format_args!("{input}: {finding}"))?;
                    if let Some(reason) = finding.suppression() {
                        out.line(format_args!("  meant: {reason}"))?;
                    }
                }
                out.line(if check.passes() { "pass" } else { "fail" })?;
            }
            CheckFormat::Json => out.line(json_line(check))?,
            CheckFormat::Sarif => {
                let uri = input.to_string();
                out.line(json_line(&sarif(&CheckedFile {
                    uri: &uri,
                    text,
                    check,
                })))?;
            }
        }
        Ok(if check.passes() {
            Exit::Done
        } else {
            Exit::Findings
        })
    })
}
