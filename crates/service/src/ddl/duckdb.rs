//! Views for DuckDB over the objects, wherever they are.
//! Source: <https://duckdb.org/docs/stable/core_extensions/avro>, which has no union of columns by name.

use std::fmt::Write as _;

use bucketline_format::{FieldType, Schema, ValueType};

use super::{Table, Wanted, name, table_name, text};

pub(super) fn statements(tables: &[Table<'_>], in_s3: bool, wanted: &Wanted) -> String {
    let mut out = String::from(
        "-- A view can be made once its event type has an object: DuckDB looks at the objects when it makes one.\n",
    );
    if tables.iter().any(|table| is_avro(table)) {
        out.push_str("INSTALL avro;\nLOAD avro;\n");
    }
    if in_s3 {
        out.push_str(
            "INSTALL httpfs;\nLOAD httpfs;\nCREATE SECRET IF NOT EXISTS bucketline (TYPE s3, PROVIDER credential_chain);\n",
        );
    }
    out.push('\n');
    for table in tables {
        match table.versions {
            // Lines of JSON are read by the names in them, whatever version they were written with.
            [_] => view(table, table.newest, &table.name, "*", wanted, &mut out),
            _ if table.format == "ndjson" => view(table, table.newest, &table.name, "*", wanted, &mut out),
            versions => {
                let mut parts = Vec::new();
                for version in versions {
                    let id = version.id().to_string();
                    let part = format!("{}_{id}", table.name);
                    view(table, version, &part, &id, wanted, &mut out);
                    parts.push(format!(
                        "SELECT * FROM {}",
                        table_name(&wanted.prefix, &part, name)
                    ));
                }
                // Writing to a `String` cannot fail.
                _ = writeln!(
                    out,
                    "-- Leave out what has no objects.\nCREATE OR REPLACE VIEW {} AS\n{};\n",
                    table_name(&wanted.prefix, &table.name, name),
                    parts.join("\nUNION ALL BY NAME\n")
                );
            }
        }
    }
    out
}

fn view(table: &Table<'_>, schema: &Schema, named: &str, version: &str, wanted: &Wanted, out: &mut String) {
    let Table {
        event_type,
        folder,
        extension,
        ..
    } = table;
    let objects = text(&format!("{folder}date=*/{version}/*/*.{extension}"));
    let mut columns: Vec<String> = schema.fields().iter().map(|field| name(field.name())).collect();
    let hour = "regexp_extract(filename, '/date=([0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2})/', 1)";
    columns.push(format!("{hour} AS {}", name(table.date_column())));
    columns.push("filename".to_owned());
    let typed = |json: bool| {
        let typed = schema.fields().iter().map(|field| {
            let of = type_name(&field.field_type(), json);
            format!("{}: {}", text(field.name()), text(&of))
        });
        format!("{{{}}}", typed.collect::<Vec<_>>().join(", "))
    };
    let source = match table.format {
        "ndjson" => format!(
            "read_json({objects}, format = 'newline_delimited', columns = {}, filename = true, hive_partitioning = false)",
            typed(true)
        ),
        "parquet" => format!("read_parquet({objects}, filename = true, hive_partitioning = false)"),
        format if format.starts_with("csv") => format!(
            "read_csv({objects}, header = true, columns = {}, delim = ',', quote = '\"', escape = '\"', nullstr = '', \
             allow_quoted_nulls = false, filename = true, hive_partitioning = false)",
            typed(false)
        ),
        _ => format!("read_avro({objects}, filename = true, hive_partitioning = false)"),
    };
    // Writing to a `String` cannot fail.
    _ = writeln!(out, "-- {event_type}, schema {}", schema.id());
    _ = writeln!(
        out,
        "CREATE OR REPLACE VIEW {} AS\nSELECT {}\nFROM {source};\n",
        table_name(&wanted.prefix, named, name),
        columns.join(", ")
    );
}

fn is_avro(table: &Table<'_>) -> bool {
    table.format == "avro"
}

/// `nested`: whether lists and records are such; in CSV they are texts.
fn type_name(of: &FieldType<'_>, nested: bool) -> String {
    match of.value() {
        ValueType::Boolean => "BOOLEAN".to_owned(),
        ValueType::Int => "INTEGER".to_owned(),
        ValueType::Long => "BIGINT".to_owned(),
        ValueType::Float => "FLOAT".to_owned(),
        ValueType::Double => "DOUBLE".to_owned(),
        ValueType::Array(item) if nested => format!("{}[]", type_name(&item, nested)),
        ValueType::Record(fields) if nested => {
            let fields: Vec<String> = fields
                .iter()
                .map(|field| {
                    format!(
                        "{} {}",
                        name(field.name()),
                        type_name(&field.field_type(), nested)
                    )
                })
                .collect();
            format!("STRUCT({})", fields.join(", "))
        }
        _ => "VARCHAR".to_owned(),
    }
}
