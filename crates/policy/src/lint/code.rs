//! What a finding is called: its code, whose code it is, how grave it is and why it matters. Finds nothing itself.

use std::fmt;

use serde::{Serialize, Serializer};

use super::rules;

/// One thing that the linter knows to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    pub(super) name: &'static str,
    pub(super) origin: Origin,
    pub(super) severity: Severity,
    pub(super) why: &'static str,
}

/// Whose vocabulary a code belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// AWS's policy validation uses it
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>).
    Aws,
    /// This crate's own, about what goes wrong in any policy.
    Security,
    /// This crate's own, about what matters to an exporter.
    Export,
}

/// How grave a finding is, gravest first, in AWS's four steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// A part of the document does not work, or AWS refuses it.
    Error,
    /// The document allows more than anyone should want.
    SecurityWarning,
    /// The document probably does not do what was meant.
    Warning,
    /// The document could be clearer; access stays the same.
    Suggestion,
}

/// All codes that the linter knows.
///
/// ```
/// use bucketline_policy::lint::{Severity, codes};
/// let code = codes().find(|code| code.name() == "INVALID_EFFECT").expect("it is known");
/// assert_eq!(code.severity(), Severity::Error);
/// ```
pub fn codes() -> impl Iterator<Item = &'static Code> {
    let all = rules::all().flat_map(|rule| rule.codes.iter().copied());
    all.filter(|code| cfg!(feature = "exporter") || code.origin != Origin::Export)
}

impl Code {
    /// The code itself, `INVALID_EFFECT`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Whose it is.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// How grave its findings are.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Why it matters, in a sentence.
    #[must_use]
    pub fn why(&self) -> &'static str {
        self.why
    }
}

impl Severity {
    /// The word for it, `security warning`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::SecurityWarning => "security warning",
            Self::Warning => "warning",
            Self::Suggestion => "suggestion",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// As its word.
impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
