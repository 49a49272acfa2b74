//! A stage and external tables for Snowflake, partitioned by the hour that is in the names of objects.
//! Source: <https://docs.snowflake.com/en/sql-reference/sql/create-external-table>.

use std::fmt::Write as _;

use bucketline_format::{FieldType, Schema, ValueType};

use super::{Table, Wanted, name, table_name};

pub(super) fn statements(tables: &[Table<'_>], stage: &str, wanted: &Wanted) -> String {
    let mut out = String::new();
    let stage_name = table_name(&wanted.prefix, "bucketline_stage", upper);
    // Writing to a `String` cannot fail.
    _ = writeln!(
        out,
        "-- The storage integration is made once, by an account administrator, with a role of the bucket's account that may list and \
         get.\nCREATE STAGE IF NOT EXISTS {stage_name}\n  URL = {}\n  STORAGE_INTEGRATION = {};\n",
        text(stage),
        upper(&wanted.integration)
    );
    for table in tables {
        if table.is_positional() && table.versions.len() > 1 {
            for version in table.versions {
                let name = format!("{}_{}", table.name, version.id());
                statement(table, version, &name, &stage_name, wanted, &mut out);
            }
        } else {
            statement(table, table.newest, &table.name, &stage_name, wanted, &mut out);
        }
    }
    out
}

fn statement(table: &Table<'_>, schema: &Schema, name: &str, stage: &str, wanted: &Wanted, out: &mut String) {
    let Table {
        event_type,
        extension,
        ..
    } = table;
    let date = upper(table.date_column());
    let hour = "SPLIT_PART(SPLIT_PART(METADATA$FILENAME, '/date=', 2), '/', 1)";
    let mut columns = vec![format!("  {date} VARCHAR AS ({hour})")];
    for (at, field) in (1..).zip(schema.fields()) {
        let value = match table.is_positional() {
            true => format!("VALUE:c{at}"),
            false => format!("VALUE:{}", super::name(field.name())),
        };
        let of = type_name(&field.field_type(), table.is_positional());
        columns.push(format!("  {} {of} AS ({value}::{of})", upper(field.name())));
    }
    let pattern = match table.is_positional() {
        true => format!(
            ".*/date=[^/]+/{}/.*[.]{}",
            schema.id(),
            extension.replace('.', "[.]")
        ),
        false => format!(".*[.]{}", extension.replace('.', "[.]")),
    };
    _ = writeln!(out, "-- {event_type}, schema {}", schema.id());
    _ = writeln!(
        out,
        "CREATE EXTERNAL TABLE IF NOT EXISTS {} (\n{}\n)\n  PARTITION BY ({date})\n  LOCATION = @{stage}/event_type={event_type}/\n  \
         PATTERN = {}\n  FILE_FORMAT = ({})\n  AUTO_REFRESH = FALSE;\n",
        table_name(&wanted.prefix, name, upper),
        columns.join(",\n"),
        text(&pattern),
        file_format(table.format),
    );
}

fn file_format(format: &str) -> &'static str {
    match format {
        "ndjson" => "TYPE = JSON",
        "parquet" => "TYPE = PARQUET",
        format if format.starts_with("csv") => {
            "TYPE = CSV SKIP_HEADER = 1 FIELD_OPTIONALLY_ENCLOSED_BY = '\"' EMPTY_FIELD_AS_NULL = TRUE"
        }
        _ => "TYPE = AVRO",
    }
}

fn type_name(of: &FieldType<'_>, flat: bool) -> String {
    match of.value() {
        ValueType::Boolean => "BOOLEAN",
        ValueType::Int => "NUMBER(10,0)",
        ValueType::Long => "NUMBER(19,0)",
        ValueType::Float | ValueType::Double => "FLOAT",
        ValueType::Array(_) if !flat => "ARRAY",
        ValueType::Record(_) if !flat => "OBJECT",
        _ => "VARCHAR",
    }
    .to_owned()
}

/// A name that is found however it is spelt without quotes.
fn upper(value: &str) -> String {
    name(&value.to_ascii_uppercase())
}

/// A text, in which a backslash would begin an escape.
fn text(value: &str) -> String {
    super::text(&value.replace('\\', "\\\\"))
}
