//! `bucketline export`: reports and exports as files. What an export is, and how it comes to its end, is
//! `bucketline-export`'s.

mod behaviour;
mod jobs;
mod run;
mod save;
mod shown;

use std::path::PathBuf;

use bucketline_export::{Exporter, JobId, Origin, Storage};
use bucketline_service::exports;
use bucketline_service::file::ConfigFile as Loaded;
use bucketline_service::notices::{self, Notices};
use clap::{Args, Subcommand, ValueEnum};

use crate::command_line::{ConfigFile, Format};
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::notices::settled;
use crate::{configuration, environment};

/// Reports and exports as files, in the customer's bucket or as a download
#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(subcommand)]
    command: ExportCommand,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    Run(Run),
    List(List),
    Show(Show),
    Cancel(Cancel),
    Resume(Resume),
    Save(Save),
    Behaviour(Behaviour),
}

/// Run an export that a file describes
///
/// Its files are written whole, with a manifest last, or not at all. Killed, the same command goes on with it, and with nothing else. A new
/// one first brings to its end what earlier commands left, as `export resume` does. Exits 3 if the export failed or was cancelled.
#[derive(Args, Debug)]
struct Run {
    #[command(flatten)]
    config: ConfigFile,
    /// The file that describes it
    #[arg(value_name = "JOB.toml")]
    job: PathBuf,
    /// How the end is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// List the exports, the newest first
#[derive(Args, Debug)]
struct List {
    #[command(flatten)]
    config: ConfigFile,
    /// Of one workspace alone
    #[arg(long, value_name = "ID")]
    workspace: Option<String>,
    /// How they are printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Show one export: where its files are, and who was told
#[derive(Args, Debug)]
struct Show {
    #[command(flatten)]
    config: ConfigFile,
    /// Its id
    id: JobId,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Cancel an export: what was written of it is removed
///
/// Where another process runs it, that one is asked; it looks for that every few seconds while it writes.
#[derive(Args, Debug)]
struct Cancel {
    #[command(flatten)]
    config: ConfigFile,
    /// Its id
    id: JobId,
}

/// Go on with what is left
///
/// Exports whose process died are run to their end, backups, mails and callbacks that failed are tried again when their
/// time has come, and files whose time is over are deleted.
#[derive(Args, Debug)]
struct Resume {
    #[command(flatten)]
    config: ConfigFile,
}

/// Test the data export integration of a workspace, deletion included, and save it if it passes
///
/// Exports use an integration only with settings that passed. Exits 1 where it does not pass.
#[derive(Args, Debug)]
struct Save {
    #[command(flatten)]
    config: ConfigFile,
    /// The workspace
    #[arg(value_name = "WORKSPACE")]
    workspace: String,
    /// How long a role that was just made may take until AWS knows it everywhere, e.g. `120s`
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = bucketline_service::file::parse_duration)]
    wait: std::time::Duration,
}

/// Say what becomes of an export: who gets a link, and what lies where
#[derive(Args, Debug)]
struct Behaviour {
    /// Who asks for it
    #[arg(long, value_enum)]
    origin: OriginWord,
    /// Whether the workspace has a data export integration
    #[arg(long, value_enum)]
    storage: StorageWord,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum OriginWord {
    /// A program
    Api,
    /// A user
    Dashboard,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum StorageWord {
    /// It has one
    Yes,
    /// It has none
    No,
}

impl From<OriginWord> for Origin {
    fn from(word: OriginWord) -> Self {
        match word {
            OriginWord::Api => Self::Api,
            OriginWord::Dashboard => Self::Dashboard,
        }
    }
}

impl From<StorageWord> for Storage {
    fn from(word: StorageWord) -> Self {
        match word {
            StorageWord::Yes => Self::Customers,
            StorageWord::No => Self::None,
        }
    }
}

pub(super) async fn run(options: Export) -> Outcome<Exit> {
    match options.command {
        ExportCommand::Run(options) => run::run(options).await,
        ExportCommand::List(options) => jobs::list(options).await,
        ExportCommand::Show(options) => jobs::show(options).await,
        ExportCommand::Cancel(options) => jobs::cancel(options).await,
        ExportCommand::Resume(options) => jobs::resume(options).await,
        ExportCommand::Save(options) => save::run(options).await,
        ExportCommand::Behaviour(options) => behaviour::run(&options),
    }
}

/// The exporter of a configuration, and who is told of what becomes of its exports.
async fn open(config: &ConfigFile) -> Outcome<Opened> {
    let file: Loaded = configuration::load(config.path())?;
    let variables = environment::variables();
    let opened = async {
        let notices = notices::open(&file.installation, &variables).await?;
        let exporter = exports::open(&file.installation, &variables, notices.as_ref()).await?;
        Ok(Opened { exporter, notices })
    };
    opened
        .await
        .map_err(|error: bucketline_service::Error| error.located(&file.places).into())
}

/// What the commands work with.
struct Opened {
    exporter: Exporter,
    notices: Option<Notices>,
}

impl Opened {
    /// Gives what is to be told a moment to go out; what does not is told by the next command, or by a run.
    async fn settle(&self) {
        if let Some(notices) = &self.notices {
            settled(notices).await;
        }
    }
}

/// What the library says of exports, as the program ends with it.
fn failed(error: &bucketline_export::Error) -> Failure {
    use bucketline_export::ErrorKind;
    let problem = Problem::new(error.chain());
    match error.kind() {
        ErrorKind::Invalid | ErrorKind::NotFound => Failure::usage(problem),
        ErrorKind::Store => Failure::data_directory(problem),
        _ => Failure::not_delivered(problem),
    }
}
