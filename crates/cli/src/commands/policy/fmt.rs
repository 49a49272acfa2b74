//! `bucketline policy fmt`: documents in the one layout.

use bucketline_policy::Document;
use clap::Args;

use super::{file, out};
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};

/// Print policies in the one layout
///
/// Prints the documents in the order of the files. What a list was, one value or an array, and its order stay as they
/// were. Nothing is printed or rewritten unless every file is a policy.
#[derive(Args, Debug)]
pub(super) struct Fmt {
    /// Policies, or `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<Input>,
    /// Normalise: lists sorted and without repeats, single values as plain strings
    #[arg(long)]
    canonical: bool,
    /// Print only the names of files whose text would change, and exit with 1 if there are any
    #[arg(long, conflicts_with = "write")]
    check: bool,
    /// Rewrite the files instead of printing
    #[arg(long)]
    write: bool,
    /// `json`: compact, one document per line
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Fmt) -> Outcome<Exit> {
    let mut texts = Vec::new();
    let mut problems = Vec::new();
    for input in &options.files {
        if options.write && *input == Input::Standard {
            return Err(Failure::usage(
                Problem::new("standard input cannot be rewritten").advice("leave `--write` out"),
            ));
        }
        let text = file::read(input)?;
        match file::parse(input, &text) {
            Ok(document) => texts.push((input, options.layout(&document), text)),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::configuration(problems));
    }
    if options.write {
        for (input, new, old) in &texts {
            if let Input::File(path) = input
                && new != old
            {
                file::replace(path, new)?;
            }
        }
        return Ok(Exit::Done);
    }
    out::write(|out| {
        let mut exit = Exit::Done;
        for (input, new, old) in &texts {
            if !options.check {
                out.line(new.trim_end_matches('\n'))?;
            } else if new != old {
                out.line(input)?;
                exit = Exit::Findings;
            }
        }
        Ok(exit)
    })
}

impl Fmt {
    fn layout(&self, document: &Document) -> String {
        let canonical = self.canonical.then(|| document.canonical());
        let document = canonical.as_ref().unwrap_or(document);
        let mut text = match self.format {
            Format::Text => document.to_json_pretty(),
            Format::Json => document.to_json(),
        };
        text.push('\n');
        text
    }
}
