//! The index of the rules: which function looks for which codes, how grave each is, and why it matters.
//!
//! To add one: write a line here and its function in a file of this folder, and a positive and a neighbouring case in
//! `tests/cases/lint`.

mod action;
mod arn;
mod arn_of_service;
mod bucket_scope;
mod character;
mod condition_key;
mod condition_operator;
mod condition_value;
mod elements;
mod escalation;
#[cfg(feature = "exporter")]
mod exporter;
mod external_id;
mod federated;
mod form;
mod placeholder;
mod principal;
mod public_access;
mod rcp;
mod redundant;
mod role_grant;
mod scp;
mod service_principal;
mod sid;
mod size;
mod source;
mod suppression;
mod tag_condition;
mod transport;
mod trust;
mod variable;
mod version;

pub(super) use suppression::in_vain;

use super::policy::Policy;
use super::report::Report;
use super::{Code, Origin, Severity};

/// One function and the codes it may report.
pub(super) struct Rule {
    pub(super) check: fn(&Policy<'_>, &mut Report<'_>),
    pub(super) codes: &'static [&'static Code],
}

/// Codes that need the catalogue, wholly or for most of what they find.
pub(super) const OF_CATALOG: &[&str] = &[
    "ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
    "INVALID_ACTION",
    "INVALID_ARN_RESOURCE",
    "INVALID_SERVICE",
    "INVALID_SERVICE_CONDITION_KEY",
    "INVALID_SERVICE_IN_ACTION",
    "RCP_SYNTAX_ERROR_ACTION",
    "UNSUPPORTED_ACTION_FOR_CONDITION_KEY",
];

macro_rules! rules {
    ($list:ident: $($check:path { $($origin:ident $severity:ident $name:ident $why:literal;)+ })+) => {
        $($(
            static $name: Code = Code {
                name: stringify!($name),
                origin: Origin::$origin,
                severity: Severity::$severity,
                why: $why,
            };
        )+)+

        static $list: &[Rule] = &[
            $(Rule { check: $check, codes: &[$(&$name),+] },)+
        ];
    };
}

/// Every rule that is compiled in.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let rules = GENERAL.iter();
    #[cfg(feature = "exporter")]
    let rules = rules.chain(OF_EXPORTERS);
    rules
}

