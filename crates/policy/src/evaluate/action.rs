//! Compiled `Action` and `NotAction` elements. Works on lower-case text throughout.

use crate::ActionName;
use crate::document::ActionElement;
use crate::pattern::{Pattern, Syntax, Variables};

#[derive(Clone, Debug)]
pub(super) struct ActionMatcher {
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
    pub(super) fn compile(element: &ActionElement) -> Self {
        let (mut everything, mut exact, mut patterns) = (false, Vec::new(), Vec::new());
        for text in element.patterns() {
            // A comma or a blank would need a second action in one string; AWS matches such text with nothing.
            if text.contains([',', ' ', '\t', '\r', '\n']) {
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

    #[inline]
    pub(super) fn matches(&self, action: &ActionName) -> bool {
        self.lists(action) != self.negated
    }

    #[inline]
    fn lists(&self, action: &ActionName) -> bool {
        if self.everything {
            return true;
        }
        let lower = action.lower();
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
