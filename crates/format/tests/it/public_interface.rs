//! The crate as a customer uses it: a producer and a consumer who share nothing but the object.

use bucketline_format::ocf::{self, Codec, Reader};
use bucketline_format::{EventSelection, MismatchReason, SchemaRegistry};

const SIGNUP_1: &str = r#"{
  "type": "record", "name": "Signup", "namespace": "vendor.users",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "time", "type": "long"}
  ]
}"#;

const SIGNUP_2: &str = r#"{
  "type": "record", "name": "Signup", "namespace": "vendor.users",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "plan", "type": ["null", "string"], "doc": "The plan that was chosen.", "default": null},
    {"name": "time", "type": "long"}
  ]
}"#;

#[test]
fn from_lines_to_an_object_and_back() -> Result<(), Box<dyn std::error::Error>> {
    let registry = SchemaRegistry::from_files([
        ("users.Signup/2.avsc", SIGNUP_2),
        ("users.Signup/1.avsc", SIGNUP_1),
    ])?;
    let selection = EventSelection::parse(["users.*"])?;
    let schema = registry.latest("users.Signup").ok_or("unknown type")?;
    assert!(selection.matches(schema.event_type()));
    assert_eq!(schema.id().to_string(), "2");

    let mut datums = Vec::new();
    let mut rejected = Vec::new();
    for event in [
        r#"{"id": "1", "time": 1793491200, "plan": "gold"}"#,
        r#"{"time": 1793491201, "id": "2"}"#,
        r#"{"id": "3", "time": "yesterday"}"#,
        r#"{"id": "4", "time": 1793491203, "colour": "red"}"#,
    ] {
        let mut datum = Vec::new();
        match schema.encode_event(event, &mut datum) {
            Ok(()) => datums.push(datum),
            Err(mismatch) => rejected.push((mismatch.reason(), mismatch.path().to_owned())),
        }
    }
    let expected = [
        (MismatchReason::WrongType, "event.time".to_owned()),
        (MismatchReason::UnknownField, "event.colour".to_owned()),
    ];
    assert_eq!(rejected, expected);

    let chunks = ocf::build(
        schema.text(),
        Codec::Null,
        [3; 16],
        datums.iter().map(Vec::as_slice),
    )?;
    let object = chunks.concat();

    let reader = Reader::new(&object)?;
    let consumers_schema = reader.schema().clone();
    assert_eq!(consumers_schema.full_name(), "vendor.users.Signup");
    assert_eq!(
        consumers_schema.field("plan").and_then(|field| field.doc()),
        Some("The plan that was chosen.")
    );
    let mut seen = Vec::new();
    for datum in reader {
        seen.push(consumers_schema.decode_event(&datum?)?);
    }
    assert_eq!(
        seen,
        [
            r#"{"id":"1","plan":"gold","time":1793491200}"#,
            r#"{"id":"2","plan":null,"time":1793491201}"#
        ]
    );
    Ok(())
}

#[test]
fn errors_and_values_are_fit_for_threads_and_logs() {
    fn fit<T: Send + Sync + std::fmt::Debug + 'static>() {}
    fit::<bucketline_format::Error>();
    fit::<bucketline_format::Mismatch>();
    fit::<bucketline_format::Schema>();
    fit::<SchemaRegistry>();
    fit::<Reader<'static>>();
    fn cheap_to_share<T: Clone>() {}
    cheap_to_share::<bucketline_format::EventType>();
    cheap_to_share::<bucketline_format::RecordSchema>();
}
