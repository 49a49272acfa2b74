#![doc = include_str!("../README.md")]

pub mod account;
mod account_id;
mod action;
mod arn;
mod bucket_name;
mod case;
pub mod checks;
pub mod compare;
pub mod denied;
mod document;
mod error;
mod evaluate;
mod everything;
#[cfg(feature = "exporter")]
pub mod exporter;
mod json;
mod key_grant;
pub mod lint;
mod meant;
mod parse;
pub mod partial;
mod partition;
mod pattern;
mod permissions;
mod print;
pub mod rewrite;
mod sarif;
mod size;
mod value;

/// What AWS's services offer: actions, resource types and condition keys. Its data is there with the feature `catalog`.
pub use bucketline_iam_catalog as catalog;

pub use account_id::AccountId;
pub use action::ActionName;
pub use arn::Arn;
pub use bucket_name::BucketName;
pub use case::Case;
pub use document::{
    ActionElement, ConditionBlock, ConditionTest, ConditionValue, Document, DocumentBuilder, Effect, List,
    Operator, PrincipalElement, PrincipalGroup, PrincipalType, Principals, Quantifier, ResourceElement,
    Statement, StatementBuilder, Test, Version,
};
pub use error::{Error, ErrorKind};
use evaluate::{ActionMatcher, PrincipalMatcher, ResourceMatcher};
pub use evaluate::{
    Context, Decider, Decision, DocumentKind, Explanation, Layer, Layers, Mismatch, PolicySet, Principal,
    PrincipalKind, Remark, Request, Resource, ResourceKind, Rule, StatementRef, StatementReport, Verdict,
    Warning, authorize,
};
pub use json::{Position, Span};
pub use key_grant::key_grants;
pub use partition::Partition;
pub use permissions::{CallOption, Operation, Permission, Scope, required_permissions};
pub use size::PolicyKind;
