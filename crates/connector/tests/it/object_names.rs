//! The key layout, against golden keys (`tests/cases/object_names.txt`) and by round trip. Frozen: a key that changes here breaks
//! every reader.

use bucketline_connector::{ObjectName, WorkspaceId};
use bucketline_spool::{Hour, PartitionId};
use proptest::prelude::*;

const CASES: &str = include_str!("../cases/object_names.txt");

#[test]
fn golden_keys_are_read_and_written() {
    let mut seen = 0;
    for case in CASES
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
    {
        let (key, parts) = case.split_once(' ').unwrap();
        let name: ObjectName = key.parse().unwrap_or_else(|error| panic!("{key}: {error}"));
        let found = format!(
            "{} {} {} {} {} {} {} {} {}",
            name.folder,
            name.cluster,
            name.connector,
            name.event_type,
            name.hour,
            name.schema,
            name.zone,
            name.partition,
            name.first
        );
        assert_eq!(found, parts);
        assert_eq!(name.to_string(), key);
        assert_eq!(name.key().unwrap().as_str(), key);
        seen += 1;
    }
    assert!(seen >= 3);
}

#[test]
fn what_would_not_be_written_is_not_read() {
    let key = CASES
        .lines()
        .find(|line| line.starts_with("currents/"))
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    assert!(key.parse::<ObjectName>().is_ok());
    for (from, to) in [
        ("+0000000042.avro", "+42.avro"),
        ("+0000000042.avro", "+00000000042.avro"),
        ("+0000000042.avro", "+-000000042.avro"),
        ("+0000000042.avro", "+0000000042.json"),
        ("+12345+", "+012345+"),
        ("+12345+", "+2147483648+"),
        ("+12345+", "+"),
        ("date=2026-11-23-18", "date=2026-11-23-24"),
        ("date=2026-11-23-18", "2026-11-23-18"),
        ("/7/", "/07/"),
        ("/7/a/", "/7/"),
        ("/a/dataexport.prod-01", "/a/dataexport.prod-02"),
        ("S3.integration", "GCS.integration"),
        ("currents/", ""),
        ("currents/", "/currents/"),
        ("currents/", "_bucketline/"),
    ] {
        let changed = key.replace(from, to);
        assert_ne!(changed, key);
        assert!(changed.parse::<ObjectName>().is_err(), "{changed}");
    }
    assert!("".parse::<ObjectName>().is_err());
    assert!("".parse::<WorkspaceId>().is_err());
}

proptest! {
    #[test]
    fn every_name_comes_back(
        folder in "[a-z]{1,8}(/[a-z]{1,8}){0,3}",
        label in "[a-z0-9-]{1,12}",
        id in "[0-9a-f]{24}",
        event_type in "[A-Za-z0-9_]{1,8}(\\.[A-Za-z0-9_]{1,8}){0,4}",
        hour in 0u32..8_000_000,
        numbers in (1u32.., 0u32..1 << 31, any::<u64>()),
    ) {
        let name = ObjectName {
            folder: folder.parse().unwrap(),
            cluster: label.parse().unwrap(),
            connector: id.parse().unwrap(),
            event_type: event_type.parse().unwrap(),
            hour: Hour::new(hour),
            schema: numbers.0,
            zone: label.parse().unwrap(),
            partition: PartitionId::new(numbers.1).unwrap(),
            first: numbers.2,
            extension: "avro",
        };
        prop_assert_eq!(name.to_string().parse::<ObjectName>().unwrap(), name);
    }
}
