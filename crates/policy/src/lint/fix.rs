//! Edits to a text, and their application: on their own where access stays what it is, by name where it does not.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::{Access, Finding, Linter};
use crate::Span;
use crate::document::Document;
use crate::json::{self, Node};

/// Replaces the bytes of a span by other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    span: Span,
    replacement: String,
}

impl TextEdit {
    pub(super) fn replace(span: Span, replacement: impl Into<String>) -> Self {
        Self {
            span,
            replacement: replacement.into(),
        }
    }

    /// Writes another JSON string over this one.
    pub(super) fn string(span: Span, text: &str) -> Self {
        Self::replace(span, quoted(text))
    }

    pub(super) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::replace(Span::new(at, at), text)
    }

    fn delete(start: usize, end: usize) -> Self {
        Self::replace(Span::new(start, end), "")
    }

    /// The bytes that are replaced. Empty: text is inserted before them.
    #[must_use]
    pub fn span(&self) -> Span {
        self.span
    }

    /// What is written there.
    #[must_use]
    pub fn replacement(&self) -> &str {
        &self.replacement
    }
}

/// As `{start, end, replacement}`.
impl Serialize for TextEdit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("TextEdit", 3)?;
        out.serialize_field("start", &self.span.start())?;
        out.serialize_field("end", &self.span.end())?;
        out.serialize_field("replacement", &self.replacement)?;
        out.end()
    }
}

/// The text as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The edits that take the marked items out of an array, one for each, none touching another; nothing where no item
/// would be left.
pub(super) fn removals(items: &[Node], gone: &[bool]) -> Vec<Option<TextEdit>> {
    let stays = |at: usize| gone.get(at) == Some(&false);
    let first_kept = (0..items.len()).find(|at| stays(*at));
    let edit = |at: usize| {
        if stays(at) {
            return None;
        }
        let item = items.get(at)?.span;
        // With the comma after it when only removed items come before, and with the comma before it otherwise.
        if at < first_kept? {
            Some(TextEdit::delete(item.start(), items.get(at + 1)?.span.start()))
        } else {
            Some(TextEdit::delete(
                items.get(at.checked_sub(1)?)?.span.end(),
                item.end(),
            ))
        }
    };
    (0..items.len()).map(edit).collect()
}

/// What [`Linter::fix`] made of a text.
#[derive(Clone, Debug)]
pub struct Fixed {
    text: String,
    applied: Vec<Applied>,
    findings: Vec<Finding>,
}

/// One finding whose edits were made.
#[derive(Clone, Debug)]
pub struct Applied {
    finding: Finding,
    access: Access,
}

impl Fixed {
    /// The text as it is now.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What was put right. Places are those of the text at that moment.
    #[must_use]
    pub fn applied(&self) -> &[Applied] {
        &self.applied
    }

    /// The findings that are left.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl Applied {
    /// What was found.
    #[must_use]
    pub fn finding(&self) -> &Finding {
        &self.finding
    }

    /// What the edits did to access.
    #[must_use]
    pub fn access(&self) -> &Access {
        &self.access
    }
}

/// Fixes may uncover others, or have been left out because they touch: a few rounds settle it.
const ROUNDS: usize = 8;

/// Proofs one by one, where one for all edits together fails.
const PROOFS: usize = 128;

/// Where AWS refuses a document, these are mended if a word is right but for its case.
const SPELLING: [&str; 3] = [
    "INVALID_EFFECT",
    "INVALID_POLICY_ELEMENT",
    "INVALID_PRINCIPAL_KEY",
];

