//! Whole documents under `tests/cases/documents`, covering every form met in real policies: read, printed and read again
//! they are the same JSON, in the same form.

use std::fs;
use std::path::Path;

use bucketline_policy::Document;
use serde_json::Value;

#[test]
fn every_form_survives_printing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/documents");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for printed in [document.to_json(), document.to_json_pretty()] {
            let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
            assert_eq!(value(&printed), value(&text), "{}", path.display());
            assert_eq!(Document::parse(&printed).unwrap(), document, "{}", path.display());
        }
        assert_eq!(
            serde_json::to_value(&document).unwrap(),
            serde_json::from_str::<Value>(&text).unwrap()
        );
        seen += 1;
    }
    assert!(seen >= 12, "only {seen} documents");
}

#[test]
fn pretty_printing_a_document_in_canonical_order_changes_nothing() {
    for name in [
        "every-operator-in-use",
        "resource-policy",
        "not-elements",
        "latin-1",
    ] {
        let path = format!("{}/tests/cases/documents/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).unwrap();
        assert_eq!(
            text.parse::<Document>().unwrap().to_json_pretty() + "\n",
            text,
            "{name}"
        );
    }
}
