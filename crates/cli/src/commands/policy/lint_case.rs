//! One case of `policy lint --cases`.

use bucketline_policy::lint::{Linter, PolicyType, Vocabulary};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::batch;

/// The policy stays text: the linter reports what a tree would have lost.
#[derive(Deserialize)]
struct Case<'t> {
    #[serde(borrow)]
    policy: Option<&'t RawValue>,
    policy_text: Option<String>,
    policy_type: String,
    vocabulary: Option<String>,
}

/// The codes found, each once, in the order of the text.
pub(super) fn codes(text: &str) -> Result<Vec<&'static str>, String> {
    let case: Case<'_> = serde_json::from_str(text).map_err(|error| batch::malformed(&error))?;
    let policy = match (case.policy, &case.policy_text) {
        (Some(_), Some(_)) => return Err("the case has both `policy` and `policy_text`".to_owned()),
        (Some(policy), None) => policy.get(),
        (None, Some(text)) => text,
        (None, None) => return Err("the case has neither `policy` nor `policy_text`".to_owned()),
    };
    let policy_type = policy_type(&case.policy_type)
        .ok_or_else(|| format!("`policy_type`: `{}` is none that is known", case.policy_type))?;
    let vocabulary = match case.vocabulary.as_deref() {
        Some("access-analyzer") => Vocabulary::AccessAnalyzer,
        Some("security") | None => Vocabulary::Security,
        Some("export") => Vocabulary::Export,
        Some(other) => {
            return Err(format!(
                "`vocabulary`: `{other}` is none of `access-analyzer`, `security` and `export`"
            ));
        }
    };
    let mut codes = Vec::new();
    for finding in Linter::new(policy_type).vocabulary(vocabulary).lint(policy) {
        if !codes.contains(&finding.code()) {
            codes.push(finding.code());
        }
    }
    Ok(codes)
}

fn policy_type(word: &str) -> Option<PolicyType> {
    Some(match word {
        "identity" => PolicyType::Identity,
        "resource" => PolicyType::Resource,
        "trust" => PolicyType::Trust,
        "session" => PolicyType::Session,
        "bucket" => PolicyType::Bucket,
        "scp" => PolicyType::Scp,
        "rcp" => PolicyType::Rcp,
        _ => return None,
    })
}
