//! A promise that was not kept, and the few words by which the suite finds one. It must not know any promise.

use std::fmt::{self, Debug};

use crate::Error;

/// Whether a promise was kept.
pub(super) type Kept = Result<(), BrokenPromise>;

/// What a sink did otherwise than it promises.
#[derive(Debug, Clone)]
pub struct BrokenPromise {
    promise: &'static str,
    what: String,
    source: Option<Error>,
}

impl BrokenPromise {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            promise: "",
            what: what.into(),
            source: None,
        }
    }

    /// Names the promise, unless it has a name.
    pub(super) fn of(mut self, promise: &'static str) -> Self {
        if self.promise.is_empty() {
            self.promise = promise;
        }
        self
    }

    /// The promise, by the name of its function; empty where that was called by itself.
    #[must_use]
    pub const fn promise(&self) -> &'static str {
        self.promise
    }
}

impl fmt::Display for BrokenPromise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.promise.is_empty() {
            write!(f, "{}: ", self.promise)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for BrokenPromise {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|error| error as _)
    }
}

pub(super) fn ensure(kept: bool, promise: &str) -> Kept {
    if kept {
        Ok(())
    } else {
        Err(BrokenPromise::new(promise))
    }
}

pub(super) fn same<T: PartialEq<U> + Debug, U: Debug>(found: &T, expected: &U, promise: &str) -> Kept {
    if found == expected {
        Ok(())
    } else {
        Err(BrokenPromise::new(format!(
            "{promise}: {found:?} in place of {expected:?}"
        )))
    }
}

/// A call that has to work, or that has to fail.
pub(super) trait OrBroken<T> {
    /// What it gave, or that it failed.
    fn or_broken(self, call: &str) -> Result<T, BrokenPromise>;

    /// How it failed, or that it did not.
    fn refused(self, promise: &str) -> Result<Error, BrokenPromise>;
}

impl<T> OrBroken<T> for Result<T, Error> {
    fn or_broken(self, call: &str) -> Result<T, BrokenPromise> {
        self.map_err(|error| BrokenPromise {
            promise: "",
            what: format!("{call} failed: {error}"),
            source: Some(error),
        })
    }

    fn refused(self, promise: &str) -> Result<Error, BrokenPromise> {
        match self {
            Ok(_) => Err(BrokenPromise::new(promise)),
            Err(error) => Ok(error),
        }
    }
}
