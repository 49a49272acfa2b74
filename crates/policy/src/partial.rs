//! Requests of which not everything is known: the answer where it is the same in any case, and else the conditions that
//! remain. Decides nothing itself: every possible case is put to [`authorize`](crate::authorize). Knows no JSON text.

mod formula;
mod open;
#[cfg(test)]
mod tests;
mod text;
mod worlds;

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use crate::compare::never_has;
use crate::{Decision, Effect, Layer, Layers, Request, StatementRef};

pub(crate) use open::Statements;

/// Which condition keys of a request are not known: they may have any value, or be absent.
///
/// Keys that a caller of this kind never has, such as `aws:PrincipalOrgID` of an anonymous one, are known to be absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// In lower case; `None` for all that the request does not carry.
    named: Option<BTreeSet<String>>,
}

impl Unknown {
    /// These keys alone, whether the request carries them or not. A key that ends in `/*` names all tags of its kind, such
    /// as `aws:PrincipalTag/*`.
    pub fn keys(keys: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let named = keys.into_iter().map(|key| key.as_ref().to_ascii_lowercase());
        Self {
            named: Some(named.collect()),
        }
    }

    /// Every key that the request does not carry, given or derived.
    pub fn all_others() -> Self {
        Self { named: None }
    }

    /// Whether nothing is known of this key. `key` is lower case.
    pub(crate) fn covers(&self, request: &Request, key: &str) -> bool {
        let is_meant = match &self.named {
            None => request.request_context().get(key).is_empty(),
            Some(named) => {
                let kind = key.split_once('/').map(|(kind, _)| format!("{kind}/*"));
                named.contains(key) || kind.is_some_and(|kind| named.contains(&kind))
            }
        };
        is_meant && !never_has(request.principal(), key)
    }
}

/// What can be said of a request of which not everything is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the answer is the same in any case, or refused in any case, or neither"
)]
pub enum Answer {
    /// This is the answer in any case.
    Decided(Decision),
    /// It is refused in any case; whether explicitly depends.
    Refused,
    /// It is allowed in some cases and refused in others.
    Depends,
}

impl Answer {
    /// The decision, `Deny` or `Depends`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decided(decision) => decision.as_str(),
            Self::Refused => "Deny",
            Self::Depends => "Depends",
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Something that has to be known before it can be said whether a statement applies.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(tag = "element", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Remaining {
    /// A condition on a key that is not known, or with a variable that is not.
    Condition {
        /// The operator.
        operator: String,
        /// The key, as written.
        key: String,
        /// The values, as written.
        values: Vec<String>,
    },
    /// The resource matches a pattern with a variable that is not known.
    Resource {
        /// The patterns with such variables, as written.
        listed: Vec<String>,
    },
}

/// What remains, and whether it has to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Demand {
    /// Whether it has to hold, or has not to.
    pub holds: bool,
    /// What remains.
    #[serde(flatten)]
    pub remaining: Remaining,
}

/// A statement of which it is not known whether it applies: it does where all that remains is so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RemainingStatement {
    /// The layer.
    pub layer: Layer,
    /// The statement within the layer.
    pub place: StatementRef,
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// What it does where it applies.
    pub effect: Effect,
    /// What remains to be known.
    pub remaining: Vec<Demand>,
}

/// The answer to a request of which not everything is known, for people (`Display`) and for machines (`Serialize`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Partial {
    /// The answer.
    #[serde(rename = "decision")]
    pub answer: Answer,
    /// Where it depends: the request is allowed where all demands of one of these lists are met, and else refused. `None`
    /// where too much remains to say it so; the statements say it then.
    pub allowed_when: Option<Vec<Vec<Demand>>>,
    /// Where it depends: the statements on which.
    pub statements: Vec<RemainingStatement>,
}

/// As [`authorize`](crate::authorize), for a request of which some condition keys are not known.
///
/// What is claimed is sound: `Allow` and the denials hold whatever values the keys have. [`Answer::Depends`] is said where
/// the remaining conditions could be met and not met; conditions that are proven to contradict each other are not counted
/// as cases, but where no proof is found they are, and with more than ten different ones no proof is tried.
///
/// ```
/// use bucketline_policy::partial::{Answer, Unknown, authorize_partly};
/// use bucketline_policy::{Document, Layers, PolicySet, Request};
/// let policy: Document = r#"{"Version":"2012-10-17","Statement":[
///     {"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}},
///     {"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}]}"#.parse()?;
/// let layers = Layers::new(PolicySet::compile(&[policy]));
/// let ask = |action: &str| -> Result<_, bucketline_policy::Error> {
///     let caller = "arn:aws:iam::123456789012:user/ada".parse()?;
///     let request = Request::new(caller, action.parse()?, "arn:aws:s3:::acme/f");
///     Ok(authorize_partly(&layers, &request, &Unknown::keys(["aws:SourceIp"])))
/// };
/// assert_eq!(ask("s3:DeleteObject")?.answer.as_str(), "ExplicitDeny");
/// let depends = ask("s3:GetObject")?;
/// assert_eq!(depends.answer, Answer::Depends);
/// assert_eq!(
///     depends.to_string(),
///     "depends: allowed where `aws:SourceIp` IpAddress `203.0.113.0/24`\n  \
///      identity policy 1, statement 1 (Allow) applies where `aws:SourceIp` IpAddress `203.0.113.0/24`\n"
/// );
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
pub fn authorize_partly(layers: &Layers, request: &Request, unknown: &Unknown) -> Partial {
    worlds::answer(&Statements::of(layers, request, unknown))
}
