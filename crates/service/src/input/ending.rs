//! What the end of a file says of its last line: nobody has closed it, so a line without a line break may be the
//! beginning of one. Knows how JSON ends, and nothing of events.

use super::lines::Line;

/// Whether a line without a line break may be judged: only an object closes itself. Whatever else stands there (a number, a
/// literal, a string, half a character, no JSON at all) may be the beginning of something else, and waits for its end.
pub(crate) fn is_whole(line: &Line) -> bool {
    line.text.as_ref().is_some_and(|text| {
        text.trim_ascii_start().starts_with(b"{")
            && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &[u8]) -> bool {
        let text = Some(text.to_vec().into());
        is_whole(&Line {
            number: 1,
            offset: 0,
            text,
        })
    }

    #[test]
    fn no_beginning_of_an_event_is_judged() {
        let event = r#" {"a": -1.5e-10, "b": [true, false, null, 0.25], "c": "\u12ab\ud83d\ude00 é 😀 \\\"", "d": {"e": 1E+2}}"#
            .as_bytes();
        for cut in 0..event.len() {
            let begun = event.get(..cut).unwrap_or_default();
            assert!(!judged(begun), "{}", String::from_utf8_lossy(begun));
        }
        assert!(judged(event));
        assert!(judged(&[event, b" \t\r"].concat()));
    }

    #[test]
    fn what_could_still_become_an_event_or_longer_is_left() {
        for text in [
            "1",
            "-",
            "1.",
            "1e",
            "tru",
            "true",
            "\"",
            "\"whole\"",
            "[1]",
            "no event",
            "{}}",
            "{,",
            "\u{FEFF}",
            "#",
        ] {
            assert!(!judged(text.as_bytes()), "{text}");
        }
        let too_long = Line {
            number: 1,
            offset: 0,
            text: None,
        };
        assert!(!is_whole(&too_long), "its end is not there yet");
    }
}
