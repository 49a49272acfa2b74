//! What a check found, and where. Finds nothing itself.

use std::fmt;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::statements::Found;
use crate::compare::Side;
use crate::meant::Meant;
use crate::{Document, Request, Statement};

/// The answer of a check: it passes, or these statements are in its way.
#[derive(Clone, Debug, Default)]
pub struct Check {
    findings: Vec<Finding>,
}

/// A statement that grants what should not be granted, or of which the contrary could not be proven.
#[derive(Clone, Debug)]
pub struct Finding {
    code: &'static str,
    document: usize,
    statement: Option<usize>,
    pointer: String,
    sid: Option<String>,
    proof: Proof,
    suppression: Option<String>,
}

/// What a finding rests on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Proof {
    /// This request is allowed and should not be.
    Witness(Box<Request>),
    /// It is not proven that there is no such request; why.
    Unproven(&'static str),
}

const UNPROVEN: &str = "whether there is such a request could not be found out: variables, conditions that compare in \
                        several ways, principals named by id, or more patterns than are compared";

impl Check {
    pub(super) fn new(findings: Vec<Finding>) -> Self {
        Self { findings }
    }

    /// Whether it is proven that nothing is granted that should not be, but for what the document itself says to be meant.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.findings.iter().all(|finding| finding.suppression.is_some())
    }

    /// The statements that are in the way, in their order, those too that the document says to be meant.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl Finding {
    pub(super) fn new(
        code: &'static str,
        at: usize,
        document: &Document,
        place: Option<(usize, &Statement, bool)>,
        proof: Proof,
    ) -> Self {
        let pointer = match place {
            Some((index, _, false)) => format!("/Statement/{index}"),
            Some((_, _, true)) => "/Statement".to_owned(),
            None => String::new(),
        };
        Self {
            code,
            document: at,
            statement: place.map(|(index, _, _)| index),
            sid: place.and_then(|(_, statement, _)| statement.sid().map(str::to_owned)),
            suppression: suppression(document.id().unwrap_or_default(), code, &pointer),
            pointer,
            proof,
        }
    }

    /// What is wrong: `NEW_ACCESS`, `ACCESS_GRANTED` or `PUBLIC_ACCESS`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The document's place among those that were checked, from 0.
    #[must_use]
    pub fn document(&self) -> usize {
        self.document
    }

    /// The statement's place in the document, from 0; `None` where no single one could be named.
    #[must_use]
    pub fn statement(&self) -> Option<usize> {
        self.statement
    }

    /// The JSON pointer (RFC 6901) of the statement within its document.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The statement's name, if it has one.
    #[must_use]
    pub fn sid(&self) -> Option<&str> {
        self.sid.as_deref()
    }

    /// A request that is allowed and should not be.
    #[must_use]
    pub fn witness(&self) -> Option<&Request> {
        match &self.proof {
            Proof::Witness(request) => Some(request),
            Proof::Unproven(_) => None,
        }
    }

    /// What it rests on.
    #[must_use]
    pub fn proof(&self) -> &Proof {
        &self.proof
    }

    /// The reason for which the document itself says that this is meant: `check-allow CODE: reason`, or
    /// `check-allow CODE@/Statement/2: reason`, in its `Id`.
    #[must_use]
    pub fn suppression(&self) -> Option<&str> {
        self.suppression.as_deref()
    }

    /// What was found, in a sentence.
    #[must_use]
    pub fn message(&self) -> String {
        let what = match self.code {
            "NEW_ACCESS" => "the new policy allows what the old one did not",
            "ACCESS_GRANTED" => "access is granted that should not be",
            _ => "the public may do this",
        };
        match &self.proof {
            Proof::Witness(request) => format!("{what}: {request}"),
            Proof::Unproven(why) => format!("perhaps {what}: {why}"),
        }
    }
}

/// `/Statement/0 `Sid`: NEW_ACCESS: ...`
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.pointer)?;
        if let Some(sid) = &self.sid {
            write!(f, " `{sid}`")?;
        }
        write!(f, ": {}: {}", self.code, self.message())
    }
}

/// As `{code, document, pointer, sid, message, witness, suppression}`.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Finding", 7)?;
        out.serialize_field("code", self.code)?;
        out.serialize_field("document", &self.document)?;
        out.serialize_field("pointer", &self.pointer)?;
        out.serialize_field("sid", &self.sid)?;
        out.serialize_field("message", &self.message())?;
        out.serialize_field("witness", &self.witness())?;
        out.serialize_field("suppression", &self.suppression)?;
        out.end()
    }
}

/// As `{passes, findings}`.
impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Check", 2)?;
        out.serialize_field("passes", &self.passes())?;
        out.serialize_field("findings", &self.findings)?;
        out.end()
    }
}

impl From<Side> for Found {
    fn from(side: Side) -> Self {
        match side {
            Side::Nothing => Self::Nothing,
            Side::Witness(request) => Self::Something(Proof::Witness(request)),
            Side::Unknown => Self::Something(Proof::Unproven(UNPROVEN)),
        }
    }
}

/// The reason that a document's `Id` gives for a finding.
fn suppression(id: &str, code: &str, pointer: &str) -> Option<String> {
    let mut meant = Meant::all_in(id, "check-allow").filter(|meant| !meant.reason.is_empty());
    let found = meant.find(|meant| meant.code == code && meant.covers(pointer))?;
    Some(found.reason.to_owned())
}
