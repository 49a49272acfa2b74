//! The command line: every command with its options, and nothing of what they do.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(crate) use bucketline_service::input::Input;
use bucketline_service::input::{NamedStream, StreamName, StreamPlaces, Thoroughness};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::log::{LogFormat, LogLevel};

/// Where the configuration is looked for unless named.
const DEFAULT_CONFIG: &str = "bucketline.toml";

/// Deliver customers' events into the customers' own S3 buckets, exactly once.
///
/// Exit codes: 0 done; 1 findings; 2 usage or configuration; 3 events not delivered (they are kept); 4 data directory
/// locked, damaged, full or of a newer version.
#[derive(Debug, Parser)]
#[command(
    name = "bucketline",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub(crate) struct CommandLine {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// One variant per command; each one's work is in the file of its name below `commands/`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Run),
    Check(Check),
    Launch(Launch),
    #[command(name = "external-id", subcommand)]
    ExternalId(ExternalIds),
    Identifiers(crate::commands::Identifiers),
    #[command(subcommand)]
    Keys(crate::commands::Keys),
    Verify(Verify),
    Cat(Cat),
    Sample(Sample),
    #[command(subcommand)]
    Spool(SpoolCommand),
    Status(Status),
    Ledger(crate::commands::Ledger),
    Policy(Box<crate::commands::Policy>),
    #[command(subcommand)]
    Schema(crate::commands::Schema),
    Setup(Box<crate::commands::Setup>),
    Export(crate::commands::Export),
}

/// Where the configuration is.
#[derive(Args, Debug)]
pub(crate) struct ConfigFile {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = DEFAULT_CONFIG)]
    config: PathBuf,
}

/// Where the configuration is, for commands that take it as their first argument, too.
#[derive(Args, Debug)]
pub(crate) struct ConfigArgument {
    /// The configuration file [default: bucketline.toml]
    #[arg(value_name = "CONFIG", conflicts_with = "config")]
    positional: Option<PathBuf>,
    /// The same, as an option
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl ConfigArgument {
    pub(crate) fn path(&self) -> &Path {
        let named = self.config.as_deref().or(self.positional.as_deref());
        named.unwrap_or(Path::new(DEFAULT_CONFIG))
    }
}

impl ConfigFile {
    pub(crate) fn path(&self) -> &Path {
        &self.config
    }

    /// Whether nobody has named another.
    pub(crate) fn is_default(&self) -> bool {
        self.config == Path::new(DEFAULT_CONFIG)
    }
}

/// Read events and deliver them
///
/// Reads newline-delimited JSON, one event per line, and writes each event into the bucket of every connector that
/// takes it. What was read is kept in the spool until it is delivered: a run that was killed is started again with the
/// same command and goes on where it was. With --drain it ends when everything is delivered; without, it goes on
/// sealing by count and age until SIGINT or SIGTERM, which drain (a second one stops at once).
#[derive(Args, Debug)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) config: ConfigArgument,
    /// A file of events, one JSON object per line, or `-` for standard input; may be given several times. Without it, what
    /// the spool holds is delivered
    #[arg(long, value_name = "FILE")]
    pub(crate) input: Vec<Input>,
    /// The name of the stream among the inputs, so that it can be sent again: what was read under this name before is passed
    /// over. It has to come from its beginning each time, byte for byte, unless --sequenced is given
    #[arg(long, value_name = "NAME", requires = "input")]
    pub(crate) source: Option<StreamName>,
    /// Each line of the stream carries its producer's own number, `"sequence": N` beside its event, which grows from line to
    /// line: the stream may be sent again from any line
    #[arg(long, requires = "source")]
    pub(crate) sequenced: bool,
    /// Prove all of what was read of a file before, and not only its first and its last 64 MB
    #[arg(long)]
    pub(crate) verify_input: bool,
    /// Go on reading files as they grow and are rotated, until SIGINT or SIGTERM
    #[arg(long, requires = "input", conflicts_with = "drain")]
    pub(crate) follow: bool,
    /// Deliver all there is, then end
    #[arg(long)]
    pub(crate) drain: bool,
    /// How long to wait for what cannot be delivered yet, when draining
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = bucketline_service::file::parse_duration)]
    pub(crate) drain_timeout: Duration,
    /// Where refused lines are listed [default: rejects.ndjson in the spool's folder]
    #[arg(long, value_name = "FILE")]
    pub(crate) rejects: Option<PathBuf>,
    /// Keep the text of refused lines in the spool, and list it with them: a stream cannot be read again to look at it
    #[arg(long)]
    pub(crate) rejects_text: bool,
    /// How the end of the run is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Deliver again for a connector whose store did not encrypt as asked, now that this was put right; may be given several times
    #[arg(long, value_name = "CONNECTOR")]
    pub(crate) resume: Vec<bucketline_connector::ConnectorId>,
    /// Check every connector first, as `bucketline check` does: one whose check fails takes events in and delivers none
    #[arg(long)]
    pub(crate) check: bool,
    /// Let programs ask for exports over HTTP, as `[[workspace]] api_key` and `[[segment]]` say: an address of this machine, as
    /// `127.0.0.1:8080`. Without --drain; what stands before it speaks TLS
    #[arg(long, value_name = "ADDR", conflicts_with = "drain")]
    pub(crate) api: Option<SocketAddr>,
    /// Serve metrics for Prometheus at this address, e.g. `9464` on this machine alone, or `0.0.0.0:9464`: `/metrics`, and `/healthz`
    /// and `/readyz` beside it. Whoever reaches the address reads them
    #[arg(long, value_name = "[HOST:]PORT", value_parser = metrics_address)]
    pub(crate) metrics: Option<SocketAddr>,
    /// Tell what happens as lines for machines, on standard error, in place of what is meant for a person
    #[arg(long, value_name = "FORMAT")]
    pub(crate) log: Option<LogFormat>,
    /// From which level on
    #[arg(long, value_name = "LEVEL", default_value = "info", requires = "log")]
    pub(crate) log_level: LogLevel,
}

