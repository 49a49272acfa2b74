//! Compiled `Action` and `NotAction` elements. Works on lower-case text throughout.

use crate::ActionName;
use crate::document::{ActionElement, Effect};
use crate::pattern::{Pattern, Syntax, Variables};

#[derive(Clone, Debug)]
pub(crate) struct ActionMatcher {
    negated: bool,
    everything: bool,
    /// Sorted, for lists of hundreds.
    exact: Box<[Box<str>]>,
    patterns: Box<[ServicePattern]>,
}

#[derive(Clone, Debug)]
struct ServicePattern {
    service: Pattern,
    name: Pattern,
}

const SYNTAX: Syntax = Syntax {
    wildcards: true,
    variables: false,
};

struct NoVariables;

impl Variables for NoVariables {
    fn value(&self, _key: &str) -> Option<&str> {
        None
    }
}

impl ActionMatcher {
    /// A `NotAction` that grants and has an entry that cannot be read matches nothing: what it should leave out is not
    /// known.
    pub(crate) fn compile(element: &ActionElement, effect: Effect) -> Self {
        let (mut everything, mut exact, mut patterns) = (false, Vec::new(), Vec::new());
        for text in element.patterns() {
            if !Self::reads(text) {
                if element.is_negated() && effect == Effect::Allow {
                    return Self::nothing();
                }
                continue;
            }
            if !text.is_empty() && text.bytes().all(|b| b == b'*') {
                everything = true;
                continue;
            }
            let lower = text.to_ascii_lowercase();
            let Some((service, name)) = lower.split_once(':') else {
                continue;
            };
            if lower.contains(['*', '?']) {
                let compile = |text| Pattern::compile(text, SYNTAX);
                patterns.push(ServicePattern {
                    service: compile(service),
                    name: compile(name),
                });
            } else {
                exact.push(lower.into_boxed_str());
            }
        }
        exact.sort_unstable();
        Self {
            negated: element.is_negated(),
            everything,
            exact: exact.into(),
            patterns: patterns.into(),
        }
    }

    fn nothing() -> Self {
        Self {
            negated: false,
            everything: false,
            exact: [].into(),
            patterns: [].into(),
        }
    }

    /// Whether an entry can match anything. A comma or a blank would need a second action in one string; AWS matches such
    /// text with nothing.
    pub(crate) fn reads(text: &str) -> bool {
        let is_everything = !text.is_empty() && text.bytes().all(|b| b == b'*');
        is_everything || text.contains(':') && !text.contains([',', ' ', '\t', '\r', '\n'])
    }

    #[inline]
    pub(in crate::evaluate) fn matches(&self, action: &ActionName) -> bool {
        self.matches_lower(action.lower())
    }

    /// As [`Self::matches`], for `service:name` in lower case.
    #[inline]
    pub(crate) fn matches_lower(&self, lower: &str) -> bool {
        self.lists(lower) != self.negated
    }

    /// Whether a service is told from all others that no pattern names.
    pub(crate) fn speaks_of(&self, service: &str) -> bool {
        let head = |text: &str| text.split_once(':').is_some_and(|(head, _)| head == service);
        self.exact.iter().any(|text| head(text))
            || self.patterns.iter().any(|pattern| {
                let is_universal = matches!(
                    (&pattern.service, &pattern.name),
                    (Pattern::Everything, Pattern::Everything)
                );
                !is_universal && pattern.service.matches(service, &NoVariables)
            })
    }

    /// The services that are named without wildcards.
    pub(crate) fn named_services(&self) -> impl Iterator<Item = &str> {
        let exact = self.exact.iter().filter_map(|text| Some(text.split_once(':')?.0));
        let patterns = self.patterns.iter().filter_map(|pattern| match &pattern.service {
            Pattern::Exact(service) => Some(&**service),
            _ => None,
        });
        exact.chain(patterns)
    }

    #[inline]
    fn lists(&self, lower: &str) -> bool {
        if self.everything {
            return true;
        }
        let exact = match &*self.exact {
            few if few.len() <= 8 => few.iter().any(|known| **known == *lower),
            many => many.binary_search_by(|known| (**known).cmp(lower)).is_ok(),
        };
        if exact || self.patterns.is_empty() {
            return exact;
        }
        let Some((service, name)) = lower.split_once(':') else {
            return false;
        };
        self.patterns.iter().any(|pattern| {
            pattern.service.matches(service, &NoVariables) && pattern.name.matches(name, &NoVariables)
        })
    }
}
