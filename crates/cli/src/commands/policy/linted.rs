//! A policy that was linted, as it is printed: its findings, and what their fixes do to access.

use bucketline_policy::Request;
use bucketline_policy::lint::{Access, Finding, Fixed, Linter};
use serde::Serialize;

use crate::command_line::Input;

/// Beyond so many, what a fix would do is not worked out.
const JUDGED: usize = 200;

#[derive(Serialize)]
pub(super) struct Linted<'a> {
    #[serde(rename = "file", serialize_with = "as_text")]
    pub(super) input: &'a Input,
    #[serde(skip)]
    pub(super) text: String,
    /// What was put right.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    applied: Vec<Told>,
    pub(super) findings: Vec<Told>,
    /// What the policy itself says is known and meant.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressed: Vec<Finding>,
}

/// One finding, and what its fix does to access.
#[derive(Serialize)]
pub(super) struct Told {
    #[serde(flatten)]
    pub(super) finding: Finding,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "access")]
    access: Option<Access>,
}

impl<'a> Linted<'a> {
    pub(super) fn new(input: &'a Input, text: String, linter: &Linter<'_>) -> Self {
        let (findings, suppressed) = found(linter, &text);
        Self {
            input,
            text,
            applied: Vec::new(),
            findings,
            suppressed,
        }
    }

    pub(super) fn fixed(input: &'a Input, fixed: &Fixed, linter: &Linter<'_>) -> Self {
        let applied = fixed.applied().iter().map(|applied| Told {
            finding: applied.finding().clone(),
            access: Some(applied.access().clone()),
        });
        Self {
            applied: applied.collect(),
            ..Self::new(input, fixed.text().to_owned(), linter)
        }
    }

    /// For a person, a line each.
    pub(super) fn lines(&self) -> Vec<String> {
        let input = self.input;
        let mut lines = Vec::new();
        for Told { finding, access } in &self.applied {
            lines.push(format!(
                "{input}: fixed {}: {}",
                finding.code(),
                finding.message()
            ));
            lines.extend(access.as_ref().and_then(changed).map(|what| format!("  {what}")));
        }
        for Told { finding, access } in &self.findings {
            lines.push(format!("{input}:{finding}"));
            lines.push(format!("  why: {}", finding.why()));
            let code = finding.code();
            match access {
                None => {}
                Some(access) if access.is_kept() => lines.push("  fix: `--fix` puts it right".to_owned()),
                Some(access) => {
                    let what = changed(access).unwrap_or_default();
                    lines.push(format!("  suggestion: `--fix={code}` rewrites it, and {what}"));
                }
            }
        }
        if !self.suppressed.is_empty() {
            let codes: Vec<&str> = self.suppressed.iter().map(Finding::code).collect();
            lines.push(format!(
                "{input}: left out, as its `Id` says: {}",
                codes.join(", ")
            ));
        }
        lines
    }
}

/// What is to be told, and what the policy suppresses.
fn found(linter: &Linter<'_>, text: &str) -> (Vec<Told>, Vec<Finding>) {
    let (findings, suppressed): (Vec<Finding>, Vec<Finding>) = linter
        .lint_with_suppressed(text)
        .into_iter()
        .partition(|finding| finding.suppression().is_none());
    (told(linter, text, findings), suppressed)
}

fn told(linter: &Linter<'_>, text: &str, findings: Vec<Finding>) -> Vec<Told> {
    let judge = |(at, finding): (usize, Finding)| Told {
        access: match at {
            ..JUDGED => linter.access(text, &finding),
            _ if finding.fix().is_empty() => None,
            _ => Some(Access::Unknown),
        },
        finding,
    };
    findings.into_iter().enumerate().map(judge).collect()
}

/// What a fix that does not keep access does to it.
fn changed(access: &Access) -> Option<String> {
    match access {
        Access::Same | Access::Spelling => None,
        Access::Changed { lost, gained, .. } => {
            let told = |request: &Option<Box<Request>>, what: &str| {
                let request = request.as_ref()?;
                Some(format!("{what} {request}"))
            };
            let both = [told(gained, "then allows"), told(lost, "no longer allows")];
            let both: Vec<String> = both.into_iter().flatten().collect();
            Some(both.join("; "))
        }
        Access::Accepted => Some("AWS then takes the policy, which it refuses now".to_owned()),
        _ => Some("it cannot be told whether that changes what is allowed".to_owned()),
    }
}

fn as_text<S: serde::Serializer>(input: &Input, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(input)
}

/// As `same`, `spelling`, `accepted`, `unknown`, or `{"relation", "lost", "gained"}`.
fn access<S: serde::Serializer>(access: &Option<Access>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Changed<'a> {
        relation: String,
        lost: Option<&'a Request>,
        gained: Option<&'a Request>,
    }
    let word = match access {
        Some(Access::Changed {
            relation,
            lost,
            gained,
        }) => {
            let changed = Changed {
                relation: relation.to_string(),
                lost: lost.as_deref(),
                gained: gained.as_deref(),
            };
            return changed.serialize(serializer);
        }
        Some(Access::Same) => "same",
        Some(Access::Spelling) => "spelling",
        Some(Access::Accepted) => "accepted",
        _ => "unknown",
    };
    serializer.serialize_str(word)
}
