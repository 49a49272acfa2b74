//! The one module that reads environment variables. Everything else is handed values, so that it can be tested.

use std::ffi::OsString;

/// The process environment, read on demand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Environment;

/// Why a variable's value cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// Not set, or set to nothing.
    Missing,
    /// Set to something that is not UTF-8.
    NotText,
}

impl Environment {
    /// A variable's text.
    ///
    /// # Errors
    /// [`Unusable`]: an empty value counts as missing, as it does for AWS's own tools.
    pub(crate) fn text(self, name: &str) -> Result<String, Unusable> {
        match self.raw(name) {
            None => Err(Unusable::Missing),
            Some(value) if value.is_empty() => Err(Unusable::Missing),
            Some(value) => value.into_string().map_err(|_| Unusable::NotText),
        }
    }

    /// A variable's text, or nothing where it is not set.
    pub(crate) fn optional(self, name: &str) -> Option<String> {
        self.text(name).ok()
    }

    /// The variables from which AWS's own tools take credentials, as a value for the library.
    pub(crate) fn aws(self) -> bucketline_auth::EnvironmentVariables {
        let pairs = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        bucketline_auth::EnvironmentVariables::from_pairs(pairs.filter(|(name, _)| name.starts_with("AWS_")))
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this module is the place where the environment is read"
    )]
    fn raw(self, name: &str) -> Option<OsString> {
        std::env::var_os(name)
    }
}
