//! `bucketline policy expand`, `minimise` and `split`: the same access in other words.

use bucketline_policy::rewrite::{self, Wildcards};
use bucketline_policy::{Document, Error, PolicyKind, PolicySet};
use clap::{Args, ValueEnum};

use super::diff::{self, Kind};
use super::{file, out};
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::note;

/// Write the actions that wildcards mean
///
/// Every pattern of actions becomes the actions that it means by the catalogue that came with this program; `*` stays. The
/// result is printed only where it is proven to allow just what the policy allows; otherwise the command exits with 1.
#[derive(Args, Debug)]
pub(super) struct Expand {
    /// The policy
    #[arg(value_name = "FILE")]
    file: Input,
    /// What it is attached to [default: told by whether it names principals]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// How the result is printed: on several lines, or on one
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Write a policy in fewer characters
///
/// Puts together statements that differ in one element alone and leaves out what others say already. The result is printed
/// only where it is proven to allow just what the policy allows; otherwise the command exits with 1.
#[derive(Args, Debug)]
pub(super) struct Minimise {
    /// The policy
    #[arg(value_name = "FILE")]
    file: Input,
    /// What it is attached to [default: told by whether it names principals]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// Write `s3:Get*` where all such actions of today are listed; what AWS adds later is then granted too
    #[arg(long)]
    wildcards: bool,
    /// How the result is printed: on several lines, or on one
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Part a policy that is too long into several that fit
///
/// Prints an array of policies that together are proven to allow just what the policy allows. Exits with 1 where such a
/// kind of policy cannot be several, where a statement cannot be parted, and where there is no proof.
#[derive(Args, Debug)]
pub(super) struct Split {
    /// The policy
    #[arg(value_name = "FILE")]
    file: Input,
    /// Whose quota it has to keep
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Quota::Managed)]
    kind: Quota,
    /// The quota, where the account was given another one
    #[arg(long, value_name = "CHARACTERS")]
    quota: Option<usize>,
    /// How the result is printed: on several lines, or on one
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Quota {
    /// 6,144 characters without white space
    Managed,
    /// 2,048 for all together
    InlineUser,
    /// 5,120 for all together
    InlineGroup,
    /// 10,240 for all together
    InlineRole,
    /// 2,048
    Session,
    /// 2,048
    Trust,
    /// 20,480 bytes
    Bucket,
    /// 5,120
    Scp,
    /// 5,120
    Rcp,
}

impl From<Quota> for PolicyKind {
    fn from(quota: Quota) -> Self {
        match quota {
            Quota::Managed => Self::Managed,
            Quota::InlineUser => Self::InlineUser,
            Quota::InlineGroup => Self::InlineGroup,
            Quota::InlineRole => Self::InlineRole,
            Quota::Session => Self::Session,
            Quota::Trust => Self::Trust,
            Quota::Bucket => Self::Bucket,
            Quota::Scp => Self::ServiceControl,
            Quota::Rcp => Self::ResourceControl,
        }
    }
}

/// Managed policies that can be attached to one identity, unless AWS raised it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
const ATTACHED: usize = 10;

pub(super) fn expand(options: &Expand) -> Outcome<Exit> {
    let document = read(&options.file)?;
    let kind = diff::kind(
        options.kind,
        &[&PolicySet::compile(std::slice::from_ref(&document))],
    );
    let expanded = rewrite::expand(kind, &document).map_err(|error| refused(&options.file, &error))?;
    if !expanded.kept.is_empty() {
        note(format_args!("left as it is: `{}`", expanded.kept.join("`, `")));
    }
    print(options.format, &expanded.document)
}

pub(super) fn minimise(options: &Minimise) -> Outcome<Exit> {
    let document = read(&options.file)?;
    let kind = diff::kind(
        options.kind,
        &[&PolicySet::compile(std::slice::from_ref(&document))],
    );
    let wildcards = match options.wildcards {
        true => Wildcards::New,
        false => Wildcards::AsTheyAre,
    };
    let short =
        rewrite::minimise(kind, &document, wildcards).map_err(|error| refused(&options.file, &error))?;
    let length = |document: &Document| PolicyKind::Managed.size_of(&document.to_json());
    note(format_args!(
        "{} characters without white space, {} before",
        length(&short),
        length(&document)
    ));
    print(options.format, &short)
}

pub(super) fn split(options: &Split) -> Outcome<Exit> {
    let document = read(&options.file)?;
    let parts = rewrite::split(options.kind.into(), &document, options.quota)
        .map_err(|error| refused(&options.file, &error))?;
    if options.kind == Quota::Managed && parts.len() > ATTACHED {
        note(format_args!(
            "{} policies, and {ATTACHED} can be attached to one identity, unless AWS raised that",
            parts.len()
        ));
    }
    let lines: Vec<String> = match options.format {
        Format::Text => parts.iter().map(Document::to_json_pretty).collect(),
        Format::Json => parts.iter().map(Document::to_json).collect(),
    };
    out::write(|out| {
        match options.format {
            Format::Text => out.line(format_args!("[\n{}\n]", lines.join(",\n")))?,
            Format::Json => out.line(format_args!("[{}]", lines.join(",")))?,
        }
        Ok(Exit::Done)
    })
}

fn read(input: &Input) -> Outcome<Document> {
    file::parse(input, &file::read(input)?).map_err(Failure::usage)
}

/// The policy stays as it is.
fn refused(input: &Input, error: &Error) -> Failure {
    Failure::findings(Problem::new(error.to_string()).at(input))
}

fn print(format: Format, document: &Document) -> Outcome<Exit> {
    out::write(|out| {
        match format {
            Format::Text => out.line(document.to_json_pretty())?,
            Format::Json => out.line(document.to_json())?,
        }
        Ok(Exit::Done)
    })
}
