//! An environment as a value: read once by the program, given to whoever needs it, wiped when dropped.
//! Nothing here reads the process's own environment.

use std::collections::BTreeMap;
use std::fmt;

use zeroize::Zeroizing;

/// Variables by name. An empty value counts as none, as AWS's own tools have it.
///
/// ```
/// use bucketline_auth::EnvironmentVariables;
///
/// let environment = EnvironmentVariables::from_pairs([("AWS_REGION", "eu-central-1"), ("AWS_PROFILE", "")]);
/// assert_eq!(environment.get("AWS_REGION"), Some("eu-central-1"));
/// assert_eq!(environment.get("AWS_PROFILE"), None);
/// ```
#[derive(Clone, Default)]
pub struct EnvironmentVariables(BTreeMap<String, Zeroizing<String>>);

impl EnvironmentVariables {
    /// The variables in `pairs`; of a name that comes twice, the last holds. The program passes `std::env::vars()`.
    #[must_use]
    pub fn from_pairs<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(name, value)| (name.into(), Zeroizing::new(value.into())))
                .collect(),
        )
    }

    /// The value of a variable, unless it is empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.as_str())
            .filter(|value| !value.is_empty())
    }
}

/// Names alone: any value may be a secret.
impl fmt::Debug for EnvironmentVariables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
