//! What can be wrong with the form of a document. The linter gives these AWS's codes; the parser only tells them apart.

use crate::json::Span;

/// One thing wrong with the form of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) kind: ProblemKind,
    pub(crate) span: Span,
    /// JSON pointer of the value, or of the object in which something is missing.
    pub(crate) pointer: String,
    pub(crate) message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ProblemKind {
    /// The text is not JSON.
    Syntax,
    /// A value has the wrong JSON type.
    WrongType,
    /// An element that the policy language does not have.
    UnknownElement,
    /// The same key twice in one object.
    DuplicateKey,
    /// Two operators or condition keys that differ in case alone.
    DuplicateKeyInOtherCase,
    MissingStatement,
    MissingEffect,
    /// Neither `Action` nor `NotAction`.
    MissingAction,
    /// An element together with its `Not` form.
    BothForms,
    InvalidVersion,
    InvalidEffect,
    /// A plain string other than `*` as principal.
    InvalidPrincipal,
    /// A principal type that does not exist.
    InvalidPrincipalType,
    InvalidOperator,
    /// `NullIfExists`.
    NullIfExists,
}
