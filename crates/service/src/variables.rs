//! The environment as a value: read once by the program, given to whoever needs it. Nothing here reads the process's own.

use std::collections::BTreeSet;
use std::ffi::OsString;

use bucketline_auth::EnvironmentVariables;

/// Environment variables. An empty value counts as none, as it does for AWS's own tools.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    texts: EnvironmentVariables,
    /// The names of those that are no text.
    not_text: BTreeSet<String>,
}

/// Why a variable's value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Not set, or set to nothing.
    Missing,
    /// Set to something that is not UTF-8.
    NotText,
}

impl Variables {
    /// The variables in `pairs`; the program passes `std::env::vars_os()`.
    #[must_use]
    pub fn from_pairs(pairs: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut not_text = BTreeSet::new();
        let named = pairs
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let texts = named.filter_map(|(name, value)| match value.into_string() {
            Ok(value) => Some((name, value)),
            Err(_) => {
                not_text.insert(name);
                None
            }
        });
        let texts = EnvironmentVariables::from_pairs(texts.collect::<Vec<_>>());
        Self { texts, not_text }
    }

    /// A variable's text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Unusable> {
        self.texts.get(name).ok_or(if self.not_text.contains(name) {
            Unusable::NotText
        } else {
            Unusable::Missing
        })
    }

    /// A variable's text, or nothing where it is not set.
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.text(name).ok()
    }

    /// All that are texts.
    pub(crate) fn texts(&self) -> &EnvironmentVariables {
        &self.texts
    }
}
