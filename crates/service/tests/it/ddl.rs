//! Table definitions, as files: one for each reader and format. `UPDATE_EXPECT=1` writes what is printed now.

use std::path::Path;

use bucketline_format::SchemaRegistry;
use bucketline_service::ddl::{Dialect, Wanted, statements};
use bucketline_service::file::ConfigFile;

const EARLIER: &str = r#"{"type":"record","name":"Order","namespace":"dataexport.S3.inner.shop","fields":[
    {"name":"id","type":"string","doc":"The order's own id."},
    {"name":"time","type":"long"},
    {"name":"price","type":["null","float"],"default":null},
    {"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[
        {"name":"sku","type":"string"},{"name":"count","type":"int"}]}}},
    {"name":"order","type":["null","double"],"default":null},
    {"name":"paid","type":["null","boolean"],"default":null}]}"#;
const DATED: &str = r#"{"type":"record","name":"Visit","fields":[{"name":"id","type":"string"},{"name":"date","type":"int"}]}"#;

fn registry() -> SchemaRegistry {
    let later = EARLIER.replace(
        r#"{"name":"time","type":"long"},"#,
        r#"{"name":"coupon","type":["null","string"],"default":null},{"name":"time","type":"long"},"#,
    );
    SchemaRegistry::from_files([
        ("shop.Order/3.avsc", EARLIER),
        ("shop.Order/12.avsc", &later),
        ("shop.Visit/4.avsc", DATED),
    ])
    .unwrap()
}

fn config(destination: &str, format: &str) -> ConfigFile {
    let text = format!(
        r#"[[workspace]]
id = "acme"
[[grant]]
id = "key"
type = "access_key"
access_key_id = "AKIAIOSFODNN7EXAMPLE"
secret_access_key = {{ env = "ACME_SECRET" }}
[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d4"
workspace = "acme"
{destination}
format = "{format}"
"#
    );
    ConfigFile::parse(Path::new("bucketline.toml"), text).unwrap()
}

fn written(destination: &str, format: &str, wanted: &Wanted) -> Result<String, String> {
    let config = config(destination, format);
    let installation = &config.installation;
    statements(
        installation.connectors.first().unwrap(),
        &installation.vendor,
        &registry(),
        wanted,
    )
    .map_err(|error| error.located(&config.places).to_string())
}

const BUCKET: &str = "grant = \"key\"\nbucket = \"acme-events\"";

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "asked for by a person, as in every golden test"
)]
fn every_reader_and_format_has_its_statements() {
    for format in ["avro", "ndjson", "csv", "parquet"] {
        for (reader, dialect) in [
            ("athena", Dialect::Athena),
            ("snowflake", Dialect::Snowflake),
            ("duckdb", Dialect::DuckDb),
        ] {
            let mut wanted = Wanted::new(dialect);
            "analytics.".clone_into(&mut wanted.prefix);
            let text = written(BUCKET, format, &wanted).unwrap();
            let file =
                Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cases/ddl/{reader}-{format}.sql"));
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(&file, &text).unwrap();
            }
            let expected = std::fs::read_to_string(&file).unwrap();
            assert!(
                text == expected,
                "{}: run with `UPDATE_EXPECT=1` and look at what has changed",
                file.display()
            );
        }
    }
}

#[test]
fn what_a_reader_cannot_reach_is_refused_with_what_can() {
    let (folder, elsewhere) = (
        "directory = \"out\"",
        &format!("{BUCKET}\nendpoint = \"https://s3.example.net\""),
    );
    for (destination, dialect, told) in [
        (
            folder,
            Dialect::Athena,
            "bucketline.toml:8:1: Athena and Snowflake read buckets",
        ),
        (folder, Dialect::Snowflake, "Athena and Snowflake read buckets"),
        (
            elsewhere,
            Dialect::Athena,
            "Athena reads Amazon S3, and the bucket `acme-events` is elsewhere",
        ),
    ] {
        let refused = written(destination, "avro", &Wanted::new(dialect)).unwrap_err();
        assert!(refused.contains(told), "{refused}");
    }
    let text = written(elsewhere, "avro", &Wanted::new(Dialect::Snowflake)).unwrap();
    assert!(text.contains("URL = 's3compat://acme-events/currents/"), "{text}");
    let text = written(folder, "ndjson", &Wanted::new(Dialect::DuckDb)).unwrap();
    assert!(
        !text.contains("s3:") && !text.contains("httpfs") && text.contains("/out/currents/"),
        "{text}"
    );
    let mut wanted = Wanted::new(Dialect::Athena);
    wanted.event_types.push("shop.Nothing".parse().unwrap());
    let refused = written(BUCKET, "avro", &wanted).unwrap_err();
    assert!(refused.contains("takes none of these event types"), "{refused}");
}
