//! Compiled `Resource` and `NotResource` elements: ARNs matched segment by segment.

use crate::document::{Effect, ResourceElement};
use crate::evaluate::{Context, Resource};
use crate::pattern::{Pattern, Syntax, split_fields};

#[derive(Clone, Debug)]
pub(crate) struct ResourceMatcher {
    negated: bool,
    patterns: Box<[ArnPattern]>,
}

impl ResourceMatcher {
    /// A `NotResource` that grants and has an entry that cannot be read matches nothing: what it should leave out is not
    /// known.
    pub(in crate::evaluate) fn compile(element: &ResourceElement, effect: Effect, variables: bool) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let reach = Reach::of(element.is_negated(), effect);
        let mut patterns = Vec::new();
        for text in element.patterns() {
            let is_readable = ArnPattern::compile(text, syntax, reach, &mut patterns);
            if !is_readable && element.is_negated() && effect == Effect::Allow {
                return Self {
                    negated: false,
                    patterns: [].into(),
                };
            }
        }
        Self {
            negated: element.is_negated(),
            patterns: patterns.into(),
        }
    }

    /// Whether an entry can match anything.
    pub(crate) fn reads(text: &str) -> bool {
        let syntax = Syntax {
            wildcards: true,
            variables: false,
        };
        ArnPattern::compile(text, syntax, Reach::Segment, &mut Vec::new())
    }

    #[inline]
    pub(in crate::evaluate) fn matches(&self, resource: &Resource, context: &Context) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(resource, context))
            != self.negated
    }
}

/// How far a `*` goes that ends a segment. AWS documents that it can expand beyond colons and recommends not to rely on it
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>); which services do so
/// is not told. Whatever refuses is taken at its widest, and whatever grants at its narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Segment,
    Beyond,
}

impl Reach {
    pub(crate) fn of(is_negated: bool, effect: Effect) -> Self {
        match (is_negated, effect) {
            (false, Effect::Deny) | (true, Effect::Allow) => Self::Beyond,
            (false, Effect::Allow) | (true, Effect::Deny) => Self::Segment,
        }
    }
}

/// A resource pattern. Where all fields but the last are plain, the whole text can be compared at once.
#[derive(Clone, Debug)]
enum ArnPattern {
    Everything,
    Exact(Box<str>),
    Prefix(Box<str>),
    Segments(Box<Segments>),
}

/// Patterns for what stands between colons, behind `arn:`.
#[derive(Clone, Debug)]
struct Segments {
    heads: Box<[Segment]>,
    /// For all the rest, whose own colons are nothing special.
    last: Pattern,
}

#[derive(Clone, Debug)]
struct Segment {
    pattern: Pattern,
    /// It ends with `*`, which may then go on beyond the colon.
    crosses: bool,
}

/// What became of an attempt to match from some colon on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Attempt {
    Matches,
    /// Beginning at a later colon may succeed.
    Fails,
    /// Beginning later cannot succeed either.
    Hopeless,
}

const FIELDS: usize = 6;

impl ArnPattern {
    /// `false` for a text that can match nothing.
    fn compile(text: &str, syntax: Syntax, reach: Reach, out: &mut Vec<Self>) -> bool {
        if !text.is_empty() && text.bytes().all(|b| b == b'*') {
            out.push(Self::Everything);
            return true;
        }
        let mut fields = split_fields(text, FIELDS, syntax);
        if fields.first() != Some(&"arn") || fields.len() < 2 {
            return false;
        }
        // No variable means anything before the fifth colon, and no wildcard does in the service.
        let mut heads = fields.iter().take(FIELDS - 1);
        if heads.any(|field| field.contains("${"))
            || fields.get(2).is_some_and(|service| service.contains(['*', '?']))
        {
            return false;
        }
        // A star that ends a segment may stand for further segments, so that those written behind it can be the last
        // ones of an ARN even where there are too few of them.
        let crosses = |fields: &[&str]| fields.iter().any(|field| field.ends_with('*'));
        if reach == Reach::Beyond
            && fields.len() < FIELDS
            && let [heads @ .., _] = fields.as_slice()
            && crosses(heads)
        {
            out.push(Self::segments(&fields, syntax, reach));
        }
        // Fields left out at the end count as `*`
        // (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>).
        fields.resize(FIELDS, "*");
        out.push(Self::whole(&fields, syntax).unwrap_or_else(|| Self::segments(&fields, syntax, reach)));
        true
    }

