//! What stands in a connector's way, laid out for a terminal: what, AWS's words, what to do.

use std::fmt::Write as _;

use bucketline_connector::{Cause, Party};
use bucketline_service::printable;

/// Columns of a line, with the label.
const WIDTH: usize = 100;
const LABEL: usize = 10;

/// The cause as lines, each with a label or below one.
pub(crate) fn lines(cause: &Cause) -> String {
    // The library's text is one line: what was tried, what was said, and behind a `;` what to do.
    let (what, advice) = match cause.message.split_once("]; ") {
        Some((what, advice)) => (format!("{what}]"), advice.to_owned()),
        None => (cause.message.clone(), cause.advice.clone()),
    };
    let mut text = String::new();
    row(&mut text, "what", &what);
    let code = cause.code.as_deref().map(|code| format!("code {code}"));
    let request = cause.request_id.as_deref().map(|id| format!("request {id}"));
    let said: Vec<String> = [code, request].into_iter().flatten().collect();
    row(&mut text, "AWS", &said.join(", "));
    row(&mut text, "do next", &advice);
    row(&mut text, "turn", whose(cause.turn));
    text
}

fn whose(turn: Party) -> &'static str {
    match turn {
        Party::Customer => "the customer's",
        Party::Us => "ours: the customer has nothing to do",
        Party::Store => "nobody's: it is tried again by itself",
    }
}

fn row(text: &mut String, label: &str, value: &str) {
    let mut label = label;
    let mut line = String::new();
    let value = printable(value);
    let mut words = value.split_whitespace().peekable();
    while let Some(word) = words.next() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        let next = words.peek().map_or(0, |next| next.chars().count() + 1);
        if words.peek().is_none() || line.chars().count() + next > WIDTH - LABEL - 4 {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n    {label:LABEL$}{line}");
            (label, line) = ("", String::new());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::row;

    #[test]
    fn a_long_text_is_broken_between_words_and_loses_none() {
        let words: Vec<String> = (0..60).map(|n| format!("word{n}")).collect();
        let mut text = String::new();
        row(&mut text, "what", &words.join(" "));
        assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
        assert!(text.starts_with("\n    what      word0 word1"), "{text}");
        let shown: Vec<&str> = text.split_whitespace().skip(1).collect();
        assert_eq!(shown, words);
        row(&mut text, "AWS", "");
        assert!(!text.contains("AWS"));
    }
}
