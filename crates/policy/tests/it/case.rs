//! One case of the batch format: documents, a request, the decision AWS's documentation demands.

use bucketline_policy::{Case, Decision};
use serde_json::Value;

/// What the case's document, or all its layers together, answer.
pub(crate) fn decide(case: &Value) -> Decision {
    let case: Case = serde_json::from_value(case.clone()).unwrap_or_else(|error| panic!("{error}: {case}"));
    case.decide()
}
