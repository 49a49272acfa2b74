//! A partial answer for people.

use std::fmt;

use super::{Answer, Demand, Partial, Remaining};
use crate::evaluate::Place;

impl fmt::Display for Partial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.answer {
            Answer::Decided(decision) => return writeln!(f, "{decision}: whatever is not known"),
            Answer::Refused => return writeln!(f, "Deny: whatever is not known; whether explicitly depends"),
            Answer::Depends => {}
        }
        match self.allowed_when.as_deref() {
            Some([only]) => writeln!(f, "depends: allowed where {}", joined(only))?,
            Some(several) => {
                writeln!(f, "depends: allowed in each of these cases, and else refused")?;
                for demands in several {
                    writeln!(f, "  where {}", joined(demands))?;
                }
            }
            None => writeln!(f, "depends, on too many conditions to say the cases")?,
        }
        for statement in &self.statements {
            let place = Place(statement.layer, statement.place, statement.sid.as_deref());
            writeln!(
                f,
                "  {place} ({}) applies where {}",
                statement.effect.as_str(),
                joined(&statement.remaining)
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Remaining {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Condition {
                operator,
                key,
                values,
            } => write!(f, "`{key}` {operator} `{}`", values.join("`, `")),
            Self::Resource { listed } => write!(f, "the resource matches `{}`", listed.join("`, `")),
        }
    }
}

fn joined(demands: &[Demand]) -> String {
    let each = demands.iter().map(|demand| match demand.holds {
        true => demand.remaining.to_string(),
        false => format!("not ({})", demand.remaining),
    });
    each.collect::<Vec<_>>().join(" and ")
}
