//! `bucketline policy`: IAM policies at the command line. Every judgement is made in `bucketline-policy`; here are options,
//! files and what a person sees. Needs no configuration and no network.

mod account;
mod audit;
mod batch;
mod case;
mod checked;
mod checks;
mod diff;
mod evaluate;
mod explain;
mod explain_denied;
mod file;
mod fmt;
mod layers;
mod lint;
mod lint_case;
mod linted;
mod out;
mod rewrite;
mod template;
mod trust;

use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::failure::Outcome;

/// Write, check, evaluate and compare IAM policies
///
/// Works on files alone, without configuration, credentials or network. FILE may be `-` for standard input everywhere.
#[derive(Args, Debug)]
pub(crate) struct Policy {
    #[command(subcommand)]
    command: Command,
}

/// One variant per command; its options are in the file that does its work.
#[derive(Debug, Subcommand)]
enum Command {
    Template(template::Template),
    Trust(trust::Trust),
    Lint(lint::Lint),
    Evaluate(evaluate::Evaluate),
    Explain(explain::Explain),
    ExplainDenied(explain_denied::ExplainDenied),
    Audit(audit::Audit),
    Diff(diff::Diff),
    Expand(rewrite::Expand),
    #[command(alias = "minimize")]
    Minimise(rewrite::Minimise),
    Split(rewrite::Split),
    WhoCan(account::WhoCan),
    Escalations(account::Escalations),
    CheckNoNewAccess(checks::NoNewAccess),
    CheckAccessNotGranted(checks::AccessNotGranted),
    CheckNoPublicAccess(checks::NoPublicAccess),
    Fmt(fmt::Fmt),
}

pub(super) fn run(policy: Policy) -> Outcome<Exit> {
    match policy.command {
        Command::Template(options) => template::run(options),
        Command::Trust(options) => trust::run(options),
        Command::Lint(options) => lint::run(&options),
        Command::Evaluate(options) => evaluate::run(&options),
        Command::Explain(options) => explain::run(&options),
        Command::ExplainDenied(options) => explain_denied::run(&options),
        Command::Audit(options) => audit::run(&options),
        Command::Diff(options) => diff::run(&options),
        Command::Expand(options) => rewrite::expand(&options),
        Command::Minimise(options) => rewrite::minimise(&options),
        Command::Split(options) => rewrite::split(&options),
        Command::WhoCan(options) => account::who_can(&options),
        Command::Escalations(options) => account::escalations(&options),
        Command::CheckNoNewAccess(options) => checks::no_new_access(&options),
        Command::CheckAccessNotGranted(options) => checks::access_not_granted(&options),
        Command::CheckNoPublicAccess(options) => checks::no_public_access(&options),
        Command::Fmt(options) => fmt::run(&options),
    }
}
