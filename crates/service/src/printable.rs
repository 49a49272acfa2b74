//! Texts that came from elsewhere, made fit for one line of a terminal or a log.

use std::borrow::Cow;

/// `text` with every character escaped that could break a line, move the cursor, or turn the direction of what follows.
///
/// ```
/// use bucketline_service::printable;
///
/// assert_eq!(printable("currents/a.avro"), "currents/a.avro");
/// assert_eq!(printable("currents/a\nall is well"), "currents/a\\nall is well");
/// assert_eq!(printable("a\u{202e}b\u{1b}[2J"), "a\\u{202e}b\\u{1b}[2J");
/// ```
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unfit) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for c in text.chars() {
        if is_unfit(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, line and paragraph separators, and those that change direction or show nothing.
fn is_unfit(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
