//! Rows, read from files as people have them.

use std::path::PathBuf;

use super::*;

fn file(folder: &tempfile::TempDir, text: &str) -> PathBuf {
    let path = folder.path().join("rows");
    std::fs::write(&path, text).unwrap();
    path
}

async fn all(source: &dyn RowSource) -> Result<Vec<Row>, Error> {
    let mut stream = source.open().await?;
    let mut rows = Vec::new();
    loop {
        let next = stream.next().await?;
        if next.is_empty() {
            return Ok(rows);
        }
        rows.extend(next);
    }
}

#[tokio::test]
async fn lines_of_json_are_read_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(
        &folder,
        "{\"b\":1.50,\"a\":\"x\"}\r\n\n  \n{\"a\":{\"n\":[1, 2]}}",
    );
    let rows = all(&NdjsonRows::new(path)).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0].names().collect::<Vec<_>>(), ["b", "a"]);
    assert!(matches!(rows[0].get("b"), Some(Cell::Json(value)) if value.get() == "1.50"));
    assert!(matches!(rows[1].get("a"), Some(Cell::Json(value)) if value.get() == "{\"n\":[1, 2]}"));
}

#[tokio::test]
async fn a_line_that_is_no_object_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (text, line) in [
        ("{}\n\n[1]\n", "line 3"),
        ("{\"a\":1\n", "line 1"),
        ("{}\n{} {}\n", "line 2"),
    ] {
        let error = all(&NdjsonRows::new(file(&folder, text))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rows);
        assert!(error.to_string().contains(line), "{text}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    for source in [
        Box::new(NdjsonRows::new("/nowhere/rows")) as Box<dyn RowSource>,
        Box::new(CsvRows::new("/nowhere/rows")),
    ] {
        let error = all(source.as_ref()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rows);
        assert!(error.chain().contains("/nowhere/rows"), "{}", error.chain());
    }
}

#[tokio::test]
async fn csv_is_read_with_its_header_quotes_and_byte_order_mark() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, "\u{feff}id,note\r\nu1,\"a,\"\"b\"\"\nc\"\r\nu2,\r\n");
    let source = CsvRows::new(path);
    assert_eq!(
        source.open().await.unwrap().columns().unwrap(),
        ["id".to_owned(), "note".to_owned()]
    );
    let rows = all(&source).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert!(matches!(rows[0].get("note"), Some(Cell::Text(text)) if text == "a,\"b\"\nc"));
}

#[tokio::test]
async fn csv_that_is_damaged_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for (text, what) in [
        ("a,b\n1,2\n1,2,3\n", "the record on line 3 has 3 fields"),
        ("a,a\n1,2\n", "names `a` twice"),
    ] {
        let error = all(&CsvRows::new(file(&folder, text))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rows);
        assert!(error.chain().contains(what), "{text}: {}", error.chain());
    }
}

#[tokio::test]
async fn a_quote_that_is_never_closed_does_not_take_the_file_into_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder, &format!("a,b\n1,\"{}", "x,1\n".repeat(5 << 20)));
    let error = all(&CsvRows::new(path)).await.unwrap_err();
    assert!(
        error.chain().contains("quote that is not closed"),
        "{}",
        error.chain()
    );
}
