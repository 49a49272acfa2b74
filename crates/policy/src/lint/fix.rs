//! Edits to a text, and their application. Knows spans, not what an edit is good for.

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use super::Finding;
use crate::Span;
use crate::json::{self, Node};

/// Replaces the bytes of a span by other text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    span: Span,
    replacement: String,
}

impl Edit {
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
impl Serialize for Edit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("Edit", 3)?;
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
pub(super) fn removals(items: &[Node], gone: &[bool]) -> Vec<Option<Edit>> {
    let stays = |at: usize| gone.get(at) == Some(&false);
    let first_kept = (0..items.len()).find(|at| stays(*at));
    let edit = |at: usize| {
        if stays(at) {
            return None;
        }
        let item = items.get(at)?.span;
        // With the comma after it when only removed items come before, and with the comma before it otherwise.
        if at < first_kept? {
            Some(Edit::delete(item.start(), items.get(at + 1)?.span.start()))
        } else {
            Some(Edit::delete(
                items.get(at.checked_sub(1)?)?.span.end(),
                item.end(),
            ))
        }
    };
    (0..items.len()).map(edit).collect()
}

/// The text with the fixes of these findings. A fix that touches an earlier one is left out: lint the result again.
///
/// The findings must be those of this very text. What comes out is JSON if the text was.
#[must_use]
pub fn apply_fixes(text: &str, findings: &[Finding]) -> String {
    let mut edits: Vec<&Edit> = Vec::new();
    for finding in findings {
        let touches = |edit: &Edit| edits.iter().any(|other| overlap(edit.span, other.span));
        if !finding.fix.iter().any(touches) {
            edits.extend(&finding.fix);
        }
    }
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
    use super::{Edit, removals};
    use crate::json;

    /// The array without the items marked `x`.
    fn without(array: &str, marks: &str) -> String {
        let root = json::read(array).root.unwrap();
        let gone: Vec<bool> = marks.chars().map(|mark| mark == 'x').collect();
        let mut text = array.to_owned();
        let edits: Vec<Edit> = removals(root.items(), &gone).into_iter().flatten().collect();
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
