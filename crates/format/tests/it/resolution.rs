//! Whether versions go together, as another implementation of Avro judges it.

use apache_avro::schema_compatibility::SchemaCompatibility;
use bucketline_format::{Compatibility, RecordSchema};
use proptest::prelude::*;

use crate::schema_files::{registry, schemas};

/// A type of the kinds that events use.
fn any_type() -> impl Strategy<Value = String> {
    let plain = prop_oneof![
        Just("\"boolean\""),
        Just("\"int\""),
        Just("\"long\""),
        Just("\"float\""),
        Just("\"double\""),
        Just("\"string\""),
    ]
    .prop_map(str::to_owned);
    let item = plain.clone();
    let nested = prop_oneof![
        4 => plain,
        1 => item.clone().prop_map(|item| format!(r#"{{"type":"array","items":{item}}}"#)),
        1 => item.prop_map(|item| format!(r#"{{"type":"record","name":"In","fields":[{{"name":"x","type":{item}}}]}}"#)),
    ];
    (nested, 0..3u8).prop_map(|(of, null)| match null {
        0 => of,
        1 => format!(r#"["null",{of}]"#),
        _ => format!(r#"[{of},"null"]"#),
    })
}

/// A record of up to three fields, of four names.
fn any_record() -> impl Strategy<Value = String> {
    proptest::collection::btree_map("[a-d]", (any_type(), any::<bool>()), 1..4).prop_map(|fields| {
        let mut inner = 0;
        let fields: Vec<String> = fields
            .into_iter()
            .map(|(name, (of, default))| {
                // A name is given once in a schema.
                inner += 1;
                let of = of.replace("\"In\"", &format!("\"In{inner}\""));
                let default = if default && of.starts_with(r#"["null""#) {
                    r#","default":null"#
                } else {
                    ""
                };
                format!(r#"{{"name":"{name}","type":{of}{default}}}"#)
            })
            .collect();
        format!(
            r#"{{"type":"record","name":"E","fields":[{}]}}"#,
            fields.join(",")
        )
    })
}

fn theirs(text: &str) -> apache_avro::Schema {
    apache_avro::Schema::parse_str(text).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn two_implementations_judge_alike(earlier in any_record(), later in any_record()) {
        let (ours_earlier, ours_later) = (RecordSchema::parse(&earlier).unwrap(), RecordSchema::parse(&later).unwrap());
        let backward = ours_later.unresolved(&ours_earlier, Compatibility::Backward);
        let forward = ours_later.unresolved(&ours_earlier, Compatibility::Forward);
        let read = |writer: &str, reader: &str| SchemaCompatibility::can_read(&theirs(writer), &theirs(reader)).is_ok();
        prop_assert_eq!(backward.is_empty(), read(&earlier, &later), "{:?}", backward);
        prop_assert_eq!(forward.is_empty(), read(&later, &earlier), "{:?}", forward);
        let full = ours_later.unresolved(&ours_earlier, Compatibility::Full);
        prop_assert_eq!(full.len(), backward.len() + forward.len());
    }
}

#[test]
fn every_step_of_the_repository_s_schemas_goes_both_ways() {
    let registry = registry();
    let steps = registry.history();
    assert!(steps.iter().filter(|step| step.earlier().is_some()).count() >= 1);
    for step in steps {
        assert_eq!(
            step.unresolved(Compatibility::Full),
            [],
            "{}",
            step.later().event_type()
        );
    }
}

#[test]
fn the_canonical_form_is_that_of_other_implementations() {
    let registry = registry();
    let nested = RecordSchema::parse(crate::random_events::EVERY_TYPE).unwrap();
    let records = schemas(&registry)
        .map(|schema| schema.record().clone())
        .chain([nested]);
    for record in records {
        let other = theirs(record.text());
        assert_eq!(record.canonical_form(), other.canonical_form());
    }
}