impl Linter<'_> {
    /// Makes every edit that keeps access as it is, which [`compare`](crate::compare) proves, and those that mend spelling in
    /// a document that AWS refuses. Of the findings whose codes are named, makes the edits that change access too.
    ///
    /// ```
    /// use bucketline_policy::lint::{Linter, PolicyType};
    ///
    /// let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
    ///     "Action":["s3:GetObject","s3:Get*"],"Resource":"arn:aws:s3:::acme"}]}"#;
    /// let linter = Linter::new(PolicyType::Identity);
    /// let fixed = linter.fix(text, &[]);
    /// assert!(fixed.text().contains(r#""Action":["s3:Get*"]"#));
    /// // That objects were meant, and not the bucket, would be a grant, and is said, not done.
    /// assert!(fixed.text().contains(r#""arn:aws:s3:::acme""#));
    /// ```
    #[must_use]
    pub fn fix(&self, text: &str, also: &[&str]) -> Fixed {
        let mut fixed = Fixed {
            text: text.to_owned(),
            applied: Vec::new(),
            findings: self.lint(text),
        };
        let mut proofs = PROOFS;
        for _ in 0..ROUNDS {
            let findings = fixed.findings.clone();
            let before = fixed.text.clone();
            self.round(&mut fixed, &findings, also, &mut proofs);
            if fixed.text == before {
                break;
            }
            fixed.findings = self.lint(&fixed.text);
        }
        fixed
    }

    /// What the finding's edits would do to access; nothing where it has none. The text is the one that was linted.
    #[must_use]
    pub fn access(&self, text: &str, finding: &Finding) -> Option<Access> {
        let after = apply(text, &[finding]);
        (after != text).then(|| self.judged(text, finding, &after))
    }

    fn judged(&self, before: &str, finding: &Finding, after: &str) -> Access {
        match Access::of(self.policy_type, before, after) {
            Access::Accepted | Access::Unknown
                if SPELLING.contains(&finding.code()) && Document::parse(before).is_err() =>
            {
                Access::Spelling
            }
            access => access,
        }
    }

    fn round(&self, fixed: &mut Fixed, findings: &[Finding], also: &[&str], proofs: &mut usize) {
        let open: Vec<&Finding> = findings
            .iter()
            .filter(|finding| !finding.fix.is_empty())
            .collect();
        // What is asked for by name is done on its own, so that what it changes is told on its own.
        let (named, rest): (Vec<&Finding>, Vec<&Finding>) = open
            .into_iter()
            .partition(|finding| also.contains(&finding.code()));
        let rest = apart(rest);
        let together = apply(&fixed.text, &rest);
        if together != fixed.text
            && matches!(Access::of(self.policy_type, &fixed.text, &together), Access::Same)
        {
            fixed.text = together;
            fixed.applied.extend(rest.into_iter().map(|finding| Applied {
                finding: finding.clone(),
                access: Access::Same,
            }));
            return;
        }
        // One after another: two edits that each keep access can lose something together.
        let mut kept: Vec<&Finding> = Vec::new();
        let mut text = fixed.text.clone();
        for finding in rest {
            if *proofs == 0 {
                break;
            }
            *proofs -= 1;
            kept.push(finding);
            let next = apply(&fixed.text, &kept);
            let access = self.judged(&text, finding, &next);
            if access.is_kept() && next != text {
                text = next;
                fixed.applied.push(Applied {
                    finding: finding.clone(),
                    access,
                });
            } else {
                kept.pop();
            }
        }
        if let Some(finding) = named
            .into_iter()
            .find(|f| !kept.iter().any(|other| touch(f, other)))
        {
            kept.push(finding);
            let next = apply(&fixed.text, &kept);
            fixed.applied.push(Applied {
                finding: finding.clone(),
                access: self.judged(&text, finding, &next),
            });
            text = next;
        }
        fixed.text = text;
    }
}

/// Without those that touch an earlier one; the next round has them.
fn apart(findings: Vec<&Finding>) -> Vec<&Finding> {
    let mut kept: Vec<&Finding> = Vec::new();
    for finding in findings {
        if !kept.iter().any(|other| touch(finding, other)) {
            kept.push(finding);
        }
    }
    kept
}

fn touch(a: &Finding, b: &Finding) -> bool {
    a.fix
        .iter()
        .any(|edit| b.fix.iter().any(|other| overlap(edit.span, other.span)))
}

/// The text with the edits of these findings, which do not touch. What comes out is JSON if the text was.
fn apply(text: &str, findings: &[&Finding]) -> String {
    let mut edits: Vec<&TextEdit> = findings.iter().flat_map(|finding| &finding.fix).collect();
    edits.sort_by_key(|edit| (edit.span.start(), edit.span.end()));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let Some(kept) = text.get(at..edit.span.start()) else {
            return text.to_owned();
        };
        out.push_str(kept);
        out.push_str(&edit.replacement);
        at = edit.span.end();
    }
    out.push_str(text.get(at..).unwrap_or_default());
    let sound = json::read(&out).error.is_none() || json::read(text).error.is_some();
    if sound { out } else { text.to_owned() }
}

fn overlap(a: Span, b: Span) -> bool {
    let (first, second) = if a <= b { (a, b) } else { (b, a) };
    first.end() > second.start() || first == second
}

#[cfg(test)]
mod tests {
    use super::{TextEdit, removals};
    use crate::json;

    /// The array without the items marked `x`.
    fn without(array: &str, marks: &str) -> String {
        let root = json::read(array).root.unwrap();
        let gone: Vec<bool> = marks.chars().map(|mark| mark == 'x').collect();
        let mut text = array.to_owned();
        let edits: Vec<TextEdit> = removals(root.items(), &gone).into_iter().flatten().collect();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.range(), &edit.replacement);
        }
        text
    }

    #[test]
    fn items_leave_with_their_commas() {
        for (marks, left) in [
            ("...", "[ 1 , 2, 3 ]"),
            ("x..", "[ 2, 3 ]"),
            (".x.", "[ 1, 3 ]"),
            ("..x", "[ 1 , 2 ]"),
            ("xx.", "[ 3 ]"),
            ("x.x", "[ 2 ]"),
            (".xx", "[ 1 ]"),
            ("xxx", "[ 1 , 2, 3 ]"),
        ] {
            assert_eq!(without("[ 1 , 2, 3 ]", marks), left, "{marks}");
        }
    }
}