rules! {
    GENERAL:
    // The document and its elements.
    form::check {
        Aws Error JSON_SYNTAX_ERROR "A text that is not JSON is no policy.";
        Aws Error DATA_TYPE_MISMATCH "AWS refuses a value of another JSON type.";
        Aws Error INVALID_POLICY_ELEMENT "AWS refuses elements that the policy language does not have; their names are case-sensitive.";
        Aws Error DUPLICATE_KEYS_WITH_DIFFERENT_CASE "Condition operators and keys compare in any case, so these are one key twice.";
        Aws Error MISSING_STATEMENT "A policy without a statement says nothing, and AWS refuses it.";
        Aws Error MISSING_EFFECT "A statement has to say whether it allows or denies.";
        Aws Error MISSING_ACTION "A statement has to say what it allows or denies.";
        Aws Error UNSUPPORTED_ELEMENT_COMBINATION "An element and its opposite cannot both say what a statement is about.";
        Aws Error INVALID_VERSION "The version is a date that names the policy language; there are two.";
        Aws Error INVALID_EFFECT "Only `Allow` and `Deny` exist, spelt like this.";
        Aws Error INVALID_PRINCIPAL_FORMAT "A principal is `*` or a pair such as `{\"AWS\": \"123456789012\"}`.";
        Aws Error INVALID_PRINCIPAL_KEY "Principals are of type `AWS`, `Service`, `Federated` or `CanonicalUser`.";
        Aws Error INVALID_CONDITION_OPERATOR "AWS refuses an operator that it does not know.";
        Aws Error NULL_WITH_IF_EXISTS "`Null` asks itself whether the key exists.";
    }
    version::check {
        Aws Warning MISSING_VERSION "Without a version the language of 2008 holds, in which variables are plain text.";
    }
    sid::check {
        Aws Error UNSUPPORTED_SID "IAM takes letters and digits in statement ids.";
        Aws Error UNIQUE_SIDS_REQUIRED "IAM refuses a policy in which two statements have one id.";
        Aws Warning UNIQUE_SIDS_RECOMMENDED "An id that two statements share identifies neither.";
        Aws Suggestion EMPTY_SID_VALUE "An empty id identifies nothing: leave it out or name the statement.";
    }
    elements::check {
        Aws Error MISSING_PRINCIPAL "A policy on a resource has to say whom it is about.";
        Aws Error MISSING_RESOURCE "A statement has to say which resources it is about.";
        Aws Error UNSUPPORTED_PRINCIPAL "A policy on an identity is about that identity, and AWS refuses another principal in it.";
        Aws Error ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE "The resource of a trust policy is its role, and AWS refuses another.";
        Aws Error ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL "AWS refuses `NotPrincipal` in a trust policy.";
        Aws SecurityWarning ALLOW_WITH_NOT_PRINCIPAL "Everyone who is not listed includes anonymous callers.";
    }
    size::check {
        Aws Warning POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA "IAM refuses more: 6,144 characters for a managed policy, 10,240 for the inline policies of a role, white space not counted.";
        Aws Warning POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA "S3 refuses a bucket policy of more than 20 KB.";
        Aws Warning POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA "IAM refuses a trust policy of more than 2,048 characters, white space not counted, unless the quota was raised.";
        Aws Error POLICY_SIZE_EXCEEDS_SCP_QUOTA "Organizations refuses an SCP of more than 5,120 characters.";
        Aws Error POLICY_SIZE_EXCEEDS_RCP_QUOTA "Organizations refuses an RCP of more than 5,120 characters.";
        Security Error POLICY_SIZE_EXCEEDS_SESSION_POLICY_QUOTA "STS refuses a session policy of more than 2,048 characters, white space included.";
    }
    redundant::check {
        Aws Suggestion REDUNDANT_ACTION "What another item covers only hides what the list means.";
        Aws Suggestion REDUNDANT_RESOURCE "What another item covers only hides what the list means.";
        Aws Suggestion REDUNDANT_STATEMENT "Whoever edits one of two equal statements is likely to forget the other.";
    }

    // Actions.
    action::check {
        Aws Error INVALID_ACTION "An action that does not exist grants and denies nothing.";
        Aws Error INVALID_SERVICE_IN_ACTION "An action of a service that does not exist grants and denies nothing.";
        Aws Error UNSUPPORTED_ACTION_IN_POLICY "An action that never consults this kind of policy cannot be governed by it.";
        Aws Suggestion WILDCARD_IN_SERVICE_NAME "Services that come later may match too.";
        Aws Suggestion EMPTY_ARRAY_ACTION "A statement about no action has no effect.";
    }
    role_grant::check {
        Aws SecurityWarning PASS_ROLE_WITH_NOT_RESOURCE "Whoever may pass a role to a service may do there what the role may.";
        Aws SecurityWarning PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE "Whoever may pass a role to a service may do there what the role may.";
        Aws SecurityWarning PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE "Whoever may pass a role to a service may do there what the role may.";
        Aws SecurityWarning PASS_ROLE_WITH_STAR_IN_RESOURCE "Whoever may pass a role to a service may do there what the role may.";
        Aws SecurityWarning PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE "Whoever may pass a role to a service may do there what the role may.";
        Aws SecurityWarning PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION "Whoever may pass a role to a service may do there what the role may.";
        Aws Warning CREATE_SLR_WITH_NOT_RESOURCE "A service-linked role lets a service act in the account.";
        Aws Warning CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE "A service-linked role lets a service act in the account.";
        Aws Warning CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE "A service-linked role lets a service act in the account.";
        Aws Warning CREATE_SLR_WITH_STAR_IN_RESOURCE "A service-linked role lets a service act in the account.";
        Aws Warning CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE "A service-linked role lets a service act in the account.";
        Aws Warning CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION "A service-linked role lets a service act in the account.";
    }

    // Resources.
    arn::check {
        Aws Error INVALID_ARN_PREFIX "A resource that is no ARN matches nothing.";
        Aws Error MISSING_ARN_FIELD "An ARN has six fields; what is missing is guessed, or matches nothing.";
        Aws Error INVALID_PARTITION "An ARN of a partition that does not exist matches nothing.";
        Aws Error INVALID_SERVICE "An ARN of a service that cannot exist matches nothing.";
        Aws Error INVALID_ARN_SERVICE_CASE "ARNs compare letter by letter, case included.";
        Aws Suggestion EMPTY_ARRAY_RESOURCE "A statement about no resource has no effect.";
    }
    arn_of_service::check {
        Aws Error ARN_REGION_NOT_ALLOWED "A resource without a region never matches an ARN with one.";
        Aws Error ARN_ACCOUNT_NOT_ALLOWED "A resource without an account in its ARN never matches one that has it.";
        Aws Error MISSING_ARN_REGION "A resource in a region never matches an ARN without one.";
        Aws Error INVALID_ARN_ACCOUNT "An ARN with an account that cannot exist matches nothing.";
        Aws Error INVALID_ARN_REGION "An ARN with a region that does not exist matches nothing.";
        Aws Error INVALID_ARN_RESOURCE "An ARN that is not built as the service builds its ARNs matches nothing.";
        Aws Error UNSUPPORTED_RESOURCE_ARN_IN_POLICY "The policy of a bucket has a say in this bucket and its objects alone.";
    }

    // Principals.
    principal::check {
        Aws Error UNSUPPORTED_WILDCARD_IN_PRINCIPAL "Principals compare letter by letter; only `{\"AWS\": \"*\"}` is a wildcard.";
        Aws Error INVALID_SERVICE_PRINCIPAL_FORMAT "AWS refuses a service that it does not know.";
        Aws Error FEDERATED_PRINCIPAL_NOT_SUPPORTED "Federated identities come to resources as sessions of a role.";
        Aws Warning INVALID_ROLE_REFERENCE "AWS shows an id in place of a role that was deleted; a new role of its name has another.";
        Aws Warning INVALID_USER_REFERENCE "AWS shows an id in place of a user that was deleted; a new user of its name has another.";
        Aws Suggestion EMPTY_ARRAY_PRINCIPAL "A statement about nobody has no effect.";
        Aws Suggestion EMPTY_OBJECT_PRINCIPAL "A statement about nobody has no effect.";
    }
    service_principal::check {
        Aws SecurityWarning RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL "Services act for everyone, so anyone could have this one act on the resource.";
        Aws Suggestion RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL "Only the source keys are set by the service itself.";
        Aws Error UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL "A condition on a key that is never there never holds.";
    }
    trust::check {
        Aws Error ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL "AWS refuses a role that trusts everyone.";
        Aws Error MISMATCHED_ACTION_FOR_PRINCIPAL "Each kind of principal assumes roles by one call alone.";
        Aws Error MISSING_ACTION_FOR_CONDITION_KEY "A key that is never there cannot be asked for.";
        Aws Error MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY "IAM Roles Anywhere sets tags and a source identity on every session.";
        Aws Suggestion REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY "Trust in a role is trust in each of its sessions.";
    }
    federated::check {
        Aws Error INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY "AWS refuses a provider that is neither a domain nor an ARN.";
        Aws SecurityWarning MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL "Anyone can get an identity from a public provider.";
        Aws SecurityWarning MISSING_GITHUB_REPO_CONDITION_KEY "Anyone can run workflows on GitHub.";
        Aws Warning SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED "Whoever can push to any matching branch, or name a repository to match, gets in.";
        Aws Warning WILDCARD_USAGE_TOO_PERMISSIVE "A wildcard after a few letters matches what anyone can register.";
        Aws Suggestion CONFIRM_AUDIENCE_CLAIM_TYPE "With a claim of several values the quantifier decides, and with one value it lets in too many.";
    }

    // Conditions.
    condition_key::check {
        Aws Error INVALID_CONDITION_KEY_FORMAT "AWS refuses a key that names no service.";
        Aws Error INVALID_GLOBAL_CONDITION_KEY "A key that does not exist is never present.";
        Aws Error INVALID_SERVICE_CONDITION_KEY "A key that does not exist is never present.";
        Aws Error UNSUPPORTED_GLOBAL_CONDITION_KEY "A key that is no longer supported is never present.";
        Aws Warning DEPRECATED_GLOBAL_CONDITION_KEY "The newer keys say which of the two ARNs is meant.";
        Aws Error MISSING_TAG_KEY_IN_CONDITION "Tags are asked for one by one.";
        Aws Error UNSUPPORTED_ACTION_FOR_CONDITION_KEY "For these actions the key is never present, so the condition never holds, or always.";
        Aws SecurityWarning MISSING_PAIRED_CONDITION_KEYS "The same private addresses exist in every network.";
        Aws Suggestion IRRELEVANT_CONDITION_KEY_IN_POLICY "It says something in the policies of those who call.";
    }
    condition_operator::check {
        Aws Error MISSING_QUALIFIER "Without a quantifier it is undefined which of several values counts.";
        Aws SecurityWarning FORALLVALUES_WITH_SINGLE_VALUED_KEY "`ForAllValues` holds when the key is absent.";
        Aws Suggestion NULL_WITH_QUALIFIER "With `ForAllValues` this always holds, with `ForAnyValue` never.";
        Aws SecurityWarning STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS "In text a wildcard crosses the colons of an ARN; the operators for ARNs keep it in its field.";
        Aws Suggestion EQUIVALENT_TO_NULL_FALSE "`Null` says plainly that a key has to be present.";
        Aws Suggestion EQUIVALENT_TO_NULL_TRUE "`Null` says plainly that a key has to be absent.";
        Aws Warning WILDCARD_WITHOUT_LIKE_OPERATOR "Only the operators with `Like` know wildcards.";
        Aws Suggestion EMPTY_ARRAY_CONDITION "A condition without values says nothing.";
        Aws Suggestion EMPTY_ARRAY_CONDITION_FORALLVALUES "`Null` says plainly that a key has to be absent.";
        Aws Suggestion EMPTY_ARRAY_CONDITION_FORANYVALUE "A condition that never holds makes the statement useless.";
        Aws Suggestion EMPTY_ARRAY_CONDITION_IFEXISTS "`Null` says plainly that a key has to be absent.";
        Aws Suggestion EMPTY_OBJECT_CONDITION "A condition that asks nothing says nothing.";
    }
    condition_value::check {
        Aws Warning TYPE_MISMATCH "An operator of another type than the key compares something else than was meant.";
        Aws Warning TYPE_MISMATCH_BOOLEAN "A value that cannot be read never matches.";
        Aws Warning TYPE_MISMATCH_DATE "A value that cannot be read never matches.";
        Aws Warning TYPE_MISMATCH_IP_RANGE "A value that cannot be read never matches.";
        Aws Warning TYPE_MISMATCH_NUMBER "A value that cannot be read never matches.";
        Aws Warning TYPE_MISMATCH_STRING "A value that cannot be read never matches.";
        Aws Warning INVALID_DATE_VALUE "A number of seconds is easily mistaken.";
        Aws Error INVALID_CONDITION_DATA_TYPE "AWS refuses values of different JSON types in one list.";
        Aws Error INVALID_CONDITION_MULTIPLE_BOOLEAN "One of `true` and `false` always matches.";
        Aws Suggestion REDUNDANT_CONDITION_VALUE_NUM "The widest of several bounds makes the others meaningless.";
    }
    source::check {
        Aws Error PRIVATE_IP_ADDRESS "`aws:SourceIp` is always a public address, so this never holds.";
        Aws Error PRIVATE_NOT_IP_ADDRESS "`aws:SourceIp` is always a public address, so this always holds.";
        Aws Suggestion PRIVATE_IP_ADDRESS_SUBSET "`aws:SourceIp` is always a public address, so a part of this has no effect.";
        Aws Suggestion PRIVATE_NOT_IP_ADDRESS_SUBSET "`aws:SourceIp` is always a public address, so a part of this has no effect.";
        Aws Suggestion IMPROVE_IP_RANGE "Bits that are ignored suggest a single address where a range is meant.";
        Aws Error INVALID_REGION "A region that does not exist is never asked for.";
        Aws Error INVALID_VPC_FORMAT "An id of another form is no network's.";
        Aws Error INVALID_VPCE_FORMAT "An id of another form is no endpoint's.";
    }
    tag_condition::check {
        Aws SecurityWarning DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE "What carries no tag is not denied.";
        Aws SecurityWarning DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE "What carries no tag is not denied.";
        Aws Suggestion ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE "What carries no tag is not allowed.";
        Aws Suggestion ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE "What carries no tag is not allowed.";
    }
    variable::check {
        Aws Error VARIABLE_UNSUPPORTED_IN_VERSION "Variables came with version 2012-10-17.";
        Aws Error VARIABLE_UNSUPPORTED_IN_ELEMENT "Variables are replaced in resources and conditions alone.";
        Aws Error INVALID_VARIABLE_FOR_OPERATOR "Variables are replaced beside operators for strings and ARNs alone.";
        Aws Error MISSING_BRACE_IN_VARIABLE "A variable that is not closed is plain text.";
        Aws Error MISSING_QUOTE_IN_VARIABLE "A default value stands in single quotes.";
        Aws Error UNSUPPORTED_SPACE_IN_VARIABLE "No variable has a blank in its name.";
        Aws Error EMPTY_VARIABLE "A variable without a name has no value.";
    }

    // Policies of AWS Organizations. Since September 2025 it takes the whole policy language in SCPs.
    scp::check {
        Aws Error SCP_SYNTAX_ERROR_PRINCIPAL "An SCP has no principals.";
    }
    rcp::check {
        Aws Error RCP_SYNTAX_ERROR_ALLOW "Customers' RCPs deny.";
        Aws Error RCP_SYNTAX_ERROR_ACTION "RCPs apply to some services alone, which they have to name.";
        Aws Error RCP_SYNTAX_ERROR_NOTACTION "An RCP lists its actions.";
        Aws Error RCP_SYNTAX_ERROR_PRINCIPAL "An RCP is about everyone.";
    }

    // What matters to an export to a customer's bucket.
    bucket_scope::check {
        Export SecurityWarning BUCKET_WILDCARD_MATCHES_OTHER_BUCKETS "Other buckets of the account, and all that is in them, are reached too.";
        Security Warning OBJECT_ACTION_ON_BUCKET_ARN "Requests for objects name an object, so the bucket's ARN never matches them.";
        Security Warning BUCKET_ACTION_ON_OBJECT_ARN "Requests for a bucket name the bucket, so an object's ARN never matches them.";
    }
    external_id::check {
        Export SecurityWarning TRUST_WITHOUT_EXTERNAL_ID "Another customer of the vendor could have it use this role (confused deputy).";
        Security SecurityWarning EXTERNAL_ID_NOT_EXACT "Only an exact comparison proves for whom the vendor acts.";
        Security SecurityWarning EXTERNAL_ID_WILDCARD "Only one exact id proves for whom the vendor acts.";
        Security Error INVALID_EXTERNAL_ID "STS refuses calls with such an id, so nobody can ever assume the role.";
        Security SecurityWarning TRUST_TO_EVERYONE "An external id is no secret and does not keep anyone out by itself.";
        Security SecurityWarning TRUST_ALLOWS_ANY_AWS_PRINCIPAL "An external id is no secret and does not keep anyone out by itself.";
    }
    suppression::check {
        Security Warning SUPPRESSION_WITHOUT_EFFECT "What is to be left out needs a code that exists and a reason, or nobody knows later why it was.";
        Security Suggestion SUPPRESSION_NOT_NEEDED "What is left out before it is there hides it when it comes.";
    }
    character::check {
        Security Error UNSUPPORTED_CHARACTER "IAM refuses a policy with characters outside Latin-1.";
    }
    placeholder::check {
        Security Error PLACEHOLDER_NOT_REPLACED "The policy is about something that does not exist, or is someone else's.";
    }
    escalation::check {
        Security SecurityWarning PRIVILEGE_ESCALATION "Whoever has this identity can make itself an administrator.";
    }
    public_access::check {
        Security SecurityWarning PUBLIC_ACCESS "What is asked of the caller, if anything, anyone can meet.";
    }
    transport::check {
        Security Suggestion BUCKET_POLICY_WITHOUT_TLS_DENY "Requests without TLS are answered too, and can be read on their way.";
    }
}

#[cfg(feature = "exporter")]
rules! {
    OF_EXPORTERS:
    exporter::check {
        Export SecurityWarning DELETE_GRANTED_TO_EXPORTER "An exporter only adds; whoever takes over its credentials should not be able to destroy.";
        Export SecurityWarning LIST_BUCKET_WITHOUT_PREFIX_CONDITION "The keys of everything in the bucket are disclosed.";
        Export Warning MISSING_MULTIPART_PERMISSIONS "Uploads fail, or parts that were given up stay and cost for ever.";
        Export Warning MISSING_KMS_PERMISSIONS "Reads and writes of encrypted objects are refused.";
    }
}
