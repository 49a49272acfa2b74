//! Gathers what the rules find, and puts it in order. Judges nothing.

use std::cmp::Ordering;

use super::policy::Policy;
use super::suppression::Suppression;
use super::{Code, Finding, Linter, Origin, TextEdit, Vocabulary, codes, rules};
use crate::json::{Node, Value};
use crate::{Position, Span};

pub(super) struct Report<'l> {
    linter: &'l Linter<'l>,
    findings: Vec<Finding>,
}

impl<'l> Report<'l> {
    pub(super) fn new(linter: &'l Linter<'l>) -> Self {
        Self {
            linter,
            findings: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, code: &'static Code, span: Span, message: impl Into<String>) {
        self.add_with_fix(code, span, message, Vec::new());
    }

    pub(super) fn add_with_fix(
        &mut self,
        code: &'static Code,
        span: Span,
        message: impl Into<String>,
        fix: impl IntoIterator<Item = TextEdit>,
    ) {
        if !self.reports(code) {
            return;
        }
        self.findings.push(Finding {
            code,
            span,
            position: Position { line: 1, column: 1 },
            pointer: String::new(),
            message: message.into(),
            fix: fix.into_iter().collect(),
            suppression: None,
        });
    }

    /// `broken` is where the text stopped being JSON: what reaches that far was not understood, so only findings about
    /// what lies wholly before it are kept.
    pub(super) fn finish(mut self, policy: &Policy<'_>, broken: Option<Span>) -> Vec<Finding> {
        if let Some(broken) = broken {
            self.findings
                .retain(|finding| finding.span == broken || finding.span.end() < broken.start());
        }
        self.findings.sort_by(in_order);
        self.findings
            .dedup_by(|a, b| a.code == b.code && a.span == b.span);
        let (mut walk, root) = (Lines::new(policy.text), policy.root);
        for finding in &mut self.findings {
            finding.position = walk.to(finding.span.start());
            finding.pointer = root.map_or_else(String::new, |root| pointer(root, finding.span));
        }
        self.suppress(policy);
        self.findings
    }

    /// Marks what the document says not to be told, and tells of what it says in vain.
    fn suppress(&mut self, policy: &Policy<'_>) {
        let Some(id) = policy.member("Id") else { return };
        let mut in_vain = Vec::new();
        for suppression in Suppression::all_in(id.value.as_str().unwrap_or_default()) {
            let mut used = false;
            for finding in self.findings.iter_mut().filter(|f| suppression.is_about(f)) {
                used = true;
                finding.suppression = Some(suppression.0.reason.to_owned());
            }
            // A code that is left out, or of a vocabulary that is not asked for, cannot be found.
            if !used && (!suppression.counts() || self.is_wanted(suppression.0.code)) {
                in_vain.push(rules::in_vain(&suppression));
            }
        }
        for (code, message) in in_vain {
            let before = self.findings.len();
            self.add(code, id.value.span, message);
            if let Some(finding) = self.findings.get_mut(before) {
                finding.position = id.value.span.position(policy.text);
                "/Id".clone_into(&mut finding.pointer);
            }
        }
        self.findings.sort_by(in_order);
    }

    fn is_wanted(&self, name: &str) -> bool {
        codes().any(|code| code.name == name && self.reports(code))
    }

    fn reports(&self, code: &Code) -> bool {
        let wanted = match self.linter.vocabulary {
            Vocabulary::AccessAnalyzer => code.origin == Origin::Aws,
            Vocabulary::Security => code.origin != Origin::Export,
            #[cfg(feature = "exporter")]
            Vocabulary::Export => true,
        };
        wanted && !self.linter.without.iter().any(|name| name == code.name)
    }
}

fn in_order(a: &Finding, b: &Finding) -> Ordering {
    let key = |f: &Finding| (f.span.start(), f.code.severity, f.code.name, f.span.end());
    key(a).cmp(&key(b))
}

/// The JSON pointer (RFC 6901) of the innermost value that holds the span; a key stands for its value.
fn pointer(root: &Node, span: Span) -> String {
    let mut pointer = String::new();
    let mut node = root;
    // Members and items stand in the order of the text.
    loop {
        let (step, next) = match &node.value {
            Value::Object(members) => {
                let at = members.partition_point(|member| member.value.span.end() < span.end());
                let Some(member) = members.get(at).filter(|m| m.key_span.start() <= span.start()) else {
                    return pointer;
                };
                (member.key.replace('~', "~0").replace('/', "~1"), &member.value)
            }
            Value::Array(items) => {
                let at = items.partition_point(|item| item.span.end() < span.end());
                let Some(item) = items.get(at).filter(|item| item.span.start() <= span.start()) else {
                    return pointer;
                };
                (at.to_string(), item)
            }
            _ => return pointer,
        };
        pointer.push('/');
        pointer.push_str(&step);
        node = next;
    }
}

/// Finds positions in rising order without reading the text again for each.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    position: Position,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let position = Span::new(0, 0).position(text);
        Self {
            text,
            at: 0,
            position,
        }
    }

    fn to(&mut self, offset: usize) -> Position {
        for c in self.text.get(self.at..offset).unwrap_or_default().chars() {
            if c == '\n' {
                self.position.line += 1;
                self.position.column = 1;
            } else {
                self.position.column += 1;
            }
        }
        self.at = self.at.max(offset.min(self.text.len()));
        self.position
    }
}

#[cfg(test)]
mod tests {
    use super::pointer;
    use crate::Span;
    use crate::json;

    #[test]
    fn places_as_pointers() {
        let text = r#"{"Statement": [{"A/~": ["x", {"b": 7}]}, "y"]}"#;
        let root = json::read(text).root.unwrap();
        for (part, expected) in [
            ("7", "/Statement/0/A~1~0/1/b"),
            ("\"b\"", "/Statement/0/A~1~0/1/b"),
            ("\"x\"", "/Statement/0/A~1~0/0"),
            ("\"A/~\"", "/Statement/0/A~1~0"),
            ("\"y\"", "/Statement/1"),
            ("\"Statement\"", "/Statement"),
            (text, ""),
        ] {
            let at = text.find(part).unwrap();
            assert_eq!(pointer(&root, Span::new(at, at + part.len())), expected, "{part}");
        }
    }
}
