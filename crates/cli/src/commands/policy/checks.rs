//! `bucketline policy check-...`: AWS's custom policy checks on files, for a pipeline.

use bucketline_policy::checks::{self, Access, ResourceType, Subject};
use bucketline_policy::{DocumentKind, PolicySet};
use clap::Args;

use super::checked::{CheckFormat, tell};
use super::diff::{self, Kind};
use super::file;
use super::layers::AroundFiles;
use crate::command_line::Input;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};

/// Fail where a new policy allows what the old one does not
///
/// Names the statements that grant it, each with a request. Other layers may be given: what they keep out is not new. The policy
/// of a resource has resource control policies and endpoint policies around it, and Block Public Access; others are an error. Exits
/// with 0 if nothing new is granted, with 1 if something is, or if it cannot be proven that nothing is, and with 2 on files
/// that are no policies. A policy may say in its `Id` what is meant: `check-allow NEW_ACCESS@/Statement/2: REASON`.
#[derive(Args, Debug)]
pub(super) struct NoNewAccess {
    /// The policy as it is, or an array of policies
    #[arg(value_name = "OLD")]
    old: Input,
    /// The policy as it is to be
    #[arg(value_name = "NEW")]
    new: Input,
    /// What the policies are attached to [default: told by whether they name principals]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    #[command(flatten)]
    around: AroundFiles,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

/// Fail where a policy grants access that it should not
///
/// At least one of the actions on at least one of the resources; without --action any action, without --resource any
/// resource. Exits as `check-no-new-access`; the code is ACCESS_GRANTED.
#[derive(Args, Debug)]
pub(super) struct AccessNotGranted {
    /// The policy, or an array of policies
    #[arg(value_name = "FILE")]
    file: Input,
    /// An action, `s3:Delete*`; several times for several
    #[arg(long = "action", value_name = "ACTION", required_unless_present = "resources")]
    actions: Vec<String>,
    /// A resource, `arn:aws:s3:::acme/ledger/*`; several times for several
    #[arg(long = "resource", value_name = "ARN")]
    resources: Vec<String>,
    /// What the policies are attached to [default: told by whether they name principals]
    #[arg(long, value_enum)]
    kind: Option<Kind>,
    #[command(flatten)]
    around: AroundFiles,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

/// Fail where the policy of a resource lets in the public
///
/// Anonymous callers, callers of accounts that nobody named, identities of providers with which anybody can have an account.
/// A condition keeps them out where it compares the caller, the network or the source with values that somebody chose.
/// Exits as `check-no-new-access`; the code is PUBLIC_ACCESS.
#[derive(Args, Debug)]
pub(super) struct NoPublicAccess {
    /// The policy of the resource
    #[arg(value_name = "FILE")]
    file: Input,
    /// What it is attached to, `AWS::S3::Bucket`; `AWS::IAM::AssumeRolePolicyDocument` for the trust policy of a role
    #[arg(long = "type", value_name = "TYPE")]
    resource_type: ResourceType,
    #[command(flatten)]
    around: AroundFiles,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    format: CheckFormat,
}

pub(super) fn no_new_access(options: &NoNewAccess) -> Outcome<Exit> {
    let (old, _) = read(&options.old)?;
    let (new, text) = read(&options.new)?;
    let kind = diff::kind(options.kind, &[&old, &new]);
    let check = checks::no_new_access(
        &subject(kind, old, &options.around)?,
        &subject(kind, new, &options.around)?,
    );
    tell(options.format, &options.new, &text, &check)
}

pub(super) fn access_not_granted(options: &AccessNotGranted) -> Outcome<Exit> {
    let access = Access::new(options.actions.iter().cloned(), options.resources.iter().cloned())
        .map_err(|error| Failure::usage(error.to_string()))?;
    let (policies, text) = read(&options.file)?;
    let kind = diff::kind(options.kind, &[&policies]);
    let check = checks::access_not_granted(&subject(kind, policies, &options.around)?, &access);
    tell(options.format, &options.file, &text, &check)
}

pub(super) fn no_public_access(options: &NoPublicAccess) -> Outcome<Exit> {
    let (policies, text) = read(&options.file)?;
    let subject = subject(DocumentKind::Resource, policies, &options.around)?;
    let check = checks::no_public_access(&subject, options.resource_type);
    tell(options.format, &options.file, &text, &check)
}

fn read(input: &Input) -> Outcome<(PolicySet, String)> {
    let text = file::read(input)?;
    let documents = file::documents_in(input, &text)?;
    Ok((PolicySet::compile(&documents), text))
}

fn subject(kind: DocumentKind, policies: PolicySet, around: &AroundFiles) -> Outcome<Subject> {
    if let [first, ..] = around.without_bearing(kind).as_slice() {
        let what = match kind {
            DocumentKind::Identity => "policies of a caller",
            DocumentKind::Resource => "the policy of a resource",
            _ => "the trust policy of a role",
        };
        return Err(Failure::usage(
            Problem::new(format!("`{first}` has no bearing on {what}, so it is not asked"))
                .advice("leave it out, or say what the policy is attached to with `--kind`"),
        ));
    }
    let policies = match kind {
        DocumentKind::Resource => around.restricted(policies),
        _ => policies,
    };
    let subject = Subject::alone(kind, policies);
    if around.is_empty() {
        return Ok(subject);
    }
    Ok(subject.within(around.load()?))
}
