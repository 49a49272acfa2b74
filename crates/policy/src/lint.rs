//! The linter: what AWS's own validation would say of a document, and what matters to an exporter besides.
//!
//! It reads leniently, so that it always has an answer, and never decides a request: that is the evaluator's.

mod access;
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
mod sarif;
mod suppression;

pub use access::Access;
pub(crate) use caller_limit::{Chosen, chosen};
pub use code::{Code, Origin, Severity, codes};
pub use finding::Finding;
pub use fix::{Applied, Fixed, TextEdit};
pub use sarif::{SarifFile, sarif};

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
    #[cfg(feature = "exporter")]
    Export,
}

/// Finds what is wrong with a document, or could be better.
///
/// ```
/// use bucketline_policy::lint::{Linter, PolicyType};
///
/// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"allow","Action":"s3:PutObject",
///     "Resource":"arn:aws:s3:::acme/currents/*"}]}"#;
/// let linter = Linter::new(PolicyType::Identity);
/// let findings = linter.lint(text);
/// assert_eq!(findings[0].code(), "INVALID_EFFECT");
/// assert_eq!(findings[0].position().to_string(), "1:48");
///
/// assert!(linter.fix(text, &[]).findings().is_empty());
/// ```
#[derive(Clone, Debug)]
pub struct Linter<'c> {
    policy_type: PolicyType,
    kind: Option<PolicyKind>,
    vocabulary: Vocabulary,
    catalog: Option<&'c Catalog>,
    without: Vec<String>,
    #[cfg(feature = "exporter")]
    uploads: Expectation,
    #[cfg(feature = "exporter")]
    encryption: Expectation,
}

/// Whether the integration is known to need something that its policy may lack.
#[cfg(feature = "exporter")]
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
            #[cfg(feature = "exporter")]
            uploads: Expectation::Open,
            #[cfg(feature = "exporter")]
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
    #[cfg(feature = "exporter")]
    #[must_use]
    pub fn expect_multipart(mut self) -> Self {
        self.uploads = Expectation::Needed;
        self
    }

    /// The integration's objects are encrypted with a KMS key, so its policy has to allow that.
    #[cfg(feature = "exporter")]
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
    ///
    /// A document may say in its `Id` which findings are known and meant, with a reason for each: `lint-allow CODE: reason`,
    /// or `lint-allow CODE@/Statement/2: reason` for one place; several are parted by `;`. These are left out here.
    #[must_use]
    pub fn lint(&self, text: &str) -> Vec<Finding> {
        let mut findings = self.lint_with_suppressed(text);
        findings.retain(|finding| finding.suppression.is_none());
        findings
    }

    /// The findings, those too that the document itself suppresses, which have their reason in
    /// [`suppression`](Finding::suppression).
    #[must_use]
    pub fn lint_with_suppressed(&self, text: &str) -> Vec<Finding> {
        let reading = parse::lenient(text);
        let policy = Policy::new(self, text, &reading);
        let mut report = Report::new(self);
        for rule in rules::all() {
            (rule.check)(&policy, &mut report);
        }
        let broken = reading.problems.iter().find(|p| p.kind == ProblemKind::Syntax);
        report.finish(&policy, broken.map(|problem| problem.span))
    }
}
