//! The size of the document, as AWS counts it for its type.

use super::{
    POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA, POLICY_SIZE_EXCEEDS_RCP_QUOTA,
    POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA, POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA,
    POLICY_SIZE_EXCEEDS_SCP_QUOTA, POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA,
};
use crate::lint::PolicyType;
use crate::lint::policy::Policy;
use crate::lint::report::Report;
use crate::size::PolicyKind;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    let Some(root) = policy.root else { return };
    let (kind, code) = match policy.kind {
        // As AWS's validation, which is not told the kind either.
        PolicyType::Identity => (PolicyKind::InlineRole, &POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA),
        PolicyType::Session => (PolicyKind::Session, &POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA),
        PolicyType::Trust => (PolicyKind::Trust, &POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA),
        PolicyType::Resource | PolicyType::Bucket => {
            (PolicyKind::Bucket, &POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA)
        }
        PolicyType::Scp => (PolicyKind::ServiceControl, &POLICY_SIZE_EXCEEDS_SCP_QUOTA),
        PolicyType::Rcp => (PolicyKind::ResourceControl, &POLICY_SIZE_EXCEEDS_RCP_QUOTA),
    };
    let kind = policy.size_kind.unwrap_or(kind);
    let (size, quota) = (kind.size_of(policy.text), kind.quota());
    if size > quota {
        let message = format!(
            "the policy has {size} characters, {} more than the {quota} allowed",
            size - quota
        );
        report.add(code, root.span, message);
    }
}
