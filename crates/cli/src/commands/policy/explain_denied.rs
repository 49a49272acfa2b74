//! `bucketline policy explain-denied`: from AWS's refusal to the edit that lifts it.

use bucketline_policy::denied::{Agreement, Cause, Denial, Hint, Step, diagnose};
use bucketline_policy::{Explanation, Request};
use clap::Args;
use serde::Serialize;

use super::file;
use super::layers::{LayerFiles, RequestOptions};
use super::out::json_line;
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::result;

/// Say what an AccessDenied rests on, and the exact edit that would lift it
///
/// Takes AWS's message (a sentence, the answer's XML or JSON, or what a client printed) and the policies at hand. What
/// the message does not tell, such as caller and action in S3's short `Access Denied`, can be given by options.
#[derive(Args, Debug)]
pub(super) struct ExplainDenied {
    /// The message, in a file or `-` for standard input
    #[arg(long, value_name = "FILE", default_value = "-", conflicts_with = "text")]
    message: Input,
    /// The message itself
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    #[command(flatten)]
    files: LayerFiles,
    #[command(flatten)]
    request: RequestOptions,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Serialize)]
struct Answer<'a> {
    request: Option<&'a Request>,
    cause: Option<&'a Cause>,
    request_id: Option<&'a str>,
    agreement: Agreement,
    resolved: bool,
    steps: &'a [Step],
    hints: &'a [Hint],
    explanation: Option<&'a Explanation>,
}

pub(super) fn run(options: &ExplainDenied) -> Outcome<Exit> {
    let text = match &options.text {
        Some(text) => text.clone(),
        None => file::read(&options.message)?,
    };
    let Some(denial) = Denial::parse(&text) else {
        return Err(Failure::usage(
            Problem::new("the text is no refusal of AWS's")
                .advice("paste the whole message, such as `User: ... is not authorized to perform: ...`"),
        ));
    };
    let request = options
        .request
        .request_or(denial.principal(), denial.action(), denial.resource());
    if let Some(request) = &request {
        options.files.fit(request)?;
    }
    let layers = options.files.load()?;
    // Without any policy there is nothing to ask: all would be missing.
    let asked: Option<&Request> = request.as_ref().filter(|_| !options.files.is_empty());
    let diagnosis = diagnose(denial, asked, &layers);
    match options.format {
        Format::Text => result(diagnosis.to_string().trim_end()),
        Format::Json => result(json_line(&Answer {
            request: request.as_ref(),
            cause: diagnosis.denial().cause(),
            request_id: diagnosis.denial().request_id(),
            agreement: diagnosis.agreement(),
            resolved: diagnosis.is_resolved(),
            steps: diagnosis.steps(),
            hints: diagnosis.hints(),
            explanation: diagnosis.explanation(),
        })),
    }
    Ok(Exit::Done)
}
