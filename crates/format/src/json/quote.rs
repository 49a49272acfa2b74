//! Text to a JSON string.
//! Escapes what must be escaped and nothing else, so that one text has one form.

use std::fmt::Write as _;

/// Appends `text` as a JSON string, quotes included.
pub(crate) fn quote(text: &str, json: &mut String) {
    json.push('"');
    let mut plain = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0..0x20 => "",
            _ => continue,
        };
        json.push_str(text.get(plain..at).unwrap_or_default());
        if short.is_empty() {
            // Writing to a `String` cannot fail.
            _ = write!(json, "\\u{byte:04x}");
        } else {
            json.push_str(short);
        }
        plain = at + 1;
    }
    json.push_str(text.get(plain..).unwrap_or_default());
    json.push('"');
}
