//! Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0, which code hosts and editors read.

use serde_json::{Value, json};

use super::{Access, Code, Finding, Linter, Origin, Severity};
use crate::sarif;

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
    sarif::log(rules.into_iter().map(rule).collect(), results)
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
    let mut result = json!({
        "ruleId": finding.code(),
        "ruleIndex": rule,
        "level": level(finding.severity()),
        "message": {"text": finding.message()},
        "locations": sarif::location(file.uri, sarif::region(file.text, finding.span()), finding.pointer(), "value"),
    });
    sarif::suppress(&mut result, finding.suppression());
    let Some(members) = result.as_object_mut() else {
        return result;
    };
    let kept = file
        .linter
        .access(file.text, finding)
        .is_some_and(|access: Access| access.is_kept());
    if kept {
        let replacements = finding.fix().iter().map(|edit| {
            json!({
                "deletedRegion": sarif::region(file.text, edit.span()),
                "insertedContent": {"text": edit.replacement()},
            })
        });
        let fix = json!([{
            "description": {"text": "access stays as it is"},
            "artifactChanges": [{
                "artifactLocation": {"uri": file.uri},
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        }]);
        members.insert("fixes".to_owned(), fix);
    }
    result
}
