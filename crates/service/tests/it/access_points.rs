//! Access points as the bucket of a connector: by ARN or alias, and whose folders lie behind them.

use std::path::Path;

use bucketline_service::file::ConfigFile;
use bucketline_service::model::Destination;

const POINT: &str = "arn:aws:s3:eu-central-1:111122223333:accesspoint/export";
const ALIAS: &str = "export-abcdefghijklmnopqrstuvwxyz012345use1a-s3alias";

fn configuration(connectors: &[&str]) -> Result<ConfigFile, String> {
    let mut text = r#"
[[workspace]]
id = "acme"

[[grant]]
id = "key"
type = "access_key"
access_key_id = "AKIAACMEBUCKETLINE01"
secret_access_key = { env = "ACME_SECRET" }
"#
    .to_owned();
    for (number, keys) in connectors.iter().enumerate() {
        text += &format!(
            "\n[[connector]]\nid = \"5f1e0c2ab7d94e00a1b2c3d{number}\"\nworkspace = \"acme\"\ngrant = \"key\"\n{keys}\n"
        );
    }
    ConfigFile::parse(Path::new("bucketline.toml"), text).map_err(|error| error.to_string())
}

#[test]
fn an_access_point_is_taken_by_its_arn_and_by_its_alias() {
    for address in [POINT, ALIAS] {
        let file = configuration(&[&format!("bucket = \"{address}\"")]).unwrap();
        let Destination::Bucket(bucket) = &file.installation.connectors[0].destination else {
            panic!("a bucket is meant")
        };
        assert_eq!((bucket.name.as_str(), bucket.claimed_as()), (address, address));
        let behind = format!("bucket = \"{address}\"\nbucket_behind = \"acme-events\"");
        let file = configuration(&[&behind]).unwrap();
        let Destination::Bucket(bucket) = &file.installation.connectors[0].destination else {
            panic!("a bucket is meant")
        };
        assert_eq!(
            (bucket.name.as_str(), bucket.claimed_as()),
            (address, "acme-events")
        );
    }
    for refused in [
        "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
        "acme--use1-az4--x-s3",
    ] {
        let said = configuration(&[&format!("bucket = \"{refused}\"")]).unwrap_err();
        assert!(said.contains("not supported"), "{said}");
    }
    let said = configuration(&["bucket = \"acme-events\"\nbucket_behind = \"acme-events\""]).unwrap_err();
    assert!(said.contains("`bucket_behind` is for access points"), "{said}");
}

#[test]
fn two_ways_to_one_bucket_share_its_folders() {
    let behind = format!("bucket = \"{POINT}\"\nbucket_behind = \"acme-events\"");
    let said = configuration(&["bucket = \"acme-events\"", &behind]).unwrap_err();
    assert!(said.contains("overlap in the bucket `acme-events`"), "{said}");
    let other = format!("{behind}\nfolder = \"other\"");
    configuration(&["bucket = \"acme-events\"", &other]).unwrap();
    // Through one access point they meet without its being known where.
    let point = format!("bucket = \"{POINT}\"");
    let said = configuration(&[&point, &point]).unwrap_err();
    assert!(said.contains("overlap in the bucket"), "{said}");
}

#[test]
fn where_the_bucket_is_not_known_a_folder_that_could_meet_another_is_asked_about() {
    for (folder, other, meets) in [
        ("a/b", "a/b", true),
        ("a/b", "A/B", true),
        ("a/b", "a", true),
        ("a", "a/b", true),
        ("a/b", "a/c", false),
        ("a", "ab", false),
    ] {
        for first in ["acme-events", ALIAS] {
            let point = format!("bucket = \"{POINT}\"\nfolder = \"{folder}\"");
            let neighbour = format!("bucket = \"{first}\"\nfolder = \"{other}\"");
            match configuration(&[&neighbour, &point]) {
                Ok(_) => assert!(!meets, "{folder} {other} {first}"),
                Err(said) => assert!(
                    meets && said.contains("bucket_behind"),
                    "{folder} {other} {first}: {said}"
                ),
            }
        }
    }
    // In another store it is another bucket.
    let point = format!("bucket = \"{POINT}\"");
    configuration(&[
        "bucket = \"acme-events\"\nendpoint = \"https://s3.example.net\"",
        &point,
    ])
    .unwrap();
}