    /// As one text, where only the last field is more than plain text.
    fn whole(fields: &[&str], syntax: Syntax) -> Option<Self> {
        let [heads @ .., last] = fields else {
            return None;
        };
        if heads.iter().any(|field| field.contains(['*', '?'])) {
            return None;
        }
        let head = || heads.join(":") + ":";
        match Pattern::compile(last, syntax) {
            Pattern::Exact(tail) => Some(Self::Exact((head() + &tail).into())),
            Pattern::Prefix(tail) => Some(Self::Prefix((head() + &tail).into())),
            Pattern::Everything => Some(Self::Prefix(head().into())),
            Pattern::Glob(_) | Pattern::Template(_) => None,
        }
    }

    fn segments(fields: &[&str], syntax: Syntax, reach: Reach) -> Self {
        let mut heads: Vec<Segment> = Vec::new();
        let mut last = Pattern::Everything;
        for (index, text) in fields.iter().enumerate().skip(1) {
            if index + 1 == fields.len() {
                last = Pattern::compile(text, syntax);
            } else {
                heads.push(Segment {
                    pattern: Pattern::compile(text, syntax),
                    crosses: reach == Reach::Beyond && text.ends_with('*'),
                });
            }
        }
        Self::Segments(Box::new(Segments {
            heads: heads.into(),
            last,
        }))
    }

    #[inline]
    fn matches(&self, requested: &Resource, context: &Context) -> bool {
        match self {
            Self::Everything => true,
            Self::Exact(exact) => **exact == *requested.as_str(),
            Self::Prefix(prefix) => requested.as_str().as_bytes().starts_with(prefix.as_bytes()),
            Self::Segments(segments) => {
                let behind = requested.as_str().split_once(':').filter(|_| requested.is_arn());
                behind.is_some_and(|(_, rest)| {
                    segments.attempt(&segments.heads, rest, context) == Attempt::Matches
                })
            }
        }
    }
}

impl Segments {
    fn attempt(&self, heads: &[Segment], text: &str, context: &Context) -> Attempt {
        let Some((segment, others)) = heads.split_first() else {
            return if self.last.matches(text, context) {
                Attempt::Matches
            } else {
                Attempt::Fails
            };
        };
        let Some((field, mut rest)) = text.split_once(':') else {
            return Attempt::Hopeless;
        };
        if !segment.pattern.matches(field, context) {
            return Attempt::Fails;
        }
        if !segment.crosses {
            return self.attempt(others, rest, context);
        }
        // The star can take in whatever a later beginning would leave out, so the earliest beginning decides.
        loop {
            match self.attempt(others, rest, context) {
                Attempt::Fails => {}
                decided => return decided,
            }
            match rest.split_once(':') {
                Some((_, after)) => rest = after,
                None => return Attempt::Hopeless,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ResourceMatcher;
    use crate::document::{Effect, List, ResourceElement};
    use crate::{Context, Resource};

    fn matches(pattern: &str, resource: &str) -> bool {
        matches_for(Effect::Deny, pattern, resource)
    }

    fn matches_for(effect: Effect, pattern: &str, resource: &str) -> bool {
        let element = ResourceElement::Resource(List::one(pattern.to_owned()));
        let matcher = ResourceMatcher::compile(&element, effect, true);
        matcher.matches(&Resource::from(resource), &Context::default())
    }

    #[test]
    fn a_star_that_ends_a_segment_goes_on_beyond_the_colon_in_what_refuses() {
        let queue = "arn:aws:sqs:us-east-1:111122223333:prod";
        for pattern in [
            "arn:aws:sqs:*:prod",
            "arn:aws:sqs:us-*:prod",
            "arn:*:prod",
            "arn:aws:sqs:*:*:prod",
            "arn:aws:sqs:*",
            "arn:aws:sqs",
        ] {
            assert!(matches(pattern, queue), "{pattern}");
        }
        for pattern in [
            "arn:aws:sqs:*:pro",
            "arn:aws:sqs:*-1:prod",
            "arn:aws:sqs:us*1:prod",
            "arn:aws:sq*:us-east-1:111122223333:prod",
            "arn:aws:sqs:?:prod",
        ] {
            assert!(!matches(pattern, queue), "{pattern}");
        }
        let stream = "arn:aws:logs:eu-west-1:111122223333:log-group:/app:log-stream:s";
        assert!(matches("arn:aws:logs:*:log-stream:s", stream));
        assert!(matches("arn:aws:logs:eu*:log-group:/app:*", stream));
        assert!(!matches("arn:aws:logs:*:log-stream:t", stream));
        for pattern in ["arn:aws:sqs:*:prod", "arn:aws:sqs:us-*:prod", "arn:*:prod"] {
            assert!(!matches_for(Effect::Allow, pattern, queue), "{pattern}");
        }
        assert!(matches_for(Effect::Allow, "arn:aws:sqs:*:*:prod", queue));
    }

    #[test]
    fn many_colons_take_no_time() {
        let resource = format!("arn:aws:x:{}", "a:".repeat(1_000));
        assert!(!matches("arn:*:x:*:*:b", &resource));
    }
}
