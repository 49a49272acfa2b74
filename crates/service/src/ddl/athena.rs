//! `CREATE EXTERNAL TABLE` for Athena, with partition projection on the hour.
//! Source: <https://docs.aws.amazon.com/athena/latest/ug/partition-projection-supported-types.html>.

use std::fmt::Write as _;

use bucketline_format::{FieldType, Schema, ValueType};

use super::{Table, Wanted, comment, table_name};

pub(super) fn statements(tables: &[Table<'_>], wanted: &Wanted) -> String {
    let mut out = String::new();
    for table in tables {
        if table.is_positional() && table.versions.len() > 1 {
            for version in table.versions {
                let name = format!("{}_{}", table.name, version.id());
                statement(table, version, &name, Some(version.id().get()), wanted, &mut out);
            }
        } else {
            let own = table.is_positional().then(|| table.newest.id().get());
            statement(table, table.newest, &table.name, own, wanted, &mut out);
        }
    }
    out
}

/// `only`: the one version of the schema whose objects the table is of.
fn statement(
    table: &Table<'_>,
    schema: &Schema,
    name: &str,
    only: Option<u32>,
    wanted: &Wanted,
    out: &mut String,
) {
    let Table {
        event_type, folder, ..
    } = table;
    let date = table.date_column();
    let columns: Vec<String> = schema
        .fields()
        .iter()
        .map(|field| {
            let of = match table.is_positional() {
                true => "string".to_owned(),
                false => type_name(&field.field_type()),
            };
            let comment = comment(field).map(|doc| format!(" COMMENT {}", text(&doc)));
            format!("  `{}` {of}{}", field.name(), comment.unwrap_or_default())
        })
        .collect();
    let name = table_name(&wanted.prefix, name, |part| format!("`{part}`"));
    // Writing to a `String` cannot fail.
    _ = writeln!(out, "-- {event_type}, schema {}", schema.id());
    _ = writeln!(
        out,
        "CREATE EXTERNAL TABLE IF NOT EXISTS {name} (\n{}\n)",
        columns.join(",\n")
    );
    let version = only.map(|_| ", `schema_id` string").unwrap_or_default();
    _ = writeln!(out, "PARTITIONED BY (`{date}` string{version})");
    out.push_str(&rows(table, schema));
    _ = writeln!(out, "LOCATION {}", text(folder));
    let template = match only {
        None => format!("{folder}date=${{{date}}}/"),
        Some(_) => format!("{folder}date=${{{date}}}/${{schema_id}}/"),
    };
    let mut properties = vec![
        ("projection.enabled".to_owned(), "true".to_owned()),
        (format!("projection.{date}.type"), "date".to_owned()),
        (format!("projection.{date}.format"), "yyyy-MM-dd-HH".to_owned()),
        (format!("projection.{date}.interval"), "1".to_owned()),
        (format!("projection.{date}.interval.unit"), "HOURS".to_owned()),
        (
            format!("projection.{date}.range"),
            format!("{},NOW", wanted.since),
        ),
    ];
    if let Some(id) = only {
        properties.push(("projection.schema_id.type".to_owned(), "enum".to_owned()));
        properties.push(("projection.schema_id.values".to_owned(), id.to_string()));
        properties.push(("skip.header.line.count".to_owned(), "1".to_owned()));
    }
    properties.push(("storage.location.template".to_owned(), template));
    let properties: Vec<String> = properties
        .iter()
        .map(|(key, value)| format!("  {} = {}", text(key), text(value)))
        .collect();
    _ = writeln!(out, "TBLPROPERTIES (\n{}\n);\n", properties.join(",\n"));
}

/// How the rows lie in an object.
fn rows(table: &Table<'_>, schema: &Schema) -> String {
    match table.format {
        "ndjson" => "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\nSTORED AS TEXTFILE\n".to_owned(),
        "parquet" => "STORED AS PARQUET\n".to_owned(),
        format if format.starts_with("csv") => {
            "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'\nSTORED AS TEXTFILE\n".to_owned()
        }
        // Objects of older versions are read with this one, as Avro's rules have it.
        _ => format!(
            "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.avro.AvroSerDe'\n\
             WITH SERDEPROPERTIES ('avro.schema.literal' = {})\n\
             STORED AS INPUTFORMAT 'org.apache.hadoop.hive.ql.io.avro.AvroContainerInputFormat'\n\
             OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.avro.AvroContainerOutputFormat'\n",
            text(&schema.record().shape())
        ),
    }
}

fn type_name(of: &FieldType<'_>) -> String {
    match of.value() {
        ValueType::Boolean => "boolean".to_owned(),
        ValueType::Int => "int".to_owned(),
        ValueType::Long => "bigint".to_owned(),
        ValueType::Float => "float".to_owned(),
        ValueType::Double => "double".to_owned(),
        ValueType::Array(item) => format!("array<{}>", type_name(&item)),
        ValueType::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| format!("{}:{}", field.name(), type_name(&field.field_type())))
                .collect();
            format!("struct<{}>", fields.join(","))
        }
        _ => "string".to_owned(),
    }
}

/// A text as Hive, which reads Athena's definitions, takes it.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}
