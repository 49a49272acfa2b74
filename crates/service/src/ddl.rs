//! Table definitions over what a connector delivers: one table for each event type, for those who read buckets with SQL.
//! Writes text; asks no store whether there are objects.

mod athena;
mod duckdb;
mod snowflake;

use bucketline_connector::ObjectName;
use bucketline_format::{EventType, Field, Schema, SchemaRegistry};

use crate::model::{Connector, Destination, ModelPath, Vendor};
use crate::{Error, Problem};

/// What reads the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Amazon Athena, with the Glue catalogue: partitions are worked out of the hours, so that none has to be added.
    Athena,
    /// Snowflake: a stage, and external tables over it.
    Snowflake,
    /// DuckDB: views over the objects.
    DuckDb,
}

/// What the definitions are to be for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Wanted {
    /// For whom.
    pub dialect: Dialect,
    /// The event types; of them, those that the connector takes. All of these where none is named.
    pub event_types: Vec<EventType>,
    /// What the names of tables begin with: a database or schema and a dot, a prefix, or nothing.
    pub prefix: String,
    /// Athena: from which hour on there may be objects, `yyyy-MM-dd-HH` or `NOW-3YEARS`.
    pub since: String,
    /// Snowflake: the storage integration that opens the bucket.
    pub integration: String,
}

impl Wanted {
    /// All event types of a connector, under their own names; from three years ago on; by a storage integration `bucketline`.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            event_types: Vec::new(),
            prefix: String::new(),
            since: "NOW-3YEARS".to_owned(),
            integration: "bucketline".to_owned(),
        }
    }
}

/// One event type as a table.
struct Table<'a> {
    /// The event type as a name, in lower case.
    name: String,
    event_type: &'a EventType,
    /// All versions of its schema, the newest last.
    versions: &'a [Schema],
    newest: &'a Schema,
    /// The place of its objects, which lie below `date=<yyyy-MM-dd-HH>/<schema>/<zone>/` in it.
    folder: String,
    format: &'static str,
    extension: &'static str,
}

/// The statements.
///
/// # Errors
///
/// The connector takes no event type of those named; or its destination is none that the dialect reads.
pub fn statements(
    connector: &Connector,
    vendor: &Vendor,
    schemas: &SchemaRegistry,
    wanted: &Wanted,
) -> Result<String, Error> {
    let place = place(connector, wanted.dialect)?;
    let integration = ObjectName::integration_folder(&connector.folder, &vendor.cluster, &connector.id);
    let taken = schemas.event_types().iter().filter(|event_type| {
        connector.events.matches(event_type)
            && (wanted.event_types.is_empty() || wanted.event_types.contains(event_type))
    });
    let tables: Vec<Table<'_>> = taken
        .filter_map(|event_type| {
            let versions = schemas.versions(event_type);
            Some(Table {
                name: event_type.as_str().to_ascii_lowercase().replace(['.', '-'], "_"),
                event_type,
                versions,
                newest: versions.last()?,
                folder: format!("{place}/{integration}/event_type={event_type}/"),
                format: connector.encoder.format(),
                extension: connector.encoder.extension(),
            })
        })
        .collect();
    if tables.is_empty() {
        let what = "the connector takes none of these event types";
        return Err(Error::configuration(
            Problem::new(what)
                .at_model(ModelPath::connector(&connector.id))
                .advice("`bucketline schema list` names those that there are"),
        ));
    }
    Ok(match wanted.dialect {
        Dialect::Athena => athena::statements(&tables, wanted),
        Dialect::Snowflake => snowflake::statements(&tables, &format!("{place}/{integration}/"), wanted),
        Dialect::DuckDb => duckdb::statements(&tables, place.starts_with("s3:"), wanted),
    })
}

/// The store as the dialect names it.
fn place(connector: &Connector, dialect: Dialect) -> Result<String, Error> {
    let refused = |what: String, advice: &str| {
        let problem = Problem::new(what).at_model(ModelPath::connector(&connector.id));
        Err(Error::configuration(problem.advice(advice)))
    };
    match (&connector.destination, dialect) {
        (Destination::Directory(folder), Dialect::DuckDb) => {
            let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
            Ok(folder.display().to_string())
        }
        (Destination::Directory(_), _) => refused(
            "Athena and Snowflake read buckets, and this connector delivers into a folder".to_owned(),
            "write `duckdb`, which reads folders too, or name a connector with a bucket",
        ),
        (Destination::Bucket(bucket), Dialect::Athena) if bucket.endpoint.is_some() => refused(
            format!(
                "Athena reads Amazon S3, and the bucket `{}` is elsewhere",
                bucket.name
            ),
            "write `duckdb` or `snowflake`",
        ),
        (Destination::Bucket(bucket), _) => {
            // The bucket behind an access point reads alike, and every reader takes its name.
            let named = bucket
                .behind
                .as_ref()
                .map_or(bucket.name.as_str(), |behind| behind.as_str());
            if named.starts_with("arn:") {
                return refused(
                    format!("an access point is not read by its ARN, `{named}`"),
                    "name it by its alias, or write which bucket is behind it",
                );
            }
            Ok(match (dialect, &bucket.endpoint) {
                (Dialect::Snowflake, Some(_)) => format!("s3compat://{named}"),
                _ => format!("s3://{named}"),
            })
        }
    }
}

impl Table<'_> {
    /// The column for the hour in which an event was accepted; a schema may have a field of the usual name itself.
    fn date_column(&self) -> &'static str {
        let taken = |name: &str| {
            self.newest
                .fields()
                .iter()
                .any(|field| field.name().eq_ignore_ascii_case(name))
        };
        if taken("date") { "accepted_hour" } else { "date" }
    }

    /// Whether columns are found by their place, so that each version of the schema needs a table of its own.
    fn is_positional(&self) -> bool {
        self.format.starts_with("csv")
    }
}

/// The documentation of a field, cut to what a catalogue takes.
fn comment(field: &Field) -> Option<String> {
    /// Glue: <https://docs.aws.amazon.com/glue/latest/webapi/API_Column.html>.
    const LONGEST: usize = 255;
    let doc = field.doc()?;
    Some(
        doc.get(..doc.floor_char_boundary(LONGEST))
            .unwrap_or_default()
            .to_owned(),
    )
}

/// A text of SQL, quotes doubled.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

/// A name of SQL, in double quotes.
fn name(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

/// The name of a table: what it begins with may name a database or schema, whose parts are quoted each.
fn table_name(prefix: &str, table: &str, quoted: impl Fn(&str) -> String) -> String {
    let whole = format!("{prefix}{table}");
    whole.split('.').map(quoted).collect::<Vec<_>>().join(".")
}
