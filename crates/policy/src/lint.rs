//! The linter: what AWS's own validation would say of a document, and what matters to an exporter besides.
//!
//! It reads leniently, so that it always has an answer, and never decides a request: that is the evaluator's.

mod caller_limit;
mod code;
mod condition_key;
mod federation;
mod finding;
mod fix;
mod known_service;
mod policy;
mod region;
mod report;
mod rules;
mod s3_scope;

pub use code::{Code, Origin, Severity, codes};
pub use finding::Finding;
pub use fix::{Edit, apply_fixes};

use crate::PolicyKind;
use crate::catalog::Catalog;
use crate::parse::{self, ProblemKind};
use policy::Policy;
use report::Report;

/// Where a document is used, which decides what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyType {
    /// Attached to a user, group or role.
    Identity,
    /// Attached to a resource of a kind that is not said.
    Resource,
    /// Who may assume a role.
    Trust,
    /// Handed to `AssumeRole`.
    Session,
    /// Attached to an S3 bucket.
    Bucket,
    /// A service control policy of AWS Organizations.
    Scp,
    /// A resource control policy of AWS Organizations.
    Rcp,
}

/// Whose codes are reported. Each has all codes of those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// AWS's own codes alone, as IAM Access Analyzer's policy validation uses them.
    AccessAnalyzer,
    /// And ours about what goes wrong in any policy.
    #[default]
    Security,
    /// And ours about exports to a customer's bucket.
    Export,
}

/// Finds what is wrong with a document, or could be better.
///
/// ```
/// use bucketline_policy::lint::{Linter, PolicyType, apply_fixes};
///
/// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"s3:PutObject",
///     "Resource":"arn:aws:s3:::acme/currents/*"}]}"#;
/// let findings = Linter::new(PolicyType::Identity).lint(text);
/// assert_eq!(findings[0].code(), "INVALID_EFFECT");
/// assert_eq!(findings[0].position().to_string(), "1:48");
///
/// let fixed = apply_fixes(text, &findings);
/// assert!(Linter::new(PolicyType::Identity).lint(&fixed).is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Linter<'c> {
    policy_type: PolicyType,
    kind: Option<PolicyKind>,
    vocabulary: Vocabulary,
    catalog: Option<&'c Catalog>,
    without: Vec<String>,
    uploads: Expectation,
    encryption: Expectation,
}

/// Whether the integration is known to need something that its policy may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expectation {
    Open,
    Needed,
}

impl<'c> Linter<'c> {
    /// A linter for documents of this type, in the vocabulary [`Security`](Vocabulary::Security), with the built-in catalogue where the crate has one
    /// (feature `catalog`).
    #[must_use]
    pub fn new(policy_type: PolicyType) -> Self {
        Self {
            policy_type,
            kind: None,
            vocabulary: Vocabulary::default(),
            #[cfg(feature = "catalog")]
            catalog: Some(Catalog::built_in()),
            #[cfg(not(feature = "catalog"))]
            catalog: None,
            without: Vec::new(),
            uploads: Expectation::Open,
            encryption: Expectation::Open,
        }
    }

    /// Reports the codes of this vocabulary.
    #[must_use]
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// Judges action names, condition keys and ARN forms by this service data. Services that it does not list are never
    /// judged.
    #[must_use]
    pub fn catalog(mut self, catalog: &'c Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Judges no names of services, as without the feature `catalog`; see [`unjudged`](Self::unjudged).
    #[must_use]
    pub fn without_catalog(mut self) -> Self {
        self.catalog = None;
        self
    }

    /// Which quota of size holds. Where it is not told, AWS's own validation takes the widest for an identity policy, that of
    /// a role's inline policies.
    #[must_use]
    pub fn kind(mut self, kind: PolicyKind) -> Self {
        self.kind = Some(kind);
        self
    }

    /// Leaves one code out.
    #[must_use]
    pub fn without(mut self, code: impl Into<String>) -> Self {
        self.without.push(code.into());
        self
    }

    /// The integration uploads in parts, so its policy has to allow that.
    #[must_use]
    pub fn expect_multipart(mut self) -> Self {
        self.uploads = Expectation::Needed;
        self
    }

    /// The integration's objects are encrypted with a KMS key, so its policy has to allow that.
    #[must_use]
    pub fn expect_kms(mut self) -> Self {
        self.encryption = Expectation::Needed;
        self
    }

    /// What this linter cannot judge for want of a catalogue of services, as codes; empty where it has one. A linter that
    /// finds nothing has then not looked for these.
    #[must_use]
    pub fn unjudged(&self) -> &'static [&'static str] {
        if self.catalog.is_some() {
            &[]
        } else {
            rules::OF_CATALOG
        }
    }

    /// The findings, in the order of the text. Never fails: a text that is not JSON has a finding that says so, beside
    /// what was understood before.
    #[must_use]
    pub fn lint(&self, text: &str) -> Vec<Finding> {
        let reading = parse::lenient(text);
        let policy = Policy::new(self, text, &reading);
        let mut report = Report::new(self);
        for rule in rules::RULES {
            (rule.check)(&policy, &mut report);
        }
        let broken = reading.problems.iter().find(|p| p.kind == ProblemKind::Syntax);
        report.finish(text, reading.root.as_ref(), broken.map(|problem| problem.span))
    }
}
