//! Which event types a connector takes.
//! Knows patterns and names, not schemas: a pattern may name a type that is yet to come.

use std::fmt;

use crate::error::{Error, ErrorKind};
use crate::event_type::is_segment;

/// A set of event types, given by patterns: `*`, `users.messages.email.*`, `users.behaviors.Purchase`.
///
/// A `*` stands for a whole segment. As the last segment it matches one segment or more, so `users.messages.*` takes
/// `users.messages.email.Open`; elsewhere exactly one, so `users.messages.*.Send` takes the sends of every channel.
///
/// ```
/// use bucketline_format::EventSelection;
///
/// let selection = EventSelection::parse(["users.messages.*.Send", "users.behaviors.Purchase"])?;
/// assert!(selection.matches("users.messages.email.Send"));
/// assert!(selection.matches("users.behaviors.Purchase"));
/// assert!(!selection.matches("users.messages.email.Open"));
/// assert!(EventSelection::all().matches("users.messages.email.Open"));
/// # Ok::<(), bucketline_format::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventSelection {
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern(String);

impl EventSelection {
    /// Every event type, those of later schemas included.
    #[must_use]
    pub fn all() -> Self {
        Self {
            patterns: vec![Pattern("*".to_owned())],
        }
    }

    /// The types that match at least one of `patterns`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSelection`] if there is no pattern, or one of them is not segments and whole-segment `*` joined by dots.
    pub fn parse<P: AsRef<str>>(patterns: impl IntoIterator<Item = P>) -> Result<Self, Error> {
        let patterns: Vec<Pattern> = patterns
            .into_iter()
            .map(|pattern| Pattern::parse(pattern.as_ref()))
            .collect::<Result<_, _>>()?;
        if patterns.is_empty() {
            return Err(Error::new(
                ErrorKind::InvalidSelection,
                "no event type is selected; `*` selects all",
            ));
        }
        Ok(Self { patterns })
    }

    /// Whether this event type is in the set.
    #[must_use]
    pub fn matches(&self, event_type: impl AsRef<str>) -> bool {
        let event_type = event_type.as_ref();
        self.patterns.iter().any(|pattern| pattern.matches(event_type))
    }

    /// The patterns, as they were given.
    pub fn patterns(&self) -> impl Iterator<Item = &str> {
        self.patterns.iter().map(|pattern| pattern.0.as_str())
    }

    /// The patterns that match none of `event_types`: most likely misspelt, which is worth a warning.
    pub fn unused<'a, T: AsRef<str>>(&'a self, event_types: &[T]) -> Vec<&'a str> {
        self.patterns
            .iter()
            .filter(|pattern| {
                !event_types
                    .iter()
                    .any(|event_type| pattern.matches(event_type.as_ref()))
            })
            .map(|pattern| pattern.0.as_str())
            .collect()
    }
}

impl Default for EventSelection {
    /// [`EventSelection::all`].
    fn default() -> Self {
        Self::all()
    }
}

impl fmt::Display for EventSelection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, pattern) in self.patterns().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(pattern)?;
        }
        Ok(())
    }
}

impl Pattern {
    fn parse(text: &str) -> Result<Self, Error> {
        if text
            .split('.')
            .all(|segment| segment == "*" || is_segment(segment))
        {
            return Ok(Self(text.to_owned()));
        }
        let shown: String = text.chars().take(128).collect();
        Err(Error::new(
            ErrorKind::InvalidSelection,
            format!(
                "`{}` is not a pattern of event types: write `*`, a name, or a name with `*` in place of whole segments, such as `users.messages.email.*`",
                shown.escape_debug()
            ),
        ))
    }

    fn matches(&self, event_type: &str) -> bool {
        let mut wanted = self.0.split('.').peekable();
        let mut found = event_type.split('.');
        loop {
            match (wanted.next(), found.next()) {
                (Some("*"), Some(_)) if wanted.peek().is_none() => return true,
                (Some("*"), Some(_)) => {}
                (Some(segment), Some(other)) if segment == other => {}
                (None, None) => return true,
                _ => return false,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_a_segment_or_the_rest() {
        let cases = [
            ("*", "a", true),
            ("*", "a.b.c", true),
            ("a.*", "a", false),
            ("a.*", "a.b", true),
            ("a.*", "a.b.c", true),
            ("a.*", "ab.c", false),
            ("a.*.c", "a.b.c", true),
            ("a.*.c", "a.b.b.c", false),
            ("*.c", "a.c", true),
            ("a.b", "a.b", true),
            ("a.b", "a.b.c", false),
            ("a.b.c", "a.b", false),
            ("a.b", "a.B", false),
        ];
        for (pattern, event_type, expected) in cases {
            let selection = EventSelection::parse([pattern]).unwrap();
            assert_eq!(
                selection.matches(event_type),
                expected,
                "{pattern} on {event_type}"
            );
        }
    }

    #[test]
    fn refuses_malformed_patterns_and_an_empty_list() {
        for pattern in ["", "a.", "a*", "a.b*", "**", "a b", "a.**"] {
            assert_eq!(
                EventSelection::parse([pattern]).unwrap_err().kind(),
                ErrorKind::InvalidSelection,
                "{pattern:?}"
            );
        }
        assert!(EventSelection::parse(Vec::<String>::new()).is_err());
    }

    #[test]
    fn names_patterns_that_match_nothing() {
        let selection = EventSelection::parse(["a.*", "b.C"]).unwrap();
        assert_eq!(selection.unused(&["a.x", "b.D"]), ["b.C"]);
    }
}
