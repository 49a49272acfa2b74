//! `bucketline policy who-can` and `escalations`: questions to a whole account, as AWS's own file describes it.

use bucketline_policy::ActionName;
use bucketline_policy::account::{Account, Escalation};
use clap::Args;
use serde::Serialize;

use super::file;
use super::layers::{AroundFiles, context_entry};
use super::out::{self, json_line};
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::note;

/// Say which users and roles of an account can do something
///
/// Reads what `aws iam get-account-authorization-details` printed. Tells those that can always, and those that can under
/// conditions on keys that are not given, with the conditions.
#[derive(Args, Debug)]
pub(super) struct WhoCan {
    /// What for, such as `s3:DeleteObject`
    #[arg(value_name = "ACTION")]
    action: ActionName,
    /// On what: an ARN [default: `*`, for actions without a resource]
    #[arg(value_name = "RESOURCE", default_value = "*", hide_default_value = true)]
    resource: String,
    #[command(flatten)]
    account: AccountFile,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Say which users and roles of an account can become administrators
///
/// Reads what `aws iam get-account-authorization-details` printed. For each user and role that is no administrator and can
/// become one it tells a shortest path: policies that it may write or attach, keys and passwords that it may make, roles
/// that it may assume, let itself into, or hand to a service. Exits with 1 if there is a path.
#[derive(Args, Debug)]
pub(super) struct Escalations {
    #[command(flatten)]
    account: AccountFile,
    /// Leave out paths that take something which the file does not say, such as a function that has the role already
    #[arg(long)]
    certain: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Args, Debug)]
struct AccountFile {
    /// What `aws iam get-account-authorization-details` printed, or `-` for standard input
    #[arg(long, value_name = "FILE")]
    account: Input,
    #[command(flatten)]
    around: AroundFiles,
    /// A condition key of all requests and one value; several times for several values
    #[arg(long, value_name = "KEY=VALUE", value_parser = context_entry)]
    context: Vec<(String, String)>,
}

impl AccountFile {
    fn load(&self) -> Outcome<Account> {
        if self.around.names_caller() {
            return Err(Failure::usage(
                "the file tells boundaries, and sessions have none of their own here: `--boundary` and `--session-policy` \
                 are for one caller",
            ));
        }
        let text = file::read(&self.account)?;
        let account = Account::from_json(&text)
            .map_err(|error| Failure::usage(Problem::new(error.to_string()).at(&self.account)))?;
        for missing in account.missing() {
            note(format_args!("not in the file, and not seen: `{missing}`"));
        }
        Ok(account.within(&self.around.load_for_request(false)?))
    }
}

pub(super) fn who_can(options: &WhoCan) -> Outcome<Exit> {
    let account = options.account.load()?;
    let found = account.who_can(&options.action, &options.resource, &options.account.context);
    out::write(|out| {
        match options.format {
            Format::Json => out.line(json_line(&found))?,
            Format::Text => {
                for who in &found {
                    if who.always() {
                        out.line(who.member.arn())?;
                    } else {
                        out.line(format_args!(
                            "{}: {}",
                            who.member.arn(),
                            who.answer.to_string().trim_end()
                        ))?;
                    }
                }
            }
        }
        Ok(Exit::Done)
    })
}

pub(super) fn escalations(options: &Escalations) -> Outcome<Exit> {
    let account = options.account.load()?;
    let mut found = account.escalations(&options.account.context);
    if options.certain {
        found.retain(Escalation::is_certain);
    }
    let exit = if found.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    };
    out::write(|out| {
        match options.format {
            Format::Json => out.line(json_line(&Paths { escalations: &found }))?,
            Format::Text => {
                for path in &found {
                    out.line(path)?;
                }
                out.line(format_args!(
                    "in all: {} of {} users and roles can become administrators",
                    found.len(),
                    account.members().len()
                ))?;
            }
        }
        Ok(exit)
    })
}

#[derive(Serialize)]
struct Paths<'a> {
    escalations: &'a [Escalation<'a>],
}
