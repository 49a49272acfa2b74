//! Cases by the line: one answer per line, in order, whatever a line holds. Knows no case itself.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};

use serde::Deserialize;
use serde_json::{Value, json};

use super::out;
use crate::command_line::Input;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};

/// A longer line is a malformed case. The largest policies of a request together have some hundred thousand bytes.
const MAX_LINE_BYTES: u64 = 32 * 1_024 * 1_024;

/// The name under which a case is answered; whatever else the line holds is not looked at.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    id: Value,
}

/// Answers every line of the input. `answer` gets the text of one case and gives the members that stand beside its `id`.
///
/// A case that cannot be answered gives `{"id": ..., "error": ...}`, with `null` for an id that cannot be read, and the
/// run goes on. Empty lines are not cases.
pub(super) fn run(
    input: &Input,
    answer: impl Fn(&str) -> Result<(&'static str, Value), String>,
) -> Outcome<Exit> {
    let (mut reader, is_conversation): (Box<dyn BufRead>, bool) = match input {
        Input::Standard => (Box::new(io::stdin().lock()), true),
        Input::File(path) => {
            let file = File::open(path).map_err(|error| unreadable(input, &error))?;
            (Box::new(BufReader::new(file)), false)
        }
    };
    let mut line = Vec::new();
    let mut number = 0_u64;
    let mut broken = None;
    let exit = out::write(|out| {
        loop {
            line.clear();
            match reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    broken = Some(unreadable(input, &error));
                    break;
                }
            }
            number += 1;
            let is_whole = line.ends_with(b"\n") || (line.len() as u64) < MAX_LINE_BYTES;
            if !is_whole && let Err(error) = reader.skip_until(b'\n') {
                broken = Some(unreadable(input, &error));
            }
            let text = std::str::from_utf8(&line).map(str::trim);
            let said = match text {
                _ if !is_whole => Err((
                    Value::Null,
                    format!("the line is longer than {MAX_LINE_BYTES} bytes"),
                )),
                Err(error) => Err((Value::Null, format!("the line is not UTF-8: {error}"))),
                Ok("") => continue,
                Ok(text) => {
                    let id = id(text);
                    match answer(text) {
                        Ok(answer) => Ok((id, answer)),
                        Err(error) => Err((id, error)),
                    }
                }
            };
            // Written by hand, so that `id` comes first.
            match said {
                Ok((id, (name, value))) => out.line(format_args!("{{\"id\":{id},\"{name}\":{value}}}"))?,
                Err((id, error)) => {
                    let error = json!(format!("line {number}: {error}"));
                    out.line(format_args!("{{\"id\":{id},\"error\":{error}}}"))?;
                }
            }
            if is_conversation {
                out.flush()?;
            }
        }
        Ok(Exit::Done)
    })?;
    broken.map_or(Ok(exit), Err)
}

/// The case's name, even from a line that breaks off behind it.
fn id(text: &str) -> Value {
    if let Ok(named) = serde_json::from_str::<Named>(text) {
        return named.id;
    }
    let mut rest = text;
    for token in ["{", "\"id\"", ":"] {
        match rest.trim_start().strip_prefix(token) {
            Some(behind) => rest = behind,
            None => return Value::Null,
        }
    }
    let first = serde_json::Deserializer::from_str(rest).into_iter().next();
    first.and_then(Result::ok).unwrap_or(Value::Null)
}

/// What is wrong with a case as JSON. Its line is told already; the library's own would always be the first.
pub(super) fn malformed(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rsplit_once(" at line ") {
        Some((what, _)) if error.line() > 0 => format!("{what}, column {}", error.column()),
        _ => text,
    }
}

fn unreadable(input: &Input, error: &io::Error) -> Failure {
    Failure::usage(Problem::new(format!("the cases cannot be read: {error}")).at(input))
}
