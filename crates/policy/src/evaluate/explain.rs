//! Why a request was decided as it was: statement by statement, what matched and what did not.
//! Decides nothing itself.

mod collect;
#[cfg(test)]
mod tests;
mod text;

use serde::Serialize;

pub(crate) use text::Place;

use super::authorize::{Leg, Question};
use super::{Decider, Decision, Layer, StatementRef, Verdict};
use crate::document::Effect;

/// A decision with its reasons, for people (`Display`) and for machines (`Serialize`).
///
/// ```
/// use bucketline_policy::{Document, Layers, PolicySet, Request, authorize};
/// let identity: Document = r#"{"Version":"2012-10-17","Statement":{"Sid":"Own","Effect":"Allow","Action":"s3:PutObject",
///     "Resource":"arn:aws:s3:::acme/currents/*"}}"#.parse()?;
/// let identity = PolicySet::compile(&[identity]);
/// let layers = Layers::new(&identity);
/// let caller = "arn:aws:iam::123456789012:user/exporter".parse()?;
/// let request = Request::new(caller, "s3:PutObject".parse()?, "arn:aws:s3:::acme/other/f");
/// let why = authorize(&layers, &request).explain();
/// assert_eq!(
///     why.to_string(),
///     "implicit deny: no identity policy allows `s3:PutObject` on `arn:aws:s3:::acme/other/f`\n  \
///      identity policy 1, statement 1 `Own` (Allow) does not apply\n    \
///      resource: `arn:aws:s3:::acme/other/f` is not among `arn:aws:s3:::acme/currents/*`\n"
/// );
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The answer.
    pub decision: Decision,
    /// What the answer rests on.
    pub by: Decider,
    /// What was asked.
    pub action: String,
    /// What it was asked of.
    pub resource: String,
    /// Every statement of every layer, in the order in which AWS asks.
    pub statements: Vec<StatementReport>,
    /// Condition keys that some statement reads and the request does not carry, in lower case, sorted.
    pub absent_keys: Vec<String>,
    /// What in the policies can never work as written, and what of the request their conditions cannot read.
    pub remarks: Vec<Remark>,
}

/// One statement's part in a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StatementReport {
    /// The layer.
    pub layer: Layer,
    /// The statement within the layer.
    pub place: StatementRef,
    /// Its name, if it has one.
    pub sid: Option<String>,
    /// What it would do.
    pub effect: Effect,
    /// What did not match; nothing means that the statement applies.
    pub mismatches: Vec<Mismatch>,
}

/// One element of a statement that kept it from applying.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "element", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Mismatch {
    /// The caller is not meant.
    Principal {
        /// `Principal` or `NotPrincipal`; `None` when the statement names none although its kind of policy must.
        listed_by: Option<&'static str>,
        /// The principals, as written.
        listed: Vec<String>,
        /// The caller.
        requested: String,
        /// The statement names principals although its kind of policy cannot.
        is_misplaced: bool,
    },
    /// The action is not meant.
    Action {
        /// `Action` or `NotAction`.
        listed_by: &'static str,
        /// The patterns, as written.
        listed: Vec<String>,
        /// The action.
        requested: String,
    },
    /// The resource is not meant.
    Resource {
        /// `Resource` or `NotResource`; `None` when the statement has neither although its kind of policy must.
        listed_by: Option<&'static str>,
        /// The patterns, as written.
        listed: Vec<String>,
        /// The resource.
        requested: String,
    },
    /// A condition does not hold.
    Condition {
        /// The operator.
        operator: String,
        /// The key, as written.
        key: String,
        /// The policy's values, with variables replaced where they have a value.
        wanted: Vec<String>,
        /// The request's values; none when the key is absent.
        found: Vec<String>,
    },
}

/// Something in a policy that evaluates, but never as its author meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Remark {
    /// The layer.
    pub layer: Layer,
    /// The statement within the layer.
    pub place: StatementRef,
    /// What is wrong.
    pub message: String,
}

impl Verdict<'_> {
    /// Why this was decided. Looks at every statement again, and allocates.
    pub fn explain(&self) -> Explanation {
        let on = |leg| Question::on(leg, self.layers, self.request);
        let questions = match self.request.behind() {
            None => vec![on(Leg::Whole)],
            Some(bucket) => vec![on(Leg::AccessPoint), on(Leg::Bucket(bucket))],
        };
        collect::explanation(self.request, &questions, self.decision(), self.by())
    }
}
