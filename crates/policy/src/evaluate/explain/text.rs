//! An explanation as lines for a person.

use std::fmt::{Display, Formatter, Result};

use super::{Explanation, Mismatch, StatementReport};
use crate::evaluate::{Decider, Decision, Layer, StatementRef};

impl Display for Layer {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::ResourceControl(level) => write!(f, "resource control policy of level {}", level + 1),
            Self::ServiceControl(level) => write!(f, "service control policy of level {}", level + 1),
            Self::VpcEndpoint => f.write_str("VPC endpoint policy"),
            Self::AccessPoint => f.write_str("access point policy"),
            Self::Resource => f.write_str("resource policy"),
            Self::Identity => f.write_str("identity policy"),
            Self::Boundary => f.write_str("permissions boundary"),
            Self::Session => f.write_str("session policy"),
        }
    }
}

/// Statements and documents are counted from 1 here, as people count.
pub(crate) struct Place<'a>(
    pub(crate) Layer,
    pub(crate) StatementRef,
    pub(crate) Option<&'a str>,
);

impl Display for Place<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self(layer, place, sid) = self;
        let number = place.document + 1;
        match layer {
            Layer::ResourceControl(level) => {
                write!(f, "resource control policy {number} of level {}", level + 1)?;
            }
            Layer::ServiceControl(level) => {
                write!(f, "service control policy {number} of level {}", level + 1)?;
            }
            _ => write!(f, "{layer} {number}")?,
        }
        write!(f, ", statement {}", place.statement + 1)?;
        match sid {
            Some(sid) if !sid.is_empty() => write!(f, " `{sid}`"),
            _ => Ok(()),
        }
    }
}

struct Quoted<'a>(&'a [String]);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        const SHOWN: usize = 8;
        for (at, text) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}`{text}`", if at == 0 { "" } else { ", " })?;
        }
        match self.0.len().checked_sub(SHOWN) {
            Some(more) if more > 0 => write!(f, " and {more} more"),
            _ => Ok(()),
        }
    }
}

impl Display for Mismatch {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let listed = |f: &mut Formatter<'_>, by: &str, list: &[String], what: &str| {
            let relation = if by.starts_with("Not") {
                "is excluded by"
            } else {
                "is not among"
            };
            if list.is_empty() {
                return write!(f, "`{what}` is not meant: the list is empty");
            }
            write!(f, "`{what}` {relation} {}", Quoted(list))
        };
        match self {
            Self::Principal {
                listed_by: Some(by),
                is_misplaced: true,
                ..
            } => write!(
                f,
                "principal: a policy of a caller cannot have a `{by}` (IAM refuses it), so the statement never applies"
            ),
            Self::Principal {
                listed_by: None,
                listed: names,
                requested,
                ..
            } if names.is_empty() => {
                write!(
                    f,
                    "principal: the statement names none, so it does not reach `{requested}`"
                )
            }
            Self::Principal {
                listed_by,
                listed: names,
                requested,
                ..
            } => {
                f.write_str("principal: ")?;
                listed(f, listed_by.unwrap_or("Principal"), names, requested)
            }
            Self::Action {
                listed_by,
                listed: patterns,
                requested,
            } => {
                f.write_str("action: ")?;
                listed(f, listed_by, patterns, requested)
            }
            Self::Resource {
                listed_by: None,
                requested,
                ..
            } => {
                write!(
                    f,
                    "resource: the statement names none, so it does not reach `{requested}`"
                )
            }
            Self::Resource {
                listed_by: Some(by),
                listed: patterns,
                requested,
            } => {
                f.write_str("resource: ")?;
                listed(f, by, patterns, requested)
            }
            Self::Condition {
                operator,
                key,
                wanted,
                found,
            } => {
                write!(f, "condition: `{operator}` on `{key}` wants {}", Quoted(wanted))?;
                if found.is_empty() {
                    f.write_str(", and the request does not carry that key")
                } else {
                    write!(f, ", and the request has {}", Quoted(found))
                }
            }
        }
    }
}

impl Explanation {
    fn report(&self, layer: Layer, place: StatementRef) -> Option<&StatementReport> {
        self.statements
            .iter()
            .find(|report| report.layer == layer && report.place == place)
    }

    fn headline(&self, f: &mut Formatter<'_>) -> Result {
        let word = match self.decision {
            Decision::Allow => "allow",
            Decision::ExplicitDeny => "explicit deny",
            Decision::ImplicitDeny => "implicit deny",
        };
        write!(f, "{word}: ")?;
        match self.by {
            Decider::Statement(layer, place) => {
                let sid = self.report(layer, place).and_then(|report| report.sid.as_deref());
                let verb = if self.decision.is_allowed() {
                    "allows"
                } else {
                    "denies"
                };
                write!(
                    f,
                    "{} {verb} `{}` on `{}`",
                    Place(layer, place, sid),
                    self.action,
                    self.resource
                )
            }
            Decider::Missing(layer) => {
                write!(f, "no {layer} allows `{}` on `{}`", self.action, self.resource)
            }
            Decider::Rule(rule) => write!(f, "`{}`: {rule}", self.action),
        }
    }
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.headline(f)?;
        f.write_str("\n")?;
        for report in &self.statements {
            let place = Place(report.layer, report.place, report.sid.as_deref());
            let verb = if report.mismatches.is_empty() {
                "applies"
            } else {
                "does not apply"
            };
            writeln!(f, "  {place} ({}) {verb}", report.effect.as_str())?;
            for mismatch in &report.mismatches {
                writeln!(f, "    {mismatch}")?;
            }
        }
        for remark in &self.remarks {
            writeln!(
                f,
                "  note: {}: {}",
                Place(remark.layer, remark.place, None),
                remark.message
            )?;
        }
        Ok(())
    }
}
