//! Condition keys of a request with their values. Knows no request.

use crate::pattern::Variables;

/// Condition keys of a request with their values. Keys compare without regard to case; a key without values is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Sorted by key, in lower case.
    entries: Vec<(Box<str>, Vec<String>)>,
}

impl Context {
    /// Adds one value to a key.
    pub fn push(&mut self, key: &str, value: String) {
        self.values_mut(key).push(value);
    }

    /// Replaces the values of a key.
    pub fn set(&mut self, key: &str, values: impl IntoIterator<Item: Into<String>>) {
        *self.values_mut(key) = values.into_iter().map(Into::into).collect();
    }

    /// The values of a key, empty when it is absent.
    pub fn get(&self, key: &str) -> &[String] {
        self.lookup(&key.to_ascii_lowercase())
    }

    /// All keys, in lower case and sorted, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.entries
            .iter()
            .map(|(key, values)| (&**key, values.as_slice()))
    }

    /// `key` must be lower case.
    #[inline]
    pub(super) fn lookup(&self, key: &str) -> &[String] {
        // A handful of keys is the rule, where a scan beats a search.
        let found = self.entries.iter().find(|(known, _)| **known == *key);
        found.map_or(&[], |(_, values)| values)
    }

    pub(super) fn set_default(&mut self, key: &str, value: String) {
        if self.get(key).is_empty() {
            self.push(key, value);
        }
    }

    fn values_mut(&mut self, key: &str) -> &mut Vec<String> {
        let key = key.to_ascii_lowercase();
        let at = match self.entries.binary_search_by(|(known, _)| (**known).cmp(&key)) {
            Ok(at) => at,
            Err(at) => {
                self.entries.insert(at, (key.into(), Vec::new()));
                at
            }
        };
        // INVARIANT: `at` was found or inserted just now.
        #[expect(
            clippy::indexing_slicing,
            reason = "the entry at this place was found or inserted above"
        )]
        &mut self.entries[at].1
    }
}

impl<K: AsRef<str>, V: Into<String>> FromIterator<(K, V)> for Context {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut context = Self::default();
        for (key, value) in entries {
            context.push(key.as_ref(), value.into());
        }
        context
    }
}

impl Variables for Context {
    /// Only keys with exactly one value can stand in for a variable.
    fn value(&self, key: &str) -> Option<&str> {
        match self.lookup(key) {
            [only] => Some(only),
            _ => None,
        }
    }
}
