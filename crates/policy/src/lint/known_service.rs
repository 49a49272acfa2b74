//! Which services and actions there are: those of the catalogue, and those that AWS takes though its reference does not list
//! them.

use super::policy::Policy;

/// Retired services, old names and services without a page in the reference, that AWS's own managed policies name and, where
/// it was asked (March 2026), AWS's validation takes.
const TAKEN: &[&str] = &[
    "applicationwizard",
    "builderid",
    "catalog-admin",
    "catalog-user",
    "crowd",
    "datazonecontrol",
    "deepcomposer",
    "deeplens",
    "deepracer",
    "ec2-reports",
    "iot1click",
    "iotroborunner",
    "mobilehub",
    "sagemaker-groundtruth-synthetic",
    "sumerian",
    "zocalo",
];

/// Services that it does not take, though the reference of another service names their ARNs.
const GONE: &[&str] = &["elastic-inference"];

/// Whether a prefix of actions, or the service of an ARN, is that of a service.
pub(super) fn is_known_service(policy: &Policy<'_>, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let listed = policy.service(&name).is_some() || policy.has_arns_of(&name);
    !GONE.contains(&name.as_str()) && (listed || TAKEN.contains(&name.as_str()))
}

/// Actions that AWS's own managed policies grant (as of 2026-10) and its reference does not list: internal, older or renamed.
const GRANTED_BY_AWS: &[&str] = &[
    "budgets:CreateBudget",
    "budgets:DeleteBudget",
    "budgets:DescribeBudget",
    "budgets:DescribeBudgets",
    "budgets:UpdateBudget",
    "cloudhsm:CreateLunaClient",
    "cloudhsm:DeleteLunaClient",
    "cloudhsm:DescribeHapg",
    "cloudhsm:DescribeLunaClient",
    "cloudhsm:GetConfig",
    "cloudhsm:ModifyHapg",
    "cloudhsm:ModifyLunaClient",
    "memorydb:ReplicateMultiRegionClusterData",
    "organizations:CreateBuilderIdOwnedAccount",
    "payments:AcceptTermsAndConditionsForProgramByAccountId",
    "payments:BatchGetPaymentProfiles",
    "payments:CreatePaymentAttempt",
    "payments:CreatePaymentProfile",
    "payments:GetAcceptedTermsAndConditionsForProgramByAccountId",
    "payments:GetAccountBalance",
    "payments:GetDefaultPaymentProfile",
    "payments:GetEligibleCurrencies",
    "payments:GetPaymentAttempt",
    "payments:GetPaymentPreferences",
    "payments:GetPreferredCurrency",
    "payments:GetRecommendedTermsAndConditionsForProgram",
    "payments:ListPaymentProfiles",
    "payments:SearchFinancialRecords",
    "payments:SetPreferredCurrency",
    "payments:UpdatePaymentProfile",
    "qapps:ImportDocumentToQApp",
    "qapps:ImportDocumentToQAppSession",
    "route53-recovery-control-config:DescribeRoutingControlByName",
    "securityagent:BatchGetAgentInstances",
    "securityagent:BatchGetSecurityTestContentMetadata",
    "securityagent:BatchGetTasks",
    "securityagent:CreateDocumentReview",
    "securityagent:DeleteDocumentReview",
    "securityagent:GetCodeReviewTask",
    "securityagent:GetDocReviewTask",
    "securityagent:GetDocumentReview",
    "securityagent:GetDocumentReviewArtifact",
    "securityagent:ListAgentInstances",
    "securityagent:ListControls",
    "securityagent:ListDocumentReviewComments",
    "securityagent:ListDocumentReviews",
    "securityagent:ListTasks",
    "securityagent:StartPentestExecution",
    "securityagent:StopPentestExecution",
    "servicecatalog:AccountLevelDescribeRecord",
    "servicecatalog:AccountLevelListRecordHistory",
    "servicecatalog:AccountLevelScanProvisionedProducts",
    "servicecatalog:GetTagOptionMigrationStatus",
];

/// Whether an action that the catalogue does not list exists all the same.
pub(super) fn is_granted_by_aws(prefix: &str, name: &str) -> bool {
    GRANTED_BY_AWS.iter().any(|known| {
        known
            .split_once(':')
            .is_some_and(|(p, n)| p.eq_ignore_ascii_case(prefix) && n.eq_ignore_ascii_case(name))
    })
}
