//! `bucketline keys`: customers' access keys, replaced. The stages are `bucketline-provision`'s, the proof the library's.

use std::time::Duration;

use bucketline_provision::{ErrorKind, IamName, Replaced, RotationError};
use bucketline_service::wire::{self, KeyNotRotated, RotationSettings};
use clap::{Args, Subcommand};
use serde_json::json;

use crate::command_line::{ConfigFile, Format};
use crate::configuration;
use crate::environment;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::{note, result};

/// Customers' access keys
#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Replace a grant's access key while both are valid, without an interruption
    ///
    /// Makes a second key, checks with it everything that uses the grant, puts it into the grant's file, switches the first key
    /// off, checks again, and deletes it. Where the new key does not pass, it is deleted and the first one used as before.
    /// Stopped anywhere, the same command goes on. A `bucketline run` takes the new key from the file by itself.
    ///
    /// Works with the credentials of whoever administers the customer's account, as the AWS tools find them. The grant's
    /// secret has to be in a file of AWS's own form, which holds both halves of the key.
    Rotate(Rotate),
}

#[derive(Args, Debug)]
pub(crate) struct Rotate {
    #[command(flatten)]
    config: ConfigFile,
    /// The grant, by its id
    #[arg(long, value_name = "ID")]
    grant: String,
    /// The user whose key it is [default: as STS says of the key]
    #[arg(long, value_name = "NAME")]
    user: Option<IamName>,
    /// Leave the replaced key switched off in place of deleting it; the same command deletes it later
    #[arg(long)]
    keep: bool,
    /// How long the new key may take until AWS knows it everywhere
    #[arg(long, value_name = "DURATION", default_value = "120s", value_parser = bucketline_service::file::parse_duration)]
    wait: Duration,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(crate) async fn run(command: Keys) -> Outcome<Exit> {
    let Keys::Rotate(options) = command;
    let config = configuration::load(options.config.path())?;
    let mut settings = RotationSettings::default();
    settings.user = options.user;
    settings.patience = options.wait;
    if options.keep {
        settings.replaced = Replaced::SwitchedOff;
    }
    let rotated = wire::rotate_key(
        &config.installation,
        &environment::variables(),
        &options.grant,
        settings,
        &mut |stage| note(stage),
    )
    .await
    .map_err(|failure| match failure {
        KeyNotRotated::Unusable(error) => Failure::from(error.located(&config.places)),
        KeyNotRotated::Rotation(error) => failed(&error),
    })?;
    let old = if options.keep && rotated.from.is_some() {
        "inactive"
    } else {
        "deleted"
    };
    match options.format {
        Format::Json => result(json!({
            "grant": options.grant,
            "from": rotated.from.as_ref().map(|id| id.as_str()),
            "to": rotated.to.as_str(),
            "replaced": old,
        })),
        Format::Text => result(format_args!(
            "the grant `{}` uses the key `{}`",
            options.grant, rotated.to
        )),
    }
    Ok(Exit::Done)
}

fn failed(error: &RotationError) -> Failure {
    match error {
        RotationError::Looking(cause)
            if matches!(cause.kind(), ErrorKind::NotLoaded | ErrorKind::Unauthenticated) =>
        {
            Failure::usage(
                Problem::new(error.to_string())
                    .at("the AWS settings of the environment")
                    .advice("give the credentials of whoever administers the customer's account, as for the AWS tools"),
            )
        }
        RotationError::Looking(cause) if cause.kind() == ErrorKind::InvalidConfig => {
            Failure::usage(Problem::new(error.to_string()))
        }
        error => Failure::findings(Problem::new(error.to_string())),
    }
}
