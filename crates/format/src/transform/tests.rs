use super::*;
use crate::RecordSchema;

fn rule(action: Action, fields: &[&str]) -> Rule {
    Rule::new(action, fields.iter().map(|field| field.parse().unwrap()))
}

fn schema() -> Schema {
    let avsc = r#"{"type": "record", "name": "Sent", "fields": [
        {"name": "id", "type": "string"},
        {"name": "price", "type": "float", "doc": "What it cost. Personal data."},
        {"name": "email", "type": "string", "doc": "Where it went. Personal data."},
        {"name": "note", "type": ["string", "null"], "pii": true},
        {"name": "age", "type": ["null", "int"], "default": null, "doc": "[PII] Years."},
        {"name": "ok", "type": ["null", "boolean"], "default": null},
        {"name": "sender", "type": ["null", {"type": "record", "name": "Person", "fields": [
            {"name": "email", "type": ["null", "string"]},
            {"name": "born", "type": "long"},
            {"name": "score", "type": "double", "doc": "Personal data.", "pii": false}
        ]}], "default": null},
        {"name": "copies", "type": {"type": "array", "items": {"type": "record", "name": "Copy", "fields": [
            {"name": "email", "type": "string"}, {"name": "tags", "type": {"type": "array", "items": ["null", "string"]}}
        ]}}}
    ]}"#;
    Schema::parse("mail.Sent".parse().unwrap(), 7.try_into().unwrap(), avsc).unwrap()
}

const EVENT: &str = r#"{"id":"1","price":1.5,"email":"kim@example.com","note":"hm","age":41,"ok":true,"sender":{"email":"bo@example.com","born":-9,"score":0.25},"copies":[{"email":"al@example.com","tags":["x",null,"y"]},{"email":"","tags":[]}]}"#;

/// What becomes of the event.
fn changed(rules: impl IntoIterator<Item = Rule>, event: &str) -> String {
    let schema = schema();
    let plan = Transforms::new(rules).unwrap().plan(schema.record()).unwrap();
    let (mut datum, mut out) = (Vec::new(), b"before".to_vec());
    schema.encode_event(event, &mut datum).unwrap();
    plan.apply(&datum, &mut out).unwrap();
    let out = out.strip_prefix(b"before").unwrap();
    schema.validate(out).unwrap();
    schema.decode_event(out).unwrap()
}

