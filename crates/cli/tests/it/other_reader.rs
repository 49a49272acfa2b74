//! The objects in other hands: an Avro implementation that had no part in writing them reads every event back.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::site::{Site, files};

#[test]
fn another_avro_implementation_reads_every_event_as_it_was_given() {
    let site = Site::local();
    let input = site.sample(4_000, 11);
    site.run().expect_code(0);

    let mut given = BTreeMap::new();
    for line in input.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let (event_type, event) = (line["event_type"].as_str().unwrap(), line["event"].clone());
        let id = event["id"].as_str().unwrap().to_owned();
        assert!(
            given.insert(id, (event_type.to_owned(), meant(event))).is_none(),
            "ids are unique"
        );
    }
    let mut types = std::collections::BTreeSet::new();
    for object in files(&site.file("out/currents")) {
        let path = object.to_str().unwrap();
        let event_type = path
            .split("event_type=")
            .nth(1)
            .unwrap()
            .split('/')
            .next()
            .unwrap();
        types.insert(event_type.to_owned());
        let bytes = std::fs::read(&object).unwrap();
        let mut events = 0;
        for event in apache_avro::Reader::new(&bytes[..]).unwrap() {
            let event: Value = event.unwrap().try_into().unwrap();
            let id = event["id"].as_str().unwrap();
            let (given_type, given) = given
                .remove(id)
                .unwrap_or_else(|| panic!("{id} in {path} a second time, or never given"));
            assert_eq!(given_type, event_type);
            assert_eq!(meant(event), given);
            events += 1;
        }
        assert!(events > 0, "{path} is empty");
    }
    assert!(given.is_empty(), "{} events are in no object", given.len());
    assert!(types.len() >= 20, "{types:?}");
}

/// The event as both sides mean it: an absent field is null in the object, and `14` is the float 14.0.
fn meant(mut event: Value) -> Value {
    let fields = event.as_object_mut().unwrap();
    fields.retain(|_, value| !value.is_null());
    for value in fields.values_mut() {
        if let Some(number) = value.as_f64() {
            *value = number.into();
        }
    }
    event
}
