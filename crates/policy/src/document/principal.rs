//! The `Principal` element in all its forms. Whom a caller turns out to be is the evaluator's question.

use super::List;

/// `Principal` or `NotPrincipal`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these two")]
pub enum PrincipalElement {
    /// The statement is about these callers.
    Principal(Principals),
    /// The statement is about every caller but these.
    NotPrincipal(Principals),
}

impl PrincipalElement {
    /// The callers listed, of either kind.
    pub fn principals(&self) -> &Principals {
        let (Self::Principal(principals) | Self::NotPrincipal(principals)) = self;
        principals
    }

    /// `Principal` or `NotPrincipal`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Principal(_) => "Principal",
            Self::NotPrincipal(_) => "NotPrincipal",
        }
    }

    /// Whether this is `NotPrincipal`.
    pub fn is_negated(&self) -> bool {
        matches!(self, Self::NotPrincipal(_))
    }
}

/// The value of a `Principal` element.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the policy language has these two forms")]
pub enum Principals {
    /// The plain `"*"`: everyone, anonymous callers included.
    Everyone,
    /// Lists by type, in the order written.
    Named(Vec<PrincipalGroup>),
}

/// The principals of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalGroup {
    pub(crate) kind: PrincipalType,
    pub(crate) values: List<String>,
}

impl PrincipalGroup {
    /// Principals of one type, as written.
    pub fn new(kind: PrincipalType, values: impl Into<List<String>>) -> Self {
        Self {
            kind,
            values: values.into(),
        }
    }

    /// The type.
    pub fn kind(&self) -> PrincipalType {
        self.kind
    }

    /// The principals, as written.
    pub fn values(&self) -> &List<String> {
        &self.values
    }
}

/// The types of principal a policy can name. Groups are not among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PrincipalType {
    /// Accounts, users, roles, sessions, or `*`.
    Aws,
    /// Services such as `lambda.amazonaws.com`.
    Service,
    /// Identity providers.
    Federated,
    /// Accounts by their canonical user id, in S3 policies.
    CanonicalUser,
}

impl PrincipalType {
    pub(crate) const ALL: [Self; 4] = [Self::Aws, Self::Service, Self::Federated, Self::CanonicalUser];

    /// The key as written in documents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Service => "Service",
            Self::Federated => "Federated",
            Self::CanonicalUser => "CanonicalUser",
        }
    }

    pub(crate) fn find(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}
