//! Text to a JSON string.
//! Escapes what must be escaped and nothing else, so that one text has one form.

use std::fmt::Write as _;

use super::text::plain_len;

/// Appends `text` as a JSON string, quotes included.
pub(crate) fn quote(text: &str, json: &mut String) {
    json.push('"');
    let mut rest = text;
    loop {
        // What ends a plain stretch is ASCII, so both cuts fall between characters.
        let (plain, special) = rest
            .split_at_checked(plain_len(rest.as_bytes()))
            .unwrap_or((rest, ""));
        json.push_str(plain);
        let mut chars = special.chars();
        match chars.next() {
            None => break,
            Some('"') => json.push_str("\\\""),
            Some('\\') => json.push_str("\\\\"),
            Some('\n') => json.push_str("\\n"),
            Some('\r') => json.push_str("\\r"),
            Some('\t') => json.push_str("\\t"),
            Some('\u{8}') => json.push_str("\\b"),
            Some('\u{c}') => json.push_str("\\f"),
            // Writing to a `String` cannot fail.
            Some(control) => _ = write!(json, "\\u{:04x}", u32::from(control)),
        }
        rest = chars.as_str();
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_text_is_what_serde_json_writes() {
        let every: String = (0..0x180u32).filter_map(char::from_u32).collect();
        for text in [
            "",
            "plain",
            "\"",
            "\\",
            "\"\"\\\\",
            "ends\n",
            "\u{1f}é😀\u{7f}",
            &every,
        ] {
            let mut json = String::new();
            quote(text, &mut json);
            assert_eq!(json, serde_json::Value::from(text).to_string());
        }
    }
}
