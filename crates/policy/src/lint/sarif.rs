//! Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0, which code hosts and editors read.

use serde_json::{Value, json};

use super::{Access, Code, Finding, Linter, Origin, Severity};
use crate::{Position, Span};

const CHECKS: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html";

/// A document that was linted: where it is from, what stood there, what was found
/// ([`Linter::lint_with_suppressed`] tells of suppressions too).
#[derive(Clone, Copy, Debug)]
pub struct SarifFile<'a> {
    /// Its path or URL, as results are to name it.
    pub uri: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The findings of this text.
    pub findings: &'a [Finding],
    /// The linter that found them.
    pub linter: &'a Linter<'a>,
}

/// One run of the linter over these files, as a SARIF log. Fixes that keep access as it is come with it.
///
/// ```
/// use bucketline_policy::lint::{Linter, PolicyType, SarifFile, sarif};
///
/// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"}]}"#;
/// let linter = Linter::new(PolicyType::Identity);
/// let findings = linter.lint_with_suppressed(text);
/// let log = sarif(&[SarifFile { uri: "role.json", text, findings: &findings, linter: &linter }]);
/// assert_eq!(log["version"], "2.1.0");
/// assert_eq!(log["runs"][0]["results"][0]["ruleId"], "PASS_ROLE_WITH_STAR_IN_RESOURCE");
/// ```
#[must_use]
pub fn sarif(files: &[SarifFile<'_>]) -> Value {
    let mut rules: Vec<&'static Code> = Vec::new();
    let mut results = Vec::new();
    for file in files {
        for finding in file.findings {
            let at = rules.iter().position(|rule| rule.name() == finding.code());
            let at = at.unwrap_or_else(|| {
                rules.push(finding.rule());
                rules.len() - 1
            });
            results.push(result(file, finding, at));
        }
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "bucketline-policy",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "informationUri": env!("CARGO_PKG_REPOSITORY"),
                "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: &Code) -> Value {
    let mut rule = json!({
        "id": code.name(),
        "shortDescription": {"text": code.why()},
        "defaultConfiguration": {"level": level(code.severity())},
        "properties": {"severity": code.severity().as_str()},
    });
    if code.origin() == Origin::Aws
        && let Some(rule) = rule.as_object_mut()
    {
        rule.insert("helpUri".to_owned(), CHECKS.into());
    }
    rule
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::SecurityWarning | Severity::Warning => "warning",
        Severity::Suggestion => "note",
    }
}

fn result(file: &SarifFile<'_>, finding: &Finding, rule: usize) -> Value {
    let location = json!({"uri": file.uri});
    let mut result = json!({
        "ruleId": finding.code(),
        "ruleIndex": rule,
        "level": level(finding.severity()),
        "message": {"text": finding.message()},
        "locations": [{
            "physicalLocation": {"artifactLocation": location, "region": region(file.text, finding.span())},
            "logicalLocations": [{"fullyQualifiedName": finding.pointer(), "kind": "value"}],
        }],
    });
    let Some(members) = result.as_object_mut() else {
        return result;
    };
    if let Some(reason) = finding.suppression() {
        members.insert(
            "suppressions".to_owned(),
            json!([{"kind": "inSource", "justification": reason}]),
        );
    }
    let kept = file
        .linter
        .access(file.text, finding)
        .is_some_and(|access: Access| access.is_kept());
    if kept {
        let replacements = finding.fix().iter().map(|edit| {
            json!({
                "deletedRegion": region(file.text, edit.span()),
                "insertedContent": {"text": edit.replacement()},
            })
        });
        let fix = json!([{
            "description": {"text": "access stays as it is"},
            "artifactChanges": [{
                "artifactLocation": location,
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        }]);
        members.insert("fixes".to_owned(), fix);
    }
    result
}

/// Lines and columns from 1; the end is one past the last character.
fn region(text: &str, span: Span) -> Value {
    let Position { line, column } = span.position(text);
    let end = Span::new(span.end(), span.end()).position(text);
    json!({"startLine": line, "startColumn": column, "endLine": end.line, "endColumn": end.column})
}
