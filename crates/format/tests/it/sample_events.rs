//! The sample generator: what it makes is accepted, varied, of the promised size, and the same for ever.

use std::collections::{BTreeMap, HashSet};

use bucketline_format::sample::Generator;
use serde_json::Value;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::schema_files::registry;

#[derive(serde::Deserialize)]
struct Line<'a> {
    workspace: &'a str,
    event_type: &'a str,
    #[serde(borrow)]
    event: &'a RawValue,
}

fn events(seed: u64, count: usize) -> Vec<String> {
    Generator::new(seed).take(count).collect()
}

#[test]
fn no_event_is_rejected_and_ids_are_unique() {
    let registry = registry();
    let mut ids = HashSet::new();
    let mut types: BTreeMap<String, usize> = BTreeMap::new();
    let mut workspaces: BTreeMap<String, usize> = BTreeMap::new();
    let mut bytes = 0;
    let lines = events(1, 20_000);
    for text in &lines {
        let line: Line<'_> = serde_json::from_str(text).unwrap();
        let schema = registry.latest(line.event_type).unwrap();
        let mut datum = Vec::new();
        schema
            .encode_event(line.event.get(), &mut datum)
            .unwrap_or_else(|error| panic!("{error}: {text}"));
        schema.validate(&datum).unwrap();
        let event: Value = serde_json::from_str(line.event.get()).unwrap();
        assert!(
            ids.insert(event.get("id").unwrap().as_str().unwrap().to_owned()),
            "twice: {text}"
        );
        *types.entry(line.event_type.to_owned()).or_default() += 1;
        *workspaces.entry(line.workspace.to_owned()).or_default() += 1;
        bytes += text.len();
    }
    assert_eq!(
        workspaces.keys().map(String::as_str).collect::<Vec<_>>(),
        Generator::WORKSPACES
    );
    assert!(types.len() >= 50, "{} event types", types.len());
    let average = bytes / lines.len();
    assert!((540..660).contains(&average), "{average} bytes a line");
}

#[test]
fn every_event_type_of_the_catalogue_appears_and_is_known() {
    let registry = registry();
    let mut missing: HashSet<&str> = Generator::event_types().collect();
    assert!(
        missing
            .iter()
            .all(|event_type| registry.latest(event_type).is_some())
    );
    for text in Generator::new(2).take(40_000) {
        let line: Line<'_> = serde_json::from_str(&text).unwrap();
        missing.remove(line.event_type);
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn fields_come_in_the_order_of_the_schema_as_a_careful_sender_has_them() {
    let registry = registry();
    for text in events(3, 5_000) {
        let line: Line<'_> = serde_json::from_str(&text).unwrap();
        let schema = registry.latest(line.event_type).unwrap();
        let places = schema
            .fields()
            .iter()
            .map(|field| line.event.get().find(&format!("\"{}\":", field.name())));
        assert!(places.flatten().is_sorted(), "{text}");
    }
}

#[test]
fn floats_are_exact_in_32_bits() {
    let registry = registry();
    let mut seen = 0;
    for text in events(4, 8_000) {
        let line: Line<'_> = serde_json::from_str(&text).unwrap();
        let schema = registry.latest(line.event_type).unwrap();
        let event: Value = serde_json::from_str(line.event.get()).unwrap();
        for field in schema
            .fields()
            .iter()
            .filter(|field| field.type_text().contains("\"float\""))
        {
            if let Some(value) = event.get(field.name()).and_then(Value::as_f64) {
                assert!(
                    (f64::from(value as f32) - value).abs() == 0.0,
                    "{}: {value}",
                    field.name()
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 500);
}

#[test]
fn a_seed_is_a_stream_for_ever() {
    let mut hash = Sha256::new();
    let mut generator = Generator::new(42);
    let mut line = String::new();
    for _ in 0..10_000 {
        line.clear();
        generator.write_line(&mut line);
        hash.update(&line);
    }
    let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hash,
        "6d8e6b1b7a8937c01bd2341eaeea8f84c71f33c6ad5cb863bf5ee08f2fa03b3c"
    );
    assert_ne!(events(42, 1), events(43, 1));
    assert_eq!(format!("{}\n", events(42, 10_000).last().unwrap()), line);
}
