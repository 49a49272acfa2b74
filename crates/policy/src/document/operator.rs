//! Condition operators: 27 tests, two quantifiers, one suffix. What they compute is the evaluator's business.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A condition operator such as `StringEquals` or `ForAnyValue:StringLikeIfExists`.
///
/// Names are read without regard to case and printed as AWS spells them.
///
/// ```
/// use bucketline_policy::{Operator, Quantifier, Test};
/// let operator: Operator = "foranyvalue:stringlikeifexists".parse()?;
/// assert_eq!(operator.test(), Test::StringLike);
/// assert_eq!(operator.quantifier(), Some(Quantifier::ForAnyValue));
/// assert!(operator.if_exists());
/// assert_eq!(operator.to_string(), "ForAnyValue:StringLikeIfExists");
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    test: Test,
    quantifier: Option<Quantifier>,
    if_exists: bool,
}

/// How a key with several values is treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these two")]
pub enum Quantifier {
    /// Every value of the request must pass; a key without values passes.
    ForAllValues,
    /// At least one value of the request must pass.
    ForAnyValue,
}

macro_rules! tests {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {
        /// What an operator compares, apart from quantifier and suffix.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Test { $($(#[$doc])* $name),+ }

        impl Test {
            /// All tests, in the order of AWS's reference page.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name as AWS spells it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }
        }
    };
}

tests! {
    /// Exact text.
    StringEquals,
    /// Not this exact text.
    StringNotEquals,
    /// Text without regard to case.
    StringEqualsIgnoreCase,
    /// Not this text, without regard to case.
    StringNotEqualsIgnoreCase,
    /// Text with `*` and `?`.
    StringLike,
    /// Not like this text with `*` and `?`.
    StringNotLike,
    /// The same number.
    NumericEquals,
    /// Another number.
    NumericNotEquals,
    /// A smaller number.
    NumericLessThan,
    /// A smaller or the same number.
    NumericLessThanEquals,
    /// A greater number.
    NumericGreaterThan,
    /// A greater or the same number.
    NumericGreaterThanEquals,
    /// The same instant.
    DateEquals,
    /// Another instant.
    DateNotEquals,
    /// An earlier instant.
    DateLessThan,
    /// An earlier or the same instant.
    DateLessThanEquals,
    /// A later instant.
    DateGreaterThan,
    /// A later or the same instant.
    DateGreaterThanEquals,
    /// `true` or `false`.
    Bool,
    /// The same bytes, written in base64.
    BinaryEquals,
    /// Inside an address range.
    IpAddress,
    /// Outside every address range.
    NotIpAddress,
    /// Like an ARN; the same as `ArnLike`.
    ArnEquals,
    /// An ARN whose six fields match, each with its own wildcards.
    ArnLike,
    /// Not like an ARN; the same as `ArnNotLike`.
    ArnNotEquals,
    /// Not like an ARN.
    ArnNotLike,
    /// Whether the key is absent (`true`) or present (`false`).
    Null,
}

impl Test {
    /// Whether the test holds for values that match *none* of the policy's.
    pub fn is_negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }
}

impl Operator {
    /// The plain operator for a test.
    pub const fn new(test: Test) -> Self {
        Self {
            test,
            quantifier: None,
            if_exists: false,
        }
    }

    /// With a quantifier for keys of several values.
    #[must_use]
    pub const fn with_quantifier(mut self, quantifier: Quantifier) -> Self {
        self.quantifier = Some(quantifier);
        self
    }

    /// With the suffix `IfExists`: true when the key is absent. `Null` has no such form and stays as it is.
    #[must_use]
    pub const fn with_if_exists(mut self) -> Self {
        self.if_exists = !matches!(self.test, Test::Null);
        self
    }

    /// What is compared.
    pub fn test(self) -> Test {
        self.test
    }

    /// How several values are treated.
    pub fn quantifier(self) -> Option<Quantifier> {
        self.quantifier
    }

    /// Whether an absent key passes.
    pub fn if_exists(self) -> bool {
        self.if_exists
    }
}

fn strip_prefix_any_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}

fn strip_suffix_any_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(text.len().checked_sub(suffix.len())?)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}

impl FromStr for Operator {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (quantifier, rest) = if let Some(rest) = strip_prefix_any_case(text, "ForAllValues:") {
            (Some(Quantifier::ForAllValues), rest)
        } else if let Some(rest) = strip_prefix_any_case(text, "ForAnyValue:") {
            (Some(Quantifier::ForAnyValue), rest)
        } else {
            (None, text)
        };
        let (if_exists, name) = match strip_suffix_any_case(rest, "IfExists") {
            Some(name) => (true, name),
            None => (false, rest),
        };
        let Some(test) = Test::ALL
            .iter()
            .copied()
            .find(|test| test.as_str().eq_ignore_ascii_case(name))
        else {
            let shown: String = text.chars().take(80).collect();
            return Err(Error::name(format!("`{shown}` is not a condition operator")));
        };
        if test == Test::Null && if_exists {
            return Err(Error::name(
                "`Null` cannot be combined with `IfExists`: it asks for existence itself",
            ));
        }
        Ok(Self {
            test,
            quantifier,
            if_exists,
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        })?;
        f.write_str(self.test.as_str())?;
        f.write_str(if self.if_exists { "IfExists" } else { "" })
    }
}
