//! One case of `policy evaluate --cases`. What a case is, the library knows; here it is a line.

use bucketline_policy::{Case, Decision};

use super::batch;

/// The decision on one case, or what keeps it from being decided.
pub(super) fn decide(text: &str) -> Result<Decision, String> {
    let case: Case = serde_json::from_str(text).map_err(|error| batch::malformed(&error))?;
    Ok(case.decide())
}