/// Test the customers' credentials, step by step
///
/// Asks what delivery will ask, with the same requests, and says of each step whether it passes; where it does not, why, whose
/// turn it is, and what to paste. Nothing is left in a connector's folder; one test object lies in the bucket under
/// `_bucketline/check`. A role is also asked for without its external ID, and with a random one, which it has to refuse.
/// Exits 1 if a step that delivery needs fails or stays open.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) config: ConfigArgument,
    /// One connector, by its id [default: all, with the data exports]
    #[arg(long, value_name = "ID", conflicts_with = "grant")]
    pub(crate) connector: Option<String>,
    /// One grant alone, by its id: its credentials, and no bucket
    #[arg(long, value_name = "ID")]
    pub(crate) grant: Option<String>,
    /// How long a role that was just made may take until AWS knows it everywhere, e.g. `120s`
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = bucketline_service::file::parse_duration)]
    pub(crate) wait: Duration,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Check one connector, then run
///
/// The connector is checked as `bucketline check` does, a new role waited for. If that fails, the report says what to do, and
/// the connector takes events in and delivers none; everything else runs as with `run`, in the foreground.
#[derive(Args, Debug)]
pub(crate) struct Launch {
    /// The connector, by its id
    #[arg(long, value_name = "ID")]
    pub(crate) connector: String,
    /// How long a role that was just made may take until AWS knows it everywhere
    #[arg(long, value_name = "DURATION", default_value = "120s", value_parser = bucketline_service::file::parse_duration)]
    pub(crate) wait: Duration,
    #[command(flatten)]
    pub(crate) run: Run,
}

/// External IDs, which guard customers' roles
#[derive(Debug, Subcommand)]
pub(crate) enum ExternalIds {
    /// Make one, for one grant of one customer: 128 random bits
    ///
    /// Give it to the customer for the trust policy, and write it into the grant. Never take one from a customer.
    New {
        /// Whose it is: what it begins with
        #[arg(long, value_name = "WORKSPACE", default_value = "bl")]
        workspace: String,
    },
}

/// An address to serve metrics at: on this machine alone, unless told otherwise.
fn metrics_address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    text.parse()
        .map_err(|_| "write a port, or an IP address with a port, like `127.0.0.1:9464`".to_owned())
}

impl Run {
    pub(crate) const fn thoroughness(&self) -> Thoroughness {
        if self.verify_input {
            Thoroughness::All
        } else {
            Thoroughness::Ends
        }
    }

    /// What the stream among the inputs is called.
    pub(crate) fn stream(&self) -> Option<NamedStream> {
        let places = if self.sequenced {
            StreamPlaces::Sequence
        } else {
            StreamPlaces::Content
        };
        Some(NamedStream::new(self.source.clone()?, places))
    }
}

/// Read the buckets back and prove that every event arrived once
///
/// Compares, per connector, what its folder holds with what the input's lines have to become, as a multiset of ids and
/// values. Exits 1 if anything is missing, doubled, foreign or corrupt, and says what.
#[derive(Args, Debug)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) config: ConfigArgument,
    /// A file of events that was delivered; may be given several times
    #[arg(long, value_name = "FILE", required = true)]
    pub(crate) input: Vec<PathBuf>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// How a result is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
}

/// Print an object's events as newline-delimited JSON
#[derive(Args, Debug)]
pub(crate) struct Cat {
    #[command(flatten)]
    pub(crate) config: ConfigFile,
    /// A local file, or `s3://bucket/key` in a bucket of a configured connector
    #[arg(value_name = "OBJECT")]
    pub(crate) object: String,
}

/// Write sample events as newline-delimited JSON
///
/// The same number and seed always give the same lines: events of the workspaces `acme` and `globex`, all of them valid.
#[derive(Args, Debug)]
pub(crate) struct Sample {
    /// How many
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    pub(crate) events: u64,
    /// Which of the many possible streams
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

/// Show what the spool holds, without changing it
///
/// Per connector: events admitted, delivered, dropped and pending. Not while a run owns the spool.
#[derive(Args, Debug)]
pub(crate) struct Status {
    #[command(flatten)]
    pub(crate) config: ConfigArgument,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}

/// Look at the spool itself
///
/// Not while a run owns it, but for `inspect` and `verify`, which only read.
#[derive(Debug, Subcommand)]
pub(crate) enum SpoolCommand {
    Inspect(crate::commands::SpoolInspect),
    Verify(SpoolVerify),
    /// Mark a spool that came from a backup, so that it goes on from where its log ends
    ///
    /// A spool whose checkpoint tells of more than its log holds is not started: its newest segments are missing. Bring them
    /// back where they can be had; where not, this sets the checkpoint aside. What was accepted after the backup is not known
    /// any more, and inputs that are read again bring those events anew.
    Restored(ConfigArgument),
}

/// Read and prove all of the log, whatever its checkpoint says
///
/// Exits 1 where a part of it cannot be read, and says which.
#[derive(Args, Debug)]
pub(crate) struct SpoolVerify {
    #[command(flatten)]
    pub(crate) config: ConfigArgument,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
}
