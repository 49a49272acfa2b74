//! Storage class and tags of a connector: read with their places, and refused where nothing could be delivered with them.

use std::path::Path;

use bucketline_service::file::ConfigFile;
use bucketline_service::model::{Bucket, Destination};

fn bucket(keys: &str) -> Result<Bucket, String> {
    let text = format!(
        r#"
[[workspace]]
id = "acme"

[[grant]]
id = "key"
type = "access_key"
access_key_id = "AKIAACMEBUCKETLINE01"
secret_access_key = {{ env = "ACME_SECRET" }}

[[connector]]
id = "5f1e0c2ab7d94e00a1b2c3d4"
workspace = "acme"
{keys}
"#
    );
    let file = ConfigFile::parse(Path::new("bucketline.toml"), text).map_err(|error| error.to_string())?;
    match file
        .installation
        .connectors
        .first()
        .map(|connector| &connector.destination)
    {
        Some(Destination::Bucket(bucket)) => Ok(bucket.clone()),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn class_and_tags_are_taken_as_they_are_written() {
    const KEY: &str = "grant = \"key\"\nbucket = \"acme-events\"\n";
    let plain = bucket(KEY).unwrap();
    assert!(plain.storage_class.is_none() && plain.tags.is_empty());
    let placed = bucket(&format!(
        "{KEY}storage_class = \"STANDARD_IA\"\ntags = {{ team = \"growth\" }}"
    ))
    .unwrap();
    assert_eq!(placed.storage_class.unwrap().as_str(), "STANDARD_IA");
    assert_eq!(placed.tags.iter().collect::<Vec<_>>(), [("team", "growth")]);
    for (keys, said) in [
        (
            "storage_class = \"DEEP_ARCHIVE\"",
            "cannot be read back before they are restored",
        ),
        ("storage_class = \"cold storage\"", "is not a storage class"),
        ("tags = { \"aws:x\" = \"1\" }", "the tag `aws:x` cannot be used"),
    ] {
        let refused = bucket(&format!("{KEY}{keys}")).unwrap_err();
        assert!(
            refused.contains(said) && refused.contains("bucketline.toml:"),
            "{refused}"
        );
    }
    for keys in ["storage_class = \"STANDARD_IA\"", "tags = { team = \"growth\" }"] {
        let refused = bucket(&format!("directory = \"out\"\n{keys}")).unwrap_err();
        assert!(refused.contains("a `directory` takes no"), "{refused}");
    }
}
