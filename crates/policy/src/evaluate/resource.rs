//! Compiled `Resource` and `NotResource` elements: ARNs matched field by field.

use super::request::{Context, Resource};
use crate::document::ResourceElement;
use crate::pattern::{Pattern, Syntax, split_fields};

#[derive(Clone, Debug)]
pub(super) struct ResourceMatcher {
    negated: bool,
    patterns: Box<[ArnPattern]>,
}

impl ResourceMatcher {
    pub(super) fn compile(element: &ResourceElement, variables: bool) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let patterns = element
            .patterns()
            .iter()
            .filter_map(|text| ArnPattern::compile(text, syntax))
            .collect();
        Self {
            negated: element.is_negated(),
            patterns,
        }
    }

    #[inline]
    pub(super) fn matches(&self, resource: &Resource, context: &Context) -> bool {
        self.patterns
            .iter()
            .any(|pattern| pattern.matches(resource, context))
            != self.negated
    }
}

/// A resource pattern. Where all fields but the last are plain, the whole text can be compared at once.
#[derive(Clone, Debug)]
enum ArnPattern {
    Everything,
    Exact(Box<str>),
    Prefix(Box<str>),
    /// The service compares as it is; the others may hold wildcards, the last one variables too.
    Fields(Box<Fields>),
}

#[derive(Clone, Debug)]
struct Fields {
    partition: Pattern,
    service: Option<Box<str>>,
    region: Pattern,
    account: Pattern,
    resource: Pattern,
}

impl ArnPattern {
    /// `None` for a text that can match nothing.
    fn compile(text: &str, syntax: Syntax) -> Option<Self> {
        if !text.is_empty() && text.bytes().all(|b| b == b'*') {
            return Some(Self::Everything);
        }
        let fields = split_fields(text, 6, syntax);
        let mut fields = fields.into_iter();
        if fields.next() != Some("arn") {
            return None;
        }
        let plain = Syntax {
            variables: false,
            ..syntax
        };
        // AWS's documentation shows no wildcard here, but dozens of its managed policies begin with `arn:*:`.
        let partition = Pattern::compile(fields.next()?, plain);
        // Fields left out at the end count as `*`
        // (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>).
        let service = fields.next();
        let region = Pattern::compile(fields.next().unwrap_or("*"), plain);
        let account = Pattern::compile(fields.next().unwrap_or("*"), plain);
        let resource = Pattern::compile(fields.next().unwrap_or("*"), syntax);
        let head = || {
            let (Pattern::Exact(partition), Pattern::Exact(region), Pattern::Exact(account)) =
                (&partition, &region, &account)
            else {
                return None;
            };
            Some(format!("arn:{partition}:{}:{region}:{account}:", service?))
        };
        Some(match (head(), &resource) {
            (Some(head), Pattern::Exact(tail)) => Self::Exact((head + tail).into()),
            (Some(head), Pattern::Prefix(tail)) => Self::Prefix((head + tail).into()),
            (Some(head), Pattern::Everything) => Self::Prefix(head.into()),
            _ => Self::Fields(Box::new(Fields {
                partition,
                service: service.map(Into::into),
                region,
                account,
                resource,
            })),
        })
    }

    #[inline]
    fn matches(&self, requested: &Resource, context: &Context) -> bool {
        match self {
            Self::Everything => true,
            Self::Exact(exact) => **exact == *requested.as_str(),
            Self::Prefix(prefix) => requested.as_str().as_bytes().starts_with(prefix.as_bytes()),
            Self::Fields(fields) => requested.is_arn() && fields.matches(requested, context),
        }
    }
}

impl Fields {
    fn matches(&self, requested: &Resource, context: &Context) -> bool {
        let field = |index| requested.field(index).unwrap_or_default();
        self.partition.matches(field(1), context)
            && self.service.as_ref().is_none_or(|service| **service == *field(2))
            && self.region.matches(field(3), context)
            && self.account.matches(field(4), context)
            && self.resource.matches(field(5), context)
    }
}
