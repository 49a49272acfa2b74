use super::*;

fn root(text: &str) -> Node {
    let reading = read(text);
    assert!(reading.error.is_none(), "{text}: {:?}", reading.error);
    reading.root.unwrap()
}

fn failure(text: &str) -> (usize, &'static str) {
    let error = read(text).error.expect(text);
    (error.span.start(), error.message)
}

#[test]
fn spans_cover_exactly_the_value() {
    let text = "  {\"a\": [1, \"x\\u00e9\"], \"b\": true}";
    let node = root(text);
    let members = node.as_object().unwrap();
    assert_eq!(text.get(members[0].key_span.range()).unwrap(), "\"a\"");
    assert_eq!(
        text.get(members[0].value.span.range()).unwrap(),
        "[1, \"x\\u00e9\"]"
    );
    let item = &members[0].value.items()[1];
    assert_eq!(item.as_str(), Some("xé"));
    assert_eq!(text.get(item.span.range()).unwrap(), "\"x\\u00e9\"");
}

#[test]
fn repeated_keys_are_all_kept() {
    assert_eq!(root(r#"{"a":1,"a":2}"#).as_object().unwrap().len(), 2);
}

#[test]
fn broken_text_still_yields_what_came_before() {
    let reading = read(r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow"},, ]}"#);
    let root = reading.root.unwrap();
    let members = root.as_object().unwrap();
    assert_eq!(members.len(), 2);
    assert_eq!(members[1].value.items().len(), 1);
    assert_eq!(reading.error.unwrap().message, "expected a JSON value");
}

#[test]
fn every_kind_of_mistake_has_its_place() {
    assert_eq!(failure(""), (0, "the text ends where a JSON value is expected"));
    assert_eq!(
        failure("{} x"),
        (3, "unexpected text after the end of the document")
    );
    assert_eq!(failure("{a:1}"), (1, "expected a key in double quotes"));
    assert_eq!(failure("{\"a\" 1}"), (5, "expected `:` after a key"));
    assert_eq!(failure("[1 2]"), (3, "expected `,` or `]` after an item"));
    assert_eq!(
        failure("{\"a\":1 \"b\":2}"),
        (7, "expected `,` or `}` after a member")
    );
    assert_eq!(failure("\"abc"), (0, "a string is not closed"));
    assert_eq!(
        failure("\"a\nb\""),
        (2, "a control character inside a string must be escaped")
    );
    assert_eq!(failure("\"\\q\""), (1, "an unknown escape inside a string"));
    assert_eq!(
        failure("\"\\ud800x\""),
        (1, "an incomplete `\\u` escape inside a string")
    );
    assert_eq!(failure("01"), (0, "not a JSON number"));
    assert_eq!(failure("1."), (0, "not a JSON number"));
    assert_eq!(failure("nul"), (0, "expected a JSON value"));
}

#[test]
fn depth_is_bounded() {
    let deep = "[".repeat(100_000);
    assert_eq!(failure(&deep).1, "nested more deeply than any policy");
}

#[test]
fn surrogate_pairs_are_one_character() {
    assert_eq!(root(r#""\ud83d\ude00""#).as_str(), Some("😀"));
}

#[test]
fn positions_count_characters() {
    let text = "{\n  \"é\": x}";
    let span = read(text).error.unwrap().span;
    assert_eq!(span.position(text).to_string(), "2:8");
}

#[test]
fn agrees_with_serde_json_on_what_is_json() {
    for text in [
        "0",
        "-0.5e+3",
        "[]",
        "{}",
        "\"\\u0041\"",
        "-",
        "+1",
        "1e",
        "[1,]",
        "{\"a\":1,}",
        "\"\t\"",
        "tru",
    ] {
        let theirs = serde_json::from_str::<serde_json::Value>(text).is_ok();
        assert_eq!(read(text).error.is_none(), theirs, "{text}");
    }
}
