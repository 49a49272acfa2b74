//! The form of a request, and the constraints that its API model puts on it.

use s3s::S3Result;

use super::refuse;
use crate::query;

/// The parameters of a request, in order.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(crate) fn read(body: &[u8]) -> Self {
        Self(
            std::str::from_utf8(body)
                .map(|text| query::pairs(text).collect())
                .unwrap_or_default(),
        )
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// The names, as sent.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// What a text parameter must be.
///
/// Source: AssumeRole, "Request Parameters", STS API reference.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Constraint {
    pub(crate) member: &'static str,
    pub(crate) min: usize,
    pub(crate) max: usize,
    /// Letters and digits, and these; `None` allows everything.
    pub(crate) also: Option<&'static str>,
}

impl Constraint {
    pub(crate) fn check(self, value: Option<&str>) -> S3Result<()> {
        let Some(value) = value else {
            return Err(self.violated("null", "Member must not be null"));
        };
        let length = value.chars().count();
        if length < self.min {
            return Err(self.violated(
                value,
                &format!("Member must have length greater than or equal to {}", self.min),
            ));
        }
        if length > self.max {
            return Err(self.violated(
                value,
                &format!("Member must have length less than or equal to {}", self.max),
            ));
        }
        let fits = |also: &str| {
            value
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || also.contains(c))
        };
        match self.also.filter(|also| !fits(also)) {
            Some(also) => {
                let pattern = format!("[\\w{}]*", also.trim_start_matches('_'));
                Err(self.violated(
                    value,
                    &format!("Member must satisfy regular expression pattern: {pattern}"),
                ))
            }
            None => Ok(()),
        }
    }

    fn violated(self, value: &str, constraint: &str) -> s3s::S3Error {
        violated(self.member, value, constraint)
    }
}

/// AWS's wording of a parameter that is not what it must be.
pub(crate) fn violated(member: &str, value: &str, constraint: &str) -> s3s::S3Error {
    let message = format!(
        "1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}"
    );
    refuse(400, "ValidationError", message)
}
