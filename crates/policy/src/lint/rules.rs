//! The index of the rules: which function looks for which codes, how grave each is, and why it matters.
//!
//! To add one: write a line here and its function in a file of this folder, and a positive and a neighbouring case in
//! `tests/cases/lint`.

mod form;

use super::policy::Policy;
use super::report::Report;
use super::{Code, Origin, Severity};

/// One function and the codes it may report.
pub(super) struct Rule {
    pub(super) check: fn(&Policy<'_>, &mut Report<'_>),
    pub(super) codes: &'static [&'static Code],
}

macro_rules! rules {
    ($($check:path { $($origin:ident $severity:ident $name:ident $why:literal;)+ })+) => {
        $($(
            static $name: Code = Code {
                name: stringify!($name),
                origin: Origin::$origin,
                severity: Severity::$severity,
                why: $why,
            };
        )+)+

        pub(super) static RULES: &[Rule] = &[
            $(Rule { check: $check, codes: &[$(&$name),+] },)+
        ];
    };
}

rules! {
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
}
