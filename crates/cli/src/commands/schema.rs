//! `bucketline schema`: the schemas of the event types: what there is, how it has changed, and tables over it. Changes nothing.

mod changelog;
mod check;
mod ddl;
mod diff;
mod list;

use std::path::PathBuf;
use std::sync::Arc;

use bucketline_format::SchemaRegistry;
use bucketline_service::model::Schemas;
use bucketline_service::schemas;
use clap::{Args, Subcommand};

use crate::command_line::{ConfigFile, Format};
use crate::configuration;
use crate::exit::Exit;
use crate::failure::Outcome;

/// The schemas of the event types: what there is, how it has changed, and tables over what is delivered
///
/// They are those of the configuration; the built-in ones where it names none, or where there is no configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Schema {
    List(list::List),
    Check(check::Check),
    Diff(diff::Diff),
    Changelog(changelog::Changelog),
    Ddl(ddl::Ddl),
}

/// Where schemas are read from.
#[derive(Args, Debug)]
struct Source {
    #[command(flatten)]
    config: ConfigFile,
    /// A folder of schemas, `<event_type>/<id>.avsc`, in place of the configuration's
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    dir: Option<PathBuf>,
}

pub(crate) fn run(command: &Schema) -> Outcome<Exit> {
    match command {
        Schema::List(options) => list::run(options),
        Schema::Check(options) => check::run(options),
        Schema::Diff(options) => diff::run(options),
        Schema::Changelog(options) => changelog::run(options),
        Schema::Ddl(options) => ddl::run(options),
    }
}

impl Source {
    /// The schemas, and what the configuration says of them.
    fn read(&self) -> Outcome<(Arc<SchemaRegistry>, Schemas)> {
        if let Some(dir) = &self.dir {
            return Ok((schemas::from_folder(dir)?, Schemas::default()));
        }
        if self.config.is_default() && !self.config.path().exists() {
            return Ok((schemas::built_in()?, Schemas::default()));
        }
        let installation = configuration::load(self.config.path())?.installation;
        Ok((schemas::read(&installation)?, installation.schemas))
    }
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a `String` cannot fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}
