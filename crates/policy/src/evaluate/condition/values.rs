//! The values of a condition, read once into the type its operator compares. What cannot be read never matches.

use std::net::IpAddr;

use super::{accepts, parse_bool};
use crate::document::{ConditionValue, List, Test};
use crate::evaluate::Context;
use crate::pattern::{Pattern, Syntax, split_fields};
use crate::value::{Cidr, Decimal, Instant, decode_base64};

#[derive(Clone, Debug)]
pub(super) enum Values {
    Text(Box<[Pattern]>),
    TextInAnyCase(Box<[Pattern]>),
    /// Six fields each.
    Arns(Box<[[Pattern; 6]]>),
    Numbers(Test, Box<[Decimal]>),
    Dates(Test, Box<[Instant]>),
    Booleans(Box<[Pattern]>),
    Ranges(Box<[Cidr]>),
    Bytes(Box<[Vec<u8>]>),
    Null {
        wants_absent: Box<[bool]>,
    },
}

impl Values {
    pub(super) fn compile(test: Test, values: &List<ConditionValue>, variables: bool) -> Self {
        use Test as T;
        fn read<T>(values: &List<ConditionValue>, parse: impl Fn(&str) -> Option<T>) -> Box<[T]> {
            values.iter().filter_map(|value| parse(value.as_str())).collect()
        }
        let patterns = |wildcards| {
            let syntax = Syntax { wildcards, variables };
            read(values, |text| Some(Pattern::compile(text, syntax)))
        };
        match test {
            T::StringEquals | T::StringNotEquals => Self::Text(patterns(false)),
            T::StringLike | T::StringNotLike => Self::Text(patterns(true)),
            T::StringEqualsIgnoreCase | T::StringNotEqualsIgnoreCase => Self::TextInAnyCase(patterns(false)),
            T::ArnEquals | T::ArnLike | T::ArnNotEquals | T::ArnNotLike => {
                Self::Arns(read(values, |text| arn(text, variables)))
            }
            T::NumericEquals
            | T::NumericNotEquals
            | T::NumericLessThan
            | T::NumericLessThanEquals
            | T::NumericGreaterThan
            | T::NumericGreaterThanEquals => Self::Numbers(test, read(values, Decimal::parse)),
            T::DateEquals
            | T::DateNotEquals
            | T::DateLessThan
            | T::DateLessThanEquals
            | T::DateGreaterThan
            | T::DateGreaterThanEquals => Self::Dates(test, read(values, Instant::parse)),
            // One AWS page lists variables for Bool and another does not; reading them can only make more match.
            T::Bool => Self::Booleans(patterns(false)),
            T::IpAddress | T::NotIpAddress => Self::Ranges(read(values, Cidr::parse)),
            T::BinaryEquals => Self::Bytes(read(values, decode_base64)),
            T::Null => Self::Null {
                wants_absent: read(values, parse_bool),
            },
        }
    }

    /// Whether a value in a policy is one that this test can compare.
    pub(super) fn reads(test: Test, text: &str) -> bool {
        let list = List::one(ConditionValue::from(text));
        match Self::compile(test, &list, false) {
            Self::Text(_) | Self::TextInAnyCase(_) => true,
            Self::Booleans(_) => parse_bool(text).is_some(),
            Self::Arns(read) => !read.is_empty(),
            Self::Numbers(_, read) => !read.is_empty(),
            Self::Dates(_, read) => !read.is_empty(),
            Self::Ranges(read) => !read.is_empty(),
            Self::Bytes(read) => !read.is_empty(),
            Self::Null { wants_absent } => !wants_absent.is_empty(),
        }
    }

    /// Whether a value of the request matches any value of the policy, negation left aside.
    pub(super) fn any_matches(&self, value: &str, context: &Context) -> bool {
        match self {
            Self::Text(patterns) => patterns.iter().any(|pattern| pattern.matches(value, context)),
            Self::TextInAnyCase(patterns) => patterns.iter().any(|pattern| {
                pattern
                    .resolve(context)
                    .is_some_and(|text| equal_in_any_case(&text, value))
            }),
            Self::Arns(patterns) => {
                let mut fields = [""; 6];
                let mut parts = value.splitn(6, ':');
                let complete = fields
                    .iter_mut()
                    .all(|field| parts.next().map(|part| *field = part).is_some());
                let matches = |pattern: &[Pattern; 6]| {
                    pattern
                        .iter()
                        .zip(fields)
                        .all(|(pattern, field)| pattern.matches(field, context))
                };
                complete && patterns.iter().any(matches)
            }
            Self::Numbers(test, numbers) => Decimal::parse(value)
                .is_some_and(|value| numbers.iter().any(|number| accepts(*test, value.cmp(number)))),
            Self::Dates(test, dates) => Instant::parse(value)
                .is_some_and(|value| dates.iter().any(|date| accepts(*test, value.cmp(date)))),
            Self::Booleans(patterns) => parse_bool(value).is_some_and(|value| {
                patterns.iter().any(|pattern| {
                    pattern
                        .resolve(context)
                        .is_some_and(|text| parse_bool(&text) == Some(value))
                })
            }),
            Self::Ranges(ranges) => value
                .parse::<IpAddr>()
                .is_ok_and(|address| ranges.iter().any(|range| range.contains(address))),
            Self::Bytes(known) => decode_base64(value).is_some_and(|value| known.contains(&value)),
            Self::Null { .. } => false,
        }
    }
}

fn arn(text: &str, variables: bool) -> Option<[Pattern; 6]> {
    let syntax = Syntax {
        wildcards: true,
        variables,
    };
    let fields: Vec<Pattern> = split_fields(text, 6, syntax)
        .into_iter()
        .map(|field| Pattern::compile(field, syntax))
        .collect();
    fields.try_into().ok()
}

fn equal_in_any_case(a: &str, b: &str) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return a.eq_ignore_ascii_case(b);
    }
    a.chars()
        .flat_map(char::to_lowercase)
        .eq(b.chars().flat_map(char::to_lowercase))
}
