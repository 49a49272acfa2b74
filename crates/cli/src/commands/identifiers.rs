//! `bucketline identifiers`: what a customer needs before the role exists. What it is, the library finds out.

use bucketline_service::grants::FileGrantStore;
use bucketline_service::model::Integration;
use bucketline_service::wire::{self, Draft, Identifiers as Found};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::command_line::{ConfigFile, Format};
use crate::configuration;
use crate::environment;
use crate::exit::Exit;
use crate::failure::Outcome;
use crate::report::{note, result, warning};

/// Say what a customer needs to make a role for us: our account, our principal, and an external ID
///
/// The external ID is made for the workspace's next grant and kept beside the spool, so that it can be told again; write
/// it into the grant once the customer has made the role. It is never taken from a customer. Our principal is whom our own
/// credentials belong to, as STS says.
#[derive(Args, Debug)]
pub(crate) struct Identifiers {
    #[command(flatten)]
    config: ConfigFile,
    /// The customer's workspace, by its id
    #[arg(long, value_name = "ID")]
    workspace: String,
    /// What the grant is for
    #[arg(long, value_enum)]
    integration: Wanted,
    /// Make another external ID, for another grant: the one that was told before is forgotten
    #[arg(long)]
    new: bool,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Wanted {
    /// A stream of events
    Currents,
    /// Reports and exports
    DataExport,
}

impl Wanted {
    const fn name(self) -> &'static str {
        match self {
            Self::Currents => "currents",
            Self::DataExport => "data-export",
        }
    }
}

pub(crate) async fn run(options: Identifiers) -> Outcome<Exit> {
    let config = configuration::load(options.config.path())?;
    let integration = match options.integration {
        Wanted::Currents => Integration::Currents,
        Wanted::DataExport => Integration::DataExport,
    };
    let draft = if options.new { Draft::New } else { Draft::Kept };
    let found = wire::identifiers(
        &config.installation,
        &environment::variables(),
        &FileGrantStore::of(&config.installation),
        &options.workspace,
        integration,
        draft,
    )
    .await
    .map_err(|error| error.located(&config.places))?;
    told(&found);
    let principal = found.principal.as_ref().map(|principal| principal.arn.as_str());
    match options.format {
        Format::Json => result(json!({
            "workspace": options.workspace,
            "integration": options.integration.name(),
            "account": found.account,
            "principal": principal,
            "external_id": found.external_id,
            "grant": found.grant,
        })),
        Format::Text => {
            result(format_args!("account      {}", found.account));
            result(format_args!("principal    {}", principal.unwrap_or("not known")));
            result(format_args!("external id  {}", found.external_id));
        }
    }
    Ok(Exit::Done)
}

/// What a person should know beside the values.
fn told(found: &Found) {
    if let Some(why) = &found.unknown {
        warning(format_args!("our principal is not known: {why}"));
    }
    if found
        .principal
        .as_ref()
        .is_some_and(|principal| principal.without_path)
    {
        note("a session's name does not tell its role's path: if our role has one, put it before the name");
    }
    if let Some(grant) = &found.grant {
        note(format_args!(
            "the grant `{grant}` uses this external ID; for another grant, make another with `--new`"
        ));
    }
}
