//! Rows as text: CSV with its guard, or JSON lines. Pure.

use crate::{Cell, Error, ErrorKind, FileFormat, Row};

/// Writes the rows of one export, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct TextWriter {
    format: FileFormat,
    /// Of CSV: those that were asked for, else those of the source, else those of the first row.
    columns: Vec<String>,
    selected: bool,
}

impl TextWriter {
    /// A writer of rows with these columns; all of each row's where empty.
    pub(crate) fn new(format: FileFormat, wanted: &[String], of_source: Option<Vec<String>>) -> Self {
        let columns = if wanted.is_empty() {
            of_source.unwrap_or_default()
        } else {
            wanted.to_vec()
        };
        Self {
            format,
            columns,
            selected: !wanted.is_empty(),
        }
    }

    /// What a file begins with, given its first row.
    pub(crate) fn begin(&mut self, first: Option<&Row>, out: &mut Vec<u8>) -> Result<(), Error> {
        if self.format != FileFormat::Csv {
            return Ok(());
        }
        if self.columns.is_empty() {
            self.columns = first
                .map(|row| row.names().map(str::to_owned).collect())
                .unwrap_or_default();
        }
        let names = self.columns.iter().map(|name| guarded(name.clone()));
        line(names, out);
        Ok(())
    }

    /// Adds a row.
    pub(crate) fn row(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        match self.format {
            FileFormat::Csv => self.csv_row(row, out),
            FileFormat::Ndjson => self.json_row(row, out),
        }
    }

    fn csv_row(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        if !self.selected
            && let Some(unknown) = row
                .names()
                .find(|name| !self.columns.iter().any(|known| known == name))
        {
            let message = format!(
                "a row has `{}`, which the first row has not: name the columns that are wanted",
                unknown.escape_debug()
            );
            return Err(Error::new(ErrorKind::Rows, message));
        }
        let mut fields = Vec::with_capacity(self.columns.len());
        for (place, name) in self.columns.iter().enumerate() {
            let field = match row.get_near(place, name) {
                Some(cell) => text(cell)?,
                None => String::new(),
            };
            fields.push(guarded(field));
        }
        line(fields.into_iter(), out);
        Ok(())
    }

    fn json_row(&self, row: &Row, out: &mut Vec<u8>) -> Result<(), Error> {
        let chosen: Box<dyn Iterator<Item = (&str, &Cell)>> = if self.selected {
            let names = self.columns.iter().enumerate();
            Box::new(names.filter_map(|(place, name)| Some((name.as_str(), row.get_near(place, name)?))))
        } else {
            Box::new(row.cells())
        };
        let mut before = b'{';
        for (name, cell) in chosen {
            out.push(before);
            before = b',';
            json_text(name, out)?;
            out.push(b':');
            match cell {
                Cell::Text(text) => json_text(text, out)?,
                // A line break in JSON stands between two tokens, where a space does as well.
                Cell::Json(value) => out.extend(value.get().bytes().map(|byte| match byte {
                    b'\n' | b'\r' => b' ',
                    other => other,
                })),
            }
        }
        if before == b'{' {
            out.push(b'{');
        }
        out.extend_from_slice(b"}\n");
        Ok(())
    }
}

fn json_text(text: &str, out: &mut Vec<u8>) -> Result<(), Error> {
    serde_json::to_writer(out, text).map_err(unwritten)
}

/// One line of CSV (RFC 4180).
fn line(fields: impl Iterator<Item = String>, out: &mut Vec<u8>) {
    let begins = out.len();
    for (place, field) in fields.enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if field.contains(['"', ',', '\r', '\n']) {
            out.push(b'"');
            out.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(field.as_bytes());
        }
    }
    if out.len() == begins {
        // An empty line would be no record at all to many readers.
        out.extend_from_slice(b"\"\"");
    }
    out.extend_from_slice(b"\r\n");
}

fn unwritten(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Rows, "a row cannot be written").with_source(error)
}

fn text(cell: &Cell) -> Result<String, Error> {
    match cell {
        Cell::Text(text) => Ok(text.clone()),
        Cell::Json(value) => match value.get() {
            "null" => Ok(String::new()),
            text if text.starts_with('"') => serde_json::from_str(text).map_err(unwritten),
            other => Ok(other.to_owned()),
        },
    }
}

/// A spreadsheet takes a field that begins like this for a formula, and runs it. The apostrophe says that it is a text.
fn guarded(field: String) -> String {
    if field.starts_with(['-', '=', '+', '@']) {
        format!("'{field}")
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: [&str; 2] = [
        r#"{"id": "1", "note": "a,\"b\"\nc", "n": -1943}"#,
        r#"{"id": "=cmd|' /C calc'!A0", "note": null, "extra": [1, {"a": true}], "n": 1.50}"#,
    ];

    fn write(format: FileFormat, wanted: &[&str], rows: &[&str]) -> Result<String, Error> {
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let mut writer = TextWriter::new(format, &wanted, None);
        let mut out = Vec::new();
        let rows: Vec<Row> = rows
            .iter()
            .map(|row| serde_json::from_str(row).unwrap())
            .collect();
        writer.begin(rows.first(), &mut out)?;
        for row in &rows {
            writer.row(row, &mut out)?;
        }
        Ok(String::from_utf8(out).unwrap())
    }

    #[test]
    fn csv_is_quoted_and_guarded() {
        assert_eq!(
            write(FileFormat::Csv, &["n", "id", "note", "extra"], &ROWS).unwrap(),
            "n,id,note,extra\r\n'-1943,1,\"a,\"\"b\"\"\nc\",\r\n1.50,'=cmd|' /C calc'!A0,,\"[1, {\"\"a\"\": true}]\"\r\n"
        );
    }

    #[test]
    fn csv_without_a_choice_has_the_first_rows_columns_and_loses_none() {
        assert!(
            write(FileFormat::Csv, &[], &ROWS[..1])
                .unwrap()
                .starts_with("id,note,n\r\n")
        );
        let error = write(FileFormat::Csv, &[], &ROWS).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Rows);
        assert!(error.to_string().contains("`extra`"), "{error}");
    }

    #[test]
    fn every_beginning_of_a_formula_is_guarded_and_no_other() {
        for (field, expected) in [
            ("-1", "'-1"),
            ("=1", "'=1"),
            ("+1", "'+1"),
            ("@a", "'@a"),
            ("a-1", "a-1"),
            ("'x", "'x"),
            ("", ""),
        ] {
            assert_eq!(guarded(field.to_owned()), expected);
        }
    }

    #[test]
    fn json_is_not_guarded_and_keeps_values_as_they_were() {
        let text = write(FileFormat::Ndjson, &["n", "extra"], &ROWS).unwrap();
        assert_eq!(text, "{\"n\":-1943}\n{\"n\":1.50,\"extra\":[1, {\"a\": true}]}\n");
        let text = write(
            FileFormat::Ndjson,
            &[],
            &["{\"b\":1e2,\"a\":{\n\"c\":\"d\\n\"}}", "{}"],
        )
        .unwrap();
        assert_eq!(text, "{\"b\":1e2,\"a\":{ \"c\":\"d\\n\"}}\n{}\n");
    }

    #[test]
    fn an_empty_line_of_one_column_is_still_a_row() {
        assert_eq!(write(FileFormat::Csv, &["a"], &["{}"]).unwrap(), "a\r\n\"\"\r\n");
    }
}
