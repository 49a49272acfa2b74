//! `bucketline policy diff`: which of two policies allows more.

use bucketline_policy::compare::{Relation, diff};
use bucketline_policy::{DocumentKind, PolicySet, Request};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::file;
use super::out::json_line;
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::result;

/// Say which of two policies allows more
///
/// Prints whether the second is equal to, broader or narrower than the first, or incomparable with it, and a request that
/// one allows and the other does not, for each direction. Where that cannot be known it says unknown. Exits with 1 unless
/// they are equal.
#[derive(Args, Debug)]
pub(super) struct Diff {
    /// The first policy, or an array of policies
    #[arg(value_name = "FIRST")]
    first: Input,
    /// The second policy, or an array of policies
    #[arg(value_name = "SECOND")]
    second: Input,
    /// What the policies are attached to [default: told by whether they name principals]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Kind {
    Identity,
    Resource,
    Trust,
}

#[derive(Serialize)]
struct Answer<'a> {
    relation: Relation,
    only_first: Option<&'a Request>,
    only_second: Option<&'a Request>,
}

pub(super) fn run(options: &Diff) -> Outcome<Exit> {
    let set = |input: &Input| -> Outcome<PolicySet> {
        Ok(PolicySet::compile(&file::documents(std::slice::from_ref(input))?))
    };
    let (first, second) = (set(&options.first)?, set(&options.second)?);
    let kind = kind(options.kind, &[&first, &second]);
    let found = diff(kind, &first, &second);
    match options.format {
        Format::Text => {
            result(format_args!(
                "{}: {}",
                found.relation(),
                sentence(found.relation())
            ));
            tell(found.only_first(), "only the first allows");
            tell(found.only_second(), "only the second allows");
        }
        Format::Json => result(json_line(&Answer {
            relation: found.relation(),
            only_first: found.only_first(),
            only_second: found.only_second(),
        })),
    }
    Ok(if found.relation() == Relation::Equal {
        Exit::Done
    } else {
        Exit::Findings
    })
}

/// What the policies are attached to, as it was told or as they look.
pub(super) fn kind(told: Option<Kind>, sets: &[&PolicySet]) -> DocumentKind {
    match told {
        Some(Kind::Identity) => DocumentKind::Identity,
        Some(Kind::Resource) => DocumentKind::Resource,
        Some(Kind::Trust) => DocumentKind::Trust,
        None if sets.iter().any(|set| names_principals(set)) => DocumentKind::Resource,
        None => DocumentKind::Identity,
    }
}

fn tell(witness: Option<&Request>, what: &str) {
    if let Some(request) = witness {
        result(format_args!("  {what}: {}", request));
    }
}

fn sentence(relation: Relation) -> &'static str {
    match relation {
        Relation::Equal => "both allow the same requests",
        Relation::Broader => "the second allows all that the first allows, and more",
        Relation::Narrower => "the first allows all that the second allows, and more",
        Relation::Incomparable => "each allows something that the other does not",
        Relation::Unknown => "not everything that has to be known for an answer could be found out",
    }
}

fn names_principals(set: &PolicySet) -> bool {
    let mut statements = set.documents().iter().flat_map(|document| document.statements());
    statements.any(|statement| statement.principal().is_some())
}