#[test]
fn a_field_is_found_by_its_name_wherever_it_is() {
    let expected = EVENT
        .replace("kim@example.com", REDACTED)
        .replace("bo@example.com", REDACTED)
        .replace("al@example.com", REDACTED)
        .replace(r#""email":"","#, r#""email":"[REDACTED]","#);
    assert_eq!(changed([rule(Action::Remove, &["email"])], EVENT), expected);
    // Lists of texts, item by item; what is null has nothing to remove.
    let expected = EVENT.replace(r#"["x",null,"y"]"#, r#"["[REDACTED]",null,"[REDACTED]"]"#);
    assert_eq!(changed([rule(Action::Remove, &["tags"])], EVENT), expected);
    let without = r#"{"id":"1","price":1.5,"email":"kim@example.com","note":null,"age":null,"ok":null,"sender":null,"copies":[]}"#;
    let rules = [rule(Action::Remove, &["note", "tags", "sender.email"])];
    assert_eq!(changed(rules, without), without);
}

#[test]
fn hashes_are_those_that_anyone_computes() {
    // printf %s kim@example.com | sha256sum; ... | openssl dgst -sha256 -hmac 0123456789abcdef
    let hashed = changed([rule(Action::Hash, &["copies.email", "email"])], EVENT);
    assert!(
        hashed.contains(r#""email":"5d9a0087d4ccdb9bc50e88c4713479119e48a326fd360d647cf1643f3cae13e7""#),
        "{hashed}"
    );
    // Of an empty text, too.
    assert!(
        hashed.contains(
            r#"{"email":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","tags":[]}"#
        ),
        "{hashed}"
    );
    let key = HmacKey::new(b"0123456789abcdef").unwrap();
    let salted = changed([rule(Action::Hmac(key), &["sender.email"])], EVENT);
    assert!(
        salted.contains(r#""email":"9fd387ad5de739ef38d0cbb0d8d4c3cc2d322de361edd54a67f02b472c66ab05""#),
        "{salted}"
    );
    assert!(salted.contains("kim@example.com"), "{salted}");
}

#[test]
fn a_path_goes_before_a_name_and_a_name_before_the_tag() {
    let rules = [
        rule(Action::Hash, &["email"]),
        Rule::new(Action::Drop, [Selector::Personal]),
        rule(Action::Keep, &["sender.email", "price"]),
    ];
    let out = changed(rules, EVENT);
    assert!(out.starts_with(r#"{"id":"1","price":1.5,"email":"5d9a0087d4ccdb9bc50e88c4713479119e48a326fd360d647cf1643f3cae13e7","note":null,"age":null,"ok":true,"#), "{out}");
    assert!(
        out.contains(r#""sender":{"email":"bo@example.com","born":-9,"score":0.25}"#),
        "{out}"
    );
}

#[test]
fn a_record_is_dropped_whole() {
    let rules = || {
        [
            rule(Action::Drop, &["sender"]),
            rule(Action::Hash, &["sender.email"]),
        ]
    };
    let out = changed(rules(), EVENT);
    assert!(out.contains(r#""sender":null"#), "{out}");
    let unfit = Transforms::new(rules()).unwrap().unfit([&schema()]);
    assert!(
        unfit.is_empty(),
        "an overruled rule has found its field: {unfit:?}"
    );
}

#[test]
fn what_does_not_fit_is_named_with_its_place() {
    let rules = [
        rule(Action::Remove, &["email", "emial"]),
        rule(Action::Drop, &["id", "sender.born"]),
        Rule::new(Action::Hash, [Selector::Personal]),
        rule(Action::Keep, &["price"]),
    ];
    let unfit: Vec<String> = Transforms::new(rules)
        .unwrap()
        .unfit([&schema()])
        .iter()
        .map(|unfit| format!("{}.{} {}", unfit.site.rule, unfit.site.selector, unfit.what))
        .collect();
    assert_eq!(
        unfit,
        [
            "0.1 the field `emial` is in no event type that the connector takes",
            "1.0 `id` is a `string`, which may not be null, so it cannot be dropped, in `mail.Sent`",
            "1.1 `sender.born` is a `long`, which may not be null, so it cannot be dropped, in `mail.Sent`",
            "2.0 `age` is a `[null,int]`, which cannot take the text that `hash` would put in its place, in `mail.Sent`",
        ]
    );
    let everything = Transforms::new([rule(Action::Remove, &["copies"])]).unwrap();
    assert_eq!(
        everything.plan(schema().record()).unwrap_err().kind(),
        ErrorKind::InvalidTransform
    );
}

#[test]
fn the_order_of_rules_means_nothing_and_a_key_is_told_apart_but_not_told() {
    let key = |text: &[u8]| Action::Hmac(HmacKey::new(text).unwrap());
    let (one, other) = (b"canary-0123456789", b"canary-9876543210");
    let rules = |key: Action| [rule(key, &["email"]), rule(Action::Drop, &["age", "note"])];
    let transforms = Transforms::new(rules(key(one))).unwrap();
    let turned = Transforms::new(rules(key(one)).into_iter().rev()).unwrap();
    assert_eq!(transforms.canonical(), turned.canonical());
    assert_ne!(
        transforms.canonical(),
        Transforms::new(rules(key(other))).unwrap().canonical()
    );
    assert!(
        transforms.canonical().starts_with("age=drop;email=hmac:"),
        "{}",
        transforms.canonical()
    );
    assert_eq!(Transforms::new([]).unwrap().canonical(), "");
    let plan = transforms.plan(schema().record()).unwrap();
    assert_eq!(
        plan,
        turned.plan(schema().record()).unwrap(),
        "their bodies are shared"
    );
    let shown = format!("{transforms:?} {plan:#?} {}", transforms.canonical());
    assert!(
        !shown.contains("canary") && !shown.contains("99, 97, 110"),
        "{shown}"
    );

    let twice = Transforms::new([rule(Action::Hash, &["age"]), rule(Action::Drop, &["age"])]).unwrap_err();
    assert_eq!(
        twice.to_string(),
        "the field `age` is chosen by more than one rule"
    );
}

#[test]
fn damaged_datums_are_refused_and_leave_nothing() {
    let schema = schema();
    let plan = Transforms::new([rule(Action::Remove, &["email", "tags"])])
        .unwrap()
        .plan(schema.record())
        .unwrap();
    let mut datum = Vec::new();
    schema.encode_event(EVENT, &mut datum).unwrap();
    for end in 0..datum.len() {
        let mut out = vec![1];
        assert!(plan.apply(&datum[..end], &mut out).is_err(), "{end}");
        assert_eq!(out, [1]);
    }
    datum.push(0);
    assert!(plan.apply(&datum, &mut Vec::new()).is_err());
}

#[test]
fn a_plan_for_a_schema_without_the_fields_copies() {
    let other =
        RecordSchema::parse(r#"{"type":"record","name":"E","fields":[{"name":"id","type":"string"}]}"#)
            .unwrap();
    let plan = Transforms::new([rule(Action::Remove, &["email"])])
        .unwrap()
        .plan(&other)
        .unwrap();
    assert!(plan.is_copy());
    let mut out = Vec::new();
    plan.apply(b"\x02x", &mut out).unwrap();
    assert_eq!(out, b"\x02x");
}
