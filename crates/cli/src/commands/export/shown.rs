//! How an export is shown to a person, and to a program.

use std::fmt::Write as _;

use bucketline_export::{ApiAnswer, JobRecord, JobState, Link, Origin, Totals};
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::report::thousands;

/// One line.
pub(super) fn line(record: &JobRecord) -> String {
    let job = &record.taken.job;
    let mut line = format!(
        "{}  {}  {}  {}  {}",
        record.id(),
        record.taken.started,
        record.state.name(),
        job.workspace(),
        job.kind()
    );
    if let Some(totals) = record.totals() {
        let _ = write!(line, "  {} in {}", counted(totals.rows, "row"), files(totals));
    }
    if let Some(failure) = &record.failure {
        let _ = write!(line, "  {failure}");
    }
    line
}

/// All of it.
pub(super) fn text(record: &JobRecord, link: Option<String>) -> String {
    let mut text = line(record);
    text.push('\n');
    for copy in &record.copies {
        let _ = write!(text, "  in {}: {}", copy.place.name(), copy.state.name());
        if let Some(totals) = copy.totals {
            let _ = write!(text, ", {}, {}", files(totals), counted(totals.bytes, "byte"));
        }
        if let Some(failure) = &copy.failure {
            let _ = write!(text, "; last failure: {failure}");
        }
        if let Some(due) = copy
            .due
            .filter(|_| copy.state == bucketline_export::CopyState::Retrying)
        {
            let _ = write!(text, "; tried again from {due} on");
        }
        text.push('\n');
    }
    if let Some(prefix) = record
        .object_prefix()
        .filter(|_| record.state == JobState::Completed)
    {
        let _ = writeln!(text, "  object prefix: {prefix}");
    }
    if let Some(link) = link {
        let _ = writeln!(text, "  download: {link}");
    }
    if let Some(at) = record.delete_at() {
        let _ = writeln!(text, "  deleted at: {at}");
    }
    for telling in &record.tellings {
        let _ = write!(text, "  {}: {}", telling.way.name(), telling.state.name());
        if let Some(failure) = &telling.failure {
            let _ = write!(text, "; last failure: {failure}");
        }
        text.push('\n');
    }
    text
}

/// As a program reads it: the API's answer, and what is remembered.
pub(super) fn json(record: &JobRecord, link: Option<String>) -> Outcome<String> {
    let mut shown = serde_json::to_value(record).map_err(unwritten)?;
    let answer = ApiAnswer::taken(record, link.clone());
    if let Value::Object(members) = &mut shown {
        members.insert("id".to_owned(), json!(record.id()));
        if record.state == JobState::Completed && record.taken.job.origin() == Origin::Api {
            members.insert(
                "answer".to_owned(),
                serde_json::to_value(answer).map_err(unwritten)?,
            );
        }
        if let Some(link) = link.filter(|_| record.delivery.link == Link::ByMail) {
            members.insert("download".to_owned(), json!(link));
        }
    }
    serde_json::to_string(&shown).map_err(unwritten)
}

fn files(totals: Totals) -> String {
    counted(totals.files, "file")
}

fn counted(number: u64, noun: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", thousands(number))
}

fn unwritten(error: serde_json::Error) -> Failure {
    Failure::usage(format!("the export cannot be written as JSON: {error}"))
}
