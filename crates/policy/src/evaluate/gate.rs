//! A cheap question before the dear ones: can this statement be about that resource at all? Only ever says a sure no.

use super::Resource;
use crate::document::ResourceElement;

/// How much of a prefix is kept beside the statement itself.
const ROOM: usize = 39;

/// The plain text that every resource of a statement begins with, as far as there is room.
///
/// It holds its text itself, so that going through a long policy touches no further memory for the statements that are
/// about something else.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    len: u8,
    bytes: [u8; ROOM],
}

impl Gate {
    pub(super) fn of(element: Option<&ResourceElement>) -> Self {
        let common = match element {
            Some(ResourceElement::Resource(patterns)) => {
                patterns.iter().map(|pattern| plain_head(pattern)).reduce(shared)
            }
            Some(ResourceElement::NotResource(_)) | None => None,
        };
        let mut gate = Self {
            len: 0,
            bytes: [0; ROOM],
        };
        for (place, byte) in gate.bytes.iter_mut().zip(common.unwrap_or_default()) {
            *place = *byte;
            gate.len += 1;
        }
        gate
    }

    /// `false` only when no pattern of the statement can match.
    #[inline]
    pub(super) fn may_match(&self, resource: &Resource) -> bool {
        let len = usize::from(self.len);
        match (resource.as_str().as_bytes().get(..len), self.bytes.get(..len)) {
            (Some(head), Some(wanted)) => head == wanted,
            _ => false,
        }
    }
}

/// Everything before the first character that could be more than itself.
fn plain_head(pattern: &str) -> &[u8] {
    pattern
        .split(['*', '?', '$'])
        .next()
        .unwrap_or_default()
        .as_bytes()
}

fn shared<'a>(a: &'a [u8], b: &[u8]) -> &'a [u8] {
    let len = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    a.get(..len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Gate;
    use crate::Resource;
    use crate::document::{List, ResourceElement};

    fn passes(patterns: &[&str], resource: &str) -> bool {
        let list = List::many(patterns.iter().map(|text| (*text).to_owned()));
        Gate::of(Some(&ResourceElement::Resource(list))).may_match(&Resource::from(resource))
    }

    #[test]
    fn only_a_sure_no_is_said() {
        assert!(passes(&["*"], "*"));
        assert!(passes(&["arn:aws:s3:::b/*"], "arn:aws:s3:::b/k"));
        assert!(!passes(&["arn:aws:s3:::b/*"], "arn:aws:s3:::c/k"));
        assert!(!passes(&["arn:aws:s3:::b/*"], "arn:aws:s3:::"));
        assert!(
            passes(&["arn:aws:s3:::b/*", "arn:aws:s3:::c"], "arn:aws:s3:::d"),
            "may, by what they share"
        );
        assert!(!passes(
            &["arn:aws:s3:::b/*", "arn:aws:s3:::c"],
            "arn:aws:sqs:us-east-1:123456789012:q"
        ));
        assert!(passes(&["arn:aws:s3:::${$}x"], "arn:aws:s3:::$x"));
        assert!(passes(&["arn:aws:sqs"], "arn:aws:sqs:us-east-1:123456789012:q"));
        let long = format!("arn:aws:s3:::{}", "a".repeat(60));
        assert!(passes(&[&long], &long));
        assert!(
            passes(&[&format!("{long}b")], &format!("{long}c")),
            "beyond the room nothing is known"
        );
        assert!(Gate::of(None).may_match(&Resource::any()));
    }
}
