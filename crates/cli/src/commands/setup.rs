//! `bucketline setup`: the customer's side, planned, made and taken away with the customer's own administrator.
//! The decisions are `bucketline-provision`'s.

mod handed;
mod options;

use std::ops::ControlFlow;

use bucketline_provision::{
    Administrator, Applied, ApplyError, Change, ErrorKind, KeyFile, KeyFileState, Method, Plan, plan,
    plan_removal,
};
use bucketline_service::wire;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::command_line::Format;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::{note, result, warning};
use options::Wanted;

/// Set up a customer's bucket, and the user or role that delivers into it
///
/// Works with the credentials of whoever administers the customer's account, as the AWS tools find them (AWS_PROFILE,
/// AWS_ACCESS_KEY_ID, ...). What it makes bears the tag `bucketline:setup`, and nothing else is ever changed.
#[derive(Args, Debug)]
pub(crate) struct Setup {
    #[command(subcommand)]
    command: SetupCommand,
}

#[derive(Debug, Subcommand)]
enum SetupCommand {
    /// Say what `apply` would change. Of a set-up that stands, it is what has drifted
    ///
    /// Exits 1 where something stands in the way.
    Plan(Planned),
    /// Make it so: one change at a time, and wait until each is seen
    ///
    /// Started again after it was stopped, it goes on; a second run changes nothing. Where a change fails, what this run
    /// made is taken back. Ends with `{"role_arn": ...}`, or for a user with the file that its key is in.
    Apply(Asked),
    /// Take it away: what bears our tag, and the bucket only while it is empty
    Destroy(Asked),
    /// Print it for another tool, or for a person's hands. Nothing is asked of AWS
    Render(handed::Render),
    /// Write all that a customer needs to do it alone into a folder. Nothing is asked of AWS
    ///
    /// README.md, policy.json, trust.json, cfn.yaml with its link, main.tf.json, setup.sh, console.md, can-cannot.txt (computed
    /// from the policy), and the vendor's part of the configuration.
    Bundle(handed::Bundle),
}

#[derive(Args, Debug)]
struct Planned {
    #[command(flatten)]
    asked: Asked,
    /// Say what `destroy` would do instead
    #[arg(long)]
    destroy: bool,
}

#[derive(Args, Debug)]
struct Asked {
    #[command(flatten)]
    wanted: Wanted,
    /// Where a user's access key is handed over, in AWS's own form; its owner alone may read it [default: NAME-key.csv]
    #[arg(long, value_name = "FILE")]
    key_file: Option<std::path::PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) async fn run(options: Setup) -> Outcome<Exit> {
    match options.command {
        SetupCommand::Plan(planned) => show(planned).await,
        SetupCommand::Apply(asked) => apply(asked).await,
        SetupCommand::Destroy(asked) => destroy(asked).await,
        SetupCommand::Render(options) => handed::render(&options),
        SetupCommand::Bundle(options) => handed::bundle(&options),
    }
}

async fn show(options: Planned) -> Outcome<Exit> {
    let (setup, administrator, _) = options.asked.ready().await?;
    let observed = administrator.observe(&setup).await;
    let observed = observed.map_err(|error| failed(&ApplyError::Looking(Box::new(error))))?;
    let planned = match options.destroy {
        true => plan_removal(&setup, &observed),
        false => plan(&setup, &observed),
    };
    print(&planned, options.asked.format)?;
    if planned.problems.is_empty() {
        return Ok(Exit::Done);
    }
    Err(problems(&planned.problems))
}

