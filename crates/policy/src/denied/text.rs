//! A diagnosis as lines for a person.

use std::fmt::{Display, Formatter, Result};

use super::diagnosis::{Agreement, Diagnosis, Step};
use super::message::{Denial, DeniedBy};
use super::untold;
use crate::required_permissions;

impl Display for Denial {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match (self.principal(), self.action()) {
            (None, None) => f.write_str("access denied, and not to whom nor for what")?,
            (principal, action) => {
                match principal {
                    Some(principal) => write!(f, "`{principal}`")?,
                    None => f.write_str("somebody")?,
                }
                f.write_str(" may not do ")?;
                match action {
                    Some(action) => write!(f, "`{action}`")?,
                    None => f.write_str("something")?,
                }
            }
        }
        if let Some(resource) = self.resource() {
            write!(f, " on `{resource}`")?;
        }
        match self.cause() {
            Some(cause) if cause.is_explicit => {
                let name = cause.by.map_or("policy", DeniedBy::as_str);
                let article = if name.starts_with('i') { "an" } else { "a" };
                write!(f, ": {article} {name} denies it")?;
            }
            Some(cause) => {
                let name = cause.by.map_or("policy", DeniedBy::as_str);
                write!(f, ": no {name} allows it")?;
            }
            None => {}
        }
        if let Some(policy) = self.cause().and_then(|cause| cause.policy.as_ref()) {
            write!(f, " (`{policy}`)")?;
        }
        Ok(())
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Self::Grant {
                layer,
                document,
                edit,
            } => {
                write!(f, "in {layer} {}, grant it: {}", document + 1, json(edit))
            }
            Self::AddStatement {
                layer: _,
                to,
                statement,
            } => write!(
                f,
                "add this statement to {to}, beside what stands there already: {}",
                json(statement)
            ),
            Self::Denied { layer, place, sid } => {
                write!(
                    f,
                    "in {layer} {}, statement {}",
                    place.document + 1,
                    place.statement + 1
                )?;
                if let Some(sid) = sid {
                    write!(f, " `{sid}`")?;
                }
                f.write_str(
                    " denies it explicitly, and no grant outweighs that: change the request so that the denial does not fit it, or \
                     have its owner narrow the denial",
                )
            }
            Self::MeetCondition {
                layer,
                place,
                condition,
            } => write!(
                f,
                "{layer} {}, statement {} grants it under a condition that the request has to meet: {condition}",
                place.document + 1,
                place.statement + 1
            ),
        }
    }
}

fn json(edit: &impl serde::Serialize) -> String {
    // INVARIANT: keys are strings and numbers finite, so serialization has nothing to fail on.
    serde_json::to_string(edit).unwrap_or_default()
}

impl Display for Diagnosis {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        writeln!(f, "the message: {}", self.denial)?;
        if let Some(id) = self.denial.request_id() {
            writeln!(
                f,
                "  request id {id}: CloudTrail has more under it, if data events are recorded"
            )?;
        }
        match self.agreement {
            Agreement::Agree => writeln!(f, "the policies at hand agree")?,
            Agreement::OtherPolicy => writeln!(
                f,
                "the policies at hand refuse it too, but for another reason: not all of those that AWS asked are here"
            )?,
            Agreement::Allowed => writeln!(
                f,
                "the policies at hand allow it: a policy that is not here refused it, or the request had other \
                 context keys than were given"
            )?,
            Agreement::NotAsked
                if self
                    .denial
                    .request()
                    .is_some_and(|told| untold::can_be_asked(&told)) =>
            {
                writeln!(f, "no policies are at hand, so none were asked")?;
            }
            Agreement::NotAsked => {
                let untold = match (self.denial.principal(), self.denial.action()) {
                    (Some(caller), Some(_)) if untold::is_caller_masked(caller) => "the caller's account",
                    (Some(_), Some(_)) => "the resource's ARN",
                    _ => "caller and action",
                };
                writeln!(
                    f,
                    "the message does not tell {untold}, so the policies were not asked"
                )?;
                if let Some(operation) = self.denial.operation() {
                    let actions: Vec<String> = required_permissions(operation, &[])
                        .iter()
                        .map(|permission| format!("`{}`", permission.action))
                        .collect();
                    writeln!(f, "  `{operation}` needs {}", actions.join(", "))?;
                }
            }
        }
        if let Some(explanation) = &self.explanation {
            write!(f, "{explanation}")?;
        }
        if !self.steps.is_empty() {
            writeln!(f, "to allow it:")?;
            for (at, step) in self.steps.iter().enumerate() {
                writeln!(f, "  {}. {step}", at + 1)?;
            }
        }
        for hint in &self.hints {
            writeln!(f, "note: {}", hint.text)?;
        }
        Ok(())
    }
}
