//! `bucketline policy evaluate`: one request given by options, or many cases from a file.

use bucketline_policy::partial::{Unknown, authorize_partly};
use bucketline_policy::{Decider, Decision, authorize};
use clap::Args;
use serde::Serialize;

use super::layers::{LayerFiles, RequestOptions};
use super::out::json_line;
use super::{batch, case};
use crate::command_line::{Format, Input};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::result;

/// Decide whether policies allow a request
///
/// Prints `Allow`, `ImplicitDeny` or `ExplicitDeny` by AWS's whole evaluation logic; `explain` says why.
///
/// With --unknown or --unknown-others the answer is the one that holds whatever these keys are (`Deny` where it is refused
/// in any case and may be so explicitly or not), or `depends` with the conditions that remain.
///
/// With --cases it reads one case per line and prints one line `{"id": ..., "decision": ...}` for each, in order. A case
/// has either `policy` and `kind` (`identity`, `resource`, `trust`), which asks what that document alone answers, or
/// `identity_policies`, `resource_policy`, `permissions_boundary`, `session_policy`, `vpc_endpoint_policy`,
/// `access_point_policy`, `scps` and `rcps`, which asks all of them together; and `request` with `principal`, `action`,
/// `resource`, `resource_account`, `bucket` (behind an access point) and `context` (exactly as given: nothing is added). A malformed case, and one with a member that is not known, gives
/// `{"id": ..., "error": ...}` and the run goes on.
#[derive(Args, Debug)]
pub(super) struct Evaluate {
    #[command(flatten)]
    files: LayerFiles,
    #[command(flatten)]
    request: RequestOptions,
    /// A condition key of which nothing is known; several times for several, `aws:PrincipalTag/*` for all tags
    #[arg(long, value_name = "KEY")]
    unknown: Vec<String>,
    /// Nothing is known of the keys that are neither given nor follow from caller and resource
    #[arg(long, conflicts_with = "unknown")]
    unknown_others: bool,
    /// Cases, one JSON object per line, or `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = [
        "identity", "resource_policy", "kms_grants", "block_public_access", "boundary", "session_policy", "vpc_endpoint_policy", "access_point_policy", "scp", "rcp",
        "principal", "action", "resource", "resource_account", "bucket", "context", "unknown", "unknown_others",
    ])]
    cases: Option<Input>,
    /// How the result is printed; cases are always answered in JSON
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn run(options: &Evaluate) -> Outcome<Exit> {
    if let Some(cases) = &options.cases {
        return batch::run(cases, |text| {
            case::decide(text).map(|decision| ("decision", decision.as_str().into()))
        });
    }
    let unknown = options.unknown();
    // Of what is not known the time may be a part.
    let request = match unknown {
        Some(_) => options.request.request(),
        None => options.request.request_made_now(),
    };
    let Some(request) = request else {
        return Err(missing());
    };
    options.files.fit(&request)?;
    let layers = options.files.load()?;
    if let Some(unknown) = unknown {
        let partial = authorize_partly(&layers, &request, &unknown);
        match options.format {
            Format::Text => result(partial.to_string().trim_end()),
            Format::Json => result(json_line(&partial)),
        }
        return Ok(Exit::Done);
    }
    let verdict = authorize(&layers, &request);
    match options.format {
        Format::Text => result(verdict.decision()),
        Format::Json => result(json_line(&Answer {
            decision: verdict.decision(),
            by: verdict.by(),
        })),
    }
    Ok(Exit::Done)
}

impl Evaluate {
    fn unknown(&self) -> Option<Unknown> {
        match (self.unknown_others, self.unknown.as_slice()) {
            (true, _) => Some(Unknown::all_others()),
            (false, []) => None,
            (false, keys) => Some(Unknown::keys(keys)),
        }
    }
}

#[derive(Serialize)]
struct Answer {
    decision: Decision,
    by: Decider,
}

/// What a request needs was not given.
pub(super) fn missing() -> Failure {
    Failure::usage(
        Problem::new("no request is given")
            .advice("`--principal`, `--action` and mostly `--resource` make one, `--cases` reads many"),
    )
}