async fn apply(options: Asked) -> Outcome<Exit> {
    let (setup, administrator, key_file) = options.ready().await?;
    let mut told = tell;
    let Applied { plan, observed, .. } = administrator
        .apply(&setup, &mut told)
        .await
        .map_err(|error| failed(&error))?;
    plan.warnings.iter().for_each(warning);
    if plan.pending().next().is_none() {
        note("nothing to change");
    }
    let arn = observed.holder.map(|holder| holder.arn).unwrap_or_default();
    if let Method::Role { external_id, .. } = setup.method() {
        note(format_args!(
            "give the vendor the role's ARN; its external ID is `{}`",
            external_id.as_str()
        ));
        return ended(options.format, &plan, json!({ "role_arn": arn }));
    }
    match key_file.state() {
        Ok(KeyFileState::Holds(id)) => {
            note("hand the key file over by a safe way, and then delete it: AWS tells the secret once");
            let path = key_file.path().display().to_string();
            let ends = json!({ "key_file": path, "access_key_id": id.as_str(), "user_arn": arn });
            ended(options.format, &plan, ends)
        }
        _ => {
            note("the user's key was handed over before; delete it in IAM, and the next run makes another");
            ended(
                options.format,
                &plan,
                json!({ "key_file": null, "user_arn": arn }),
            )
        }
    }
}

/// What the set-up comes to; for programs, with what was changed for it.
fn ended(format: Format, made: &Plan, mut ends: Value) -> Outcome<Exit> {
    if format == Format::Json {
        let made = serde_json::to_value(made)
            .map_err(|error| Failure::usage(format!("the plan cannot be written as JSON: {error}")))?;
        if let (Some(ends), Value::Object(made)) = (ends.as_object_mut(), made) {
            ends.extend(made);
        }
    }
    result(ends);
    Ok(Exit::Done)
}

async fn destroy(options: Asked) -> Outcome<Exit> {
    let (setup, administrator, key_file) = options.ready().await?;
    let mut told = tell;
    let planned = administrator
        .destroy(&setup, &mut told)
        .await
        .map_err(|error| failed(&error))?;
    if options.format == Format::Json {
        print(&planned, Format::Json)?;
    } else {
        planned.warnings.iter().for_each(warning);
        let kept = planned.changes.iter().filter(|change| !change.is_some());
        kept.for_each(note);
    }
    if matches!(key_file.state(), Ok(KeyFileState::Holds(_))) {
        note(format_args!(
            "the key file `{}` is of no use any more: delete it",
            key_file.path().display()
        ));
    }
    Ok(Exit::Done)
}

impl Asked {
    async fn ready(&self) -> Outcome<(bucketline_provision::Setup, Administrator, KeyFile)> {
        let setup = self.wanted.setup()?;
        let path = match &self.key_file {
            Some(path) => path.clone(),
            None => format!("{}-key.csv", setup.name()).into(),
        };
        let key_file = KeyFile::new(path);
        let administrator = wire::administrator(setup.region(), &environment::variables()).await?;
        let administrator = administrator.key_file(key_file.clone());
        Ok((setup, administrator, key_file))
    }
}

fn tell(change: &Change) -> ControlFlow<()> {
    note(format_args!("done: {change}"));
    ControlFlow::Continue(())
}

fn print(planned: &Plan, format: Format) -> Outcome<()> {
    match format {
        Format::Json => result(
            serde_json::to_string(planned)
                .map_err(|error| Failure::usage(format!("the plan cannot be written as JSON: {error}")))?,
        ),
        Format::Text => {
            for change in &planned.changes {
                result(change);
            }
            planned.warnings.iter().for_each(warning);
        }
    }
    Ok(())
}

fn problems(found: &[String]) -> Failure {
    Failure::several_findings(found.iter().map(Problem::new).collect())
}

fn failed(error: &ApplyError) -> Failure {
    match error {
        ApplyError::Problems(found) => problems(found),
        ApplyError::Looking(cause) if no_credentials(cause) => Failure::usage(
            Problem::new(error.to_string())
                .at("the AWS settings of the environment")
                .advice("give the credentials of whoever administers the customer's account, as for the AWS tools"),
        ),
        error => Failure::findings(Problem::new(error.to_string())),
    }
}

fn no_credentials(error: &bucketline_provision::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotLoaded | ErrorKind::Unauthenticated)
}
