//! What content looks like by its first bytes, where it holds no lines that are read: no text at all, or text in another shape.
//! Judged by no more than is plain: a bad line among good ones is that line's fault.

use std::fmt;

use super::LOOKED_AT;

/// That an input holds no lines to read, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoLines {
    NotText(&'static str),
    OtherText(&'static str),
}

impl fmt::Display for NoLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotText(what) => write!(f, "it is not text: it is {what}"),
            Self::OtherText(what) => write!(f, "it is not one JSON object a line: it is {what}"),
        }
    }
}

impl std::error::Error for NoLines {}

/// What begins so and holds no lines that are read.
pub(super) fn foreign(begin: &[u8]) -> Option<NoLines> {
    let begin = begin.get(..LOOKED_AT).unwrap_or(begin);
    no_text(begin)
        .map(NoLines::NotText)
        .or_else(|| other_text(begin).map(NoLines::OtherText))
}

/// What begins so and is no text of any kind that is read.
fn no_text(begin: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 20] = [
        (b"\xff\xfe\0\0", "UTF-32"),
        (b"\0\0\xfe\xff", "UTF-32"),
        (b"BZh", "compressed with bzip2"),
        (b"\xfd7zXZ\0", "compressed with xz"),
        (b"LZIP", "compressed with lzip"),
        (b"\x04\x22\x4d\x18", "compressed with LZ4"),
        (b"\xff\x06\0\0sNaPpY", "compressed with Snappy"),
        (b"\x1f\x9d", "compressed with compress"),
        (b"PK\x03\x04", "a zip archive"),
        (b"PK\x05\x06", "a zip archive"),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
        (b"Rar!\x1a\x07", "a RAR archive"),
        (b"Obj\x01", "an Avro file"),
        (b"PAR1", "a Parquet file"),
        (b"ORC", "an ORC file"),
        (b"ARROW1", "an Arrow file"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\x7fELF", "a program"),
        (b"%PDF-", "a PDF document"),
        (b"\x89PNG", "an image"),
    ];
    if let Some((_, what)) = KNOWN.iter().find(|(magic, _)| begin.starts_with(magic)) {
        return Some(what);
    }
    if begin.get(257..262) == Some(b"ustar") {
        return Some("a tar archive");
    }
    if [&b"\x1f\x8b"[..], b"\x28\xb5\x2f\xfd", b"\xff\xfe", b"\xfe\xff"]
        .iter()
        .any(|magic| begin.starts_with(magic))
    {
        return None;
    }
    // A file that was emptied under its writer may begin with a hole: what follows it is text.
    let hole = begin.iter().take_while(|byte| **byte == 0).count();
    let text = begin.get(hole..).unwrap_or_default();
    let zeros = |at: usize| text.iter().skip(at).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = if hole % 2 == 0 {
        (zeros(0), zeros(1))
    } else {
        (zeros(1), zeros(0))
    };
    let half = text.len() / 2;
    if text.len() >= 8
        && (odd * 10 >= half * 7 && even * 4 <= odd || even * 10 >= half * 7 && odd * 4 <= even)
    {
        return Some("UTF-16 without a byte order mark");
    }
    let strange = text.iter().filter(|byte| is_strange(**byte)).count();
    (text.len() >= 16 && strange * 10 >= text.len()).then_some("binary data")
}

/// No text has many of these: control characters that nobody types.
const fn is_strange(byte: u8) -> bool {
    matches!(byte, 0..=8 | 14..=26 | 28..=31 | 127)
}

/// Text that begins so and is not made of one JSON object a line.
fn other_text(begin: &[u8]) -> Option<&'static str> {
    let text = begin
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(begin)
        .trim_ascii_start();
    let starts = |word: &str| {
        text.get(..word.len())
            .is_some_and(|text| text.eq_ignore_ascii_case(word.as_bytes()))
    };
    if starts("<!doctype html") || starts("<html") {
        return Some("an HTML page");
    }
    if starts("<?xml") {
        return Some("an XML document");
    }
    let mut lines = text.splitn(2, |byte| *byte == b'\n');
    let first = lines.next().unwrap_or_default().trim_ascii();
    let rest = lines.next().map(<[u8]>::trim_ascii_start);
    let is_array = match (first.strip_prefix(b"[").map(<[u8]>::trim_ascii_start), rest) {
        // Its elements lie on lines of their own.
        (Some(b""), Some(rest)) => {
            let element = rest
                .split(|byte| *byte == b'\n')
                .next()
                .unwrap_or_default()
                .trim_ascii_end();
            element.starts_with(b"{")
                && (element == b"{" || element.ends_with(b",") || rest.trim_ascii_end().ends_with(b"]"))
        }
        (Some(elements), Some(rest)) if !rest.is_empty() => {
            elements.starts_with(b"{") && elements.ends_with(b",")
        }
        // It is the only line, or its end is out of sight.
        (Some(elements), _) => {
            elements.starts_with(b"{") && (elements.ends_with(b"]") || elements.len() > LOOKED_AT / 4)
        }
        (None, _) => false,
    };
    if is_array {
        return Some("one JSON array");
    }
    (first == b"{" && rest.is_some_and(|rest| rest.starts_with(b"\"")))
        .then_some("JSON that is laid out over several lines")
}
