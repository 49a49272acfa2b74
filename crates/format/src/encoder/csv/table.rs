//! Fields and rows of RFC 4180. Knows no schema.

/// One field of a row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) text: String,
    /// Whether it stood between quotation marks.
    pub(super) quoted: bool,
}

/// Appends a field, between quotation marks where it has to be.
pub(super) fn field(text: &str, out: &mut String) {
    let plain = !text.is_empty()
        && !text.contains([',', '"', '\r', '\n'])
        && !text.starts_with(char::is_whitespace)
        && !text.ends_with(char::is_whitespace);
    if plain {
        out.push_str(text);
    } else {
        quoted(text, out);
    }
}

/// Appends a field between quotation marks.
pub(super) fn quoted(text: &str, out: &mut String) {
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

/// Whether a spreadsheet would take a text for a formula; apostrophes before it are those of a guard, so they count as well.
///
/// Source: OWASP, "CSV Injection".
pub(super) fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// The rows of a text, each with its line break; nothing follows one that is not whole.
pub(super) struct Rows<'a> {
    rest: &'a str,
    /// Counted from 1; the header stands before the first.
    row: u64,
}

impl<'a> Rows<'a> {
    /// Those behind a header.
    pub(super) const fn of(text: &'a str) -> Self {
        Self { rest: text, row: 1 }
    }

    fn next_row(&mut self) -> Result<Vec<Cell>, String> {
        let mut cells = Vec::new();
        loop {
            let (cell, after) =
                cell(self.rest).ok_or_else(|| format!("a field of row {} has no end", self.row))?;
            cells.push(cell);
            if let Some(next) = after.strip_prefix(',') {
                self.rest = next;
            } else if let Some(next) = after.strip_prefix("\r\n") {
                self.rest = next;
                return Ok(cells);
            } else {
                return Err(format!("row {} is not whole", self.row));
            }
        }
    }
}

impl Iterator for Rows<'_> {
    type Item = Result<Vec<Cell>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        self.row += 1;
        let row = self.next_row();
        if row.is_err() {
            self.rest = "";
        }
        Some(row)
    }
}

/// The field that a text begins with, and what follows it.
fn cell(text: &str) -> Option<(Cell, &str)> {
    let Some(mut rest) = text.strip_prefix('"') else {
        let end = text.find([',', '\r', '"'])?;
        let (text, rest) = text.split_at(end);
        return Some((
            Cell {
                text: text.to_owned(),
                quoted: false,
            },
            rest,
        ));
    };
    let mut cell = Cell {
        text: String::new(),
        quoted: true,
    };
    loop {
        let (before, after) = rest.split_once('"')?;
        cell.text.push_str(before);
        match after.strip_prefix('"') {
            Some(more) => {
                cell.text.push('"');
                rest = more;
            }
            None => return Some((cell, after)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn fields_are_quoted_where_they_have_to_be() {
        for (text, written) in [
            ("a b", "a b"),
            ("", "\"\""),
            ("a,b", "\"a,b\""),
            ("say \"x\"", "\"say \"\"x\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            (" a", "\" a\""),
        ] {
            let mut out = String::new();
            field(text, &mut out);
            assert_eq!(out, written);
        }
    }

    fn rows(text: &str) -> Result<Vec<Vec<Cell>>, String> {
        Rows::of(text).collect()
    }

    #[test]
    fn what_is_cut_off_is_not_read() {
        let whole = "a,\"b\r\nc\"\r\nd,\r\n";
        assert_eq!(rows(whole).unwrap().len(), 2);
        for cut in 1..whole.len() {
            let read = rows(whole.get(..cut).unwrap());
            // After a whole row nothing tells that there were more.
            assert!(read.is_err() || cut == 10, "{cut}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows_in in proptest::collection::vec(proptest::collection::vec(".{0,6}|[\",\r\n' ]{0,6}", 1..4), 0..4)) {
            let mut out = String::new();
            for row in &rows_in {
                for (at, text) in row.iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    field(text, &mut out);
                }
                out.push_str("\r\n");
            }
            let read: Vec<Vec<String>> = rows(&out).unwrap().into_iter().map(|row| row.into_iter().map(|cell| cell.text).collect()).collect();
            prop_assert_eq!(read, rows_in);
        }

        #[test]
        fn nothing_makes_it_panic(text in "[a\",\r\n]{0,12}") {
            let _ = rows(&text);
        }
    }
}
