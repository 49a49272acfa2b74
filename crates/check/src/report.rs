//! The report as a value: what programs read. Decides nothing, and knows no AWS.

use std::time::Duration;

use bucketline_auth::AccountId;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use crate::cause::{Cause, Turn};
use crate::paste::Paste;

/// The steps, in the order in which they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum StepName {
    /// What can be told without asking anyone.
    Offline,
    /// Whether the credentials are good, and whose they are.
    Identity,
    /// Whether the role refuses who does not know the external ID.
    ExternalIdRequired,
    /// Whether the bucket's region may be asked for, and is the configured one.
    BucketRegion,
    /// Whether the bucket belongs to the account that it should.
    BucketOwner,
    /// Whether the folder may be listed.
    List,
    /// Whether objects may be put, as production puts them.
    Put,
    /// Whether what was put comes back.
    ReadBack,
    /// Whether it is encrypted as asked.
    Encryption,
    /// Whether uploads in parts work.
    Multipart,
    /// Whether objects may be deleted (data export only).
    Delete,
    /// Whether the credentials reach further than they should.
    Scope,
    /// Whether the store protects an object from a second writer (custom endpoints only).
    ConditionalWrite,
}

impl StepName {
    /// The name as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Identity => "identity",
            Self::ExternalIdRequired => "external_id_required",
            Self::BucketRegion => "bucket_region",
            Self::BucketOwner => "bucket_owner",
            Self::List => "list",
            Self::Put => "put",
            Self::ReadBack => "read_back",
            Self::Encryption => "encryption",
            Self::Multipart => "multipart",
            Self::Delete => "delete",
            Self::Scope => "scope",
            Self::ConditionalWrite => "conditional_write",
        }
    }

    /// Whether delivery needs it: then an open question is no pass.
    #[must_use]
    pub const fn is_needed(self) -> bool {
        !matches!(self, Self::Scope | Self::ConditionalWrite)
    }
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the published list of verdicts")]
pub enum Verdict {
    /// As it should be.
    Pass,
    /// Not as it must be.
    Fail,
    /// It works; somebody should know something all the same.
    Warn,
    /// Not taken: it does not apply, or an earlier step failed.
    Skipped,
    /// Taken, and not answered by who would know.
    Inconclusive,
}

/// One step and what came of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// Which.
    pub step: StepName,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub elapsed: Duration,
    /// Whose turn it is, where something is to be done.
    pub turn: Option<Turn>,
    /// AWS's code.
    pub code: Option<String>,
    /// The action that was refused, or tried.
    pub action: Option<String>,
    /// On what.
    pub resource: Option<String>,
    /// The id under which AWS knows the call.
    pub request_id: Option<String>,
    /// Why.
    pub cause: Option<Cause>,
    /// What was seen.
    pub what: String,
    /// What to do.
    pub remedy: Option<String>,
    /// JSON to paste, which makes the step pass.
    pub paste: Vec<Paste>,
}

impl Step {
    /// A step with nothing to do.
    pub(crate) fn new(step: StepName, verdict: Verdict, what: impl Into<String>) -> Self {
        Self {
            step,
            verdict,
            elapsed: Duration::ZERO,
            turn: None,
            code: None,
            action: None,
            resource: None,
            request_id: None,
            cause: None,
            what: what.into(),
            remedy: None,
            paste: Vec::new(),
        }
    }

    /// A step that something is to be done about.
    pub(crate) fn because(step: StepName, verdict: Verdict, cause: Cause, what: impl Into<String>) -> Self {
        Self {
            turn: Some(cause.turn()),
            cause: Some(cause),
            remedy: Some(cause.remedy().to_owned()),
            ..Self::new(step, verdict, what)
        }
    }

    fn fails(&self) -> bool {
        match self.verdict {
            Verdict::Fail => true,
            Verdict::Inconclusive => self.step.is_needed(),
            Verdict::Pass | Verdict::Warn | Verdict::Skipped => false,
        }
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Step", 12)?;
        fields.serialize_field("step", &self.step)?;
        fields.serialize_field("verdict", &self.verdict)?;
        let millis = u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX);
        fields.serialize_field("elapsed_ms", &millis)?;
        fields.serialize_field("turn", &self.turn)?;
        fields.serialize_field("code", &self.code)?;
        fields.serialize_field("action", &self.action)?;
        fields.serialize_field("resource", &self.resource)?;
        fields.serialize_field("request_id", &self.request_id)?;
        fields.serialize_field("cause", &self.cause)?;
        fields.serialize_field("what", &self.what)?;
        fields.serialize_field("remedy", &self.remedy)?;
        fields.serialize_field("paste", &self.paste)?;
        fields.end()
    }
}

/// What was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the published list of kinds")]
pub enum ReportKind {
    /// A connector: its grant, its bucket and its folder.
    Connector,
    /// A grant alone.
    Grant,
    /// A data export integration.
    DataExport,
}

/// The steps of one check.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// What was checked.
    pub kind: ReportKind,
    /// Its id.
    pub id: String,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Whose the bucket was seen to be, where nobody had said: to be demanded from now on.
    pub owner: Option<AccountId>,
}

impl Report {
    pub(crate) const fn new(kind: ReportKind, id: String) -> Self {
        Self {
            kind,
            id,
            steps: Vec::new(),
            owner: None,
        }
    }

    /// Whether all that delivery needs was seen to work.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        !self.steps.iter().any(Step::fails)
    }

    /// A step by its name.
    #[must_use]
    pub fn step(&self, name: StepName) -> Option<&Step> {
        self.steps.iter().find(|step| step.step == name)
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Report", 4)?;
        fields.serialize_field("kind", &self.kind)?;
        fields.serialize_field("id", &self.id)?;
        fields.serialize_field("ok", &self.is_ok())?;
        fields.serialize_field("steps", &self.steps)?;
        fields.end()
    }
}

/// The reports of one run.
#[derive(Clone, Debug, Default)]
pub struct Reports(pub Vec<Report>);

impl Reports {
    /// Whether all are.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.0.iter().all(Report::is_ok)
    }
}

impl Serialize for Reports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Reports", 2)?;
        fields.serialize_field("ok", &self.is_ok())?;
        fields.serialize_field("reports", &self.0)?;
        fields.end()
    }
}
