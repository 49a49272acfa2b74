//! `bucketline schema ddl`: table definitions over what a connector delivers.

use bucketline_format::EventType;
use bucketline_service::ddl::{self, Dialect, Wanted};
use bucketline_service::model::{Connector, Installation};
use bucketline_service::schemas;
use clap::{Args, ValueEnum};

use crate::command_line::ConfigFile;
use crate::configuration;
use crate::exit::Exit;
use crate::failure::{Failure, Outcome, Problem};
use crate::report::result;

/// Write table definitions over what a connector delivers, one table for each event type
///
/// Each table has the fields of the newest schema as columns, and `date`, the hour in which an event was accepted. Athena works out its
/// partitions from the hours, so that none has to be added. Nothing is sent anywhere: paste the statements where they belong.
#[derive(Args, Debug)]
pub(crate) struct Ddl {
    /// What reads the tables
    #[arg(value_enum)]
    dialect: Reader,
    /// Which event types [default: all that the connector takes]
    #[arg(value_name = "EVENT_TYPE")]
    event_types: Vec<EventType>,
    #[command(flatten)]
    config: ConfigFile,
    /// The connector, by its id [default: the only one]
    #[arg(long, value_name = "ID")]
    connector: Option<String>,
    /// What the names of tables begin with, as `analytics.` for a database
    #[arg(long, value_name = "PREFIX", default_value = "", hide_default_value = true)]
    prefix: String,
    /// Athena: from when on there are objects, as `2026-01-01-00` or `NOW-3YEARS`
    #[arg(long, value_name = "HOUR", default_value = "NOW-3YEARS")]
    since: String,
    /// Snowflake: the storage integration that opens the bucket
    #[arg(long, value_name = "NAME", default_value = "bucketline")]
    integration: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Reader {
    /// Amazon Athena, with the Glue catalogue
    Athena,
    /// Snowflake: a stage and external tables
    Snowflake,
    /// DuckDB: views
    Duckdb,
}

pub(super) fn run(options: &Ddl) -> Outcome<Exit> {
    let file = configuration::load(options.config.path())?;
    let installation = &file.installation;
    let connector = connector(options.connector.as_deref(), installation)?;
    let schemas = schemas::load(installation)?;
    for event_type in &options.event_types {
        if schemas.latest(event_type).is_none() {
            return Err(Failure::usage(
                Problem::new(format!("there is no event type `{event_type}`"))
                    .advice("`bucketline schema list` names them"),
            ));
        }
    }
    let mut wanted = Wanted::new(match options.dialect {
        Reader::Athena => Dialect::Athena,
        Reader::Snowflake => Dialect::Snowflake,
        Reader::Duckdb => Dialect::DuckDb,
    });
    wanted.event_types.clone_from(&options.event_types);
    wanted.prefix.clone_from(&options.prefix);
    wanted.since.clone_from(&options.since);
    wanted.integration.clone_from(&options.integration);
    let text = ddl::statements(connector, &installation.vendor, &schemas, &wanted)
        .map_err(|error| error.located(&file.places))?;
    result(text.trim_end());
    Ok(Exit::Done)
}

fn connector<'a>(named: Option<&str>, installation: &'a Installation) -> Outcome<&'a Connector> {
    let known = || {
        let ids: Vec<String> = installation
            .connectors
            .iter()
            .map(|known| format!("`{}`", known.id))
            .collect();
        format!("known: {}", ids.join(", "))
    };
    match (named, installation.connectors.as_slice()) {
        (Some(id), all) => all.iter().find(|known| known.id.as_str() == id).ok_or_else(|| {
            let problem = Problem::new(format!("there is no connector `{id}`")).at("--connector");
            Failure::usage(problem.advice(known()))
        }),
        (None, [only]) => Ok(only),
        (None, []) => Err(Failure::usage(
            "the configuration has no connector, and tables are over what one delivers",
        )),
        (None, _) => Err(Failure::usage(
            Problem::new("the configuration has several connectors")
                .advice(format!("name one with `--connector`; {}", known())),
        )),
    }
}
