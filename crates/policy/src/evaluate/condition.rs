//! Compiled conditions: one key, one operator, its values read once. Knows no statement and no layer.

mod values;

use std::cmp::Ordering;
use std::net::IpAddr;

use super::Context;
use crate::document::{ConditionBlock, ConditionTest, Operator, Quantifier, Test};
use values::Values;

/// One key under one operator.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    /// In lower case.
    key: Box<str>,
    operator: Operator,
    values: Values,
}

impl Condition {
    pub(crate) fn compile_all(blocks: &[ConditionBlock], variables: bool) -> Box<[Self]> {
        let compile = |operator| {
            move |test: &ConditionTest| Self {
                key: test.key().to_ascii_lowercase().into(),
                operator,
                values: Values::compile(operator.test(), test.values(), variables),
            }
        };
        blocks
            .iter()
            .flat_map(|block| block.tests().iter().map(compile(block.operator())))
            .collect()
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    /// Whether the request passes
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>).
    pub(crate) fn holds(&self, context: &Context) -> bool {
        let found = context.lookup(&self.key);
        if let Values::Null { wants_absent } = &self.values {
            return wants_absent.contains(&found.is_empty());
        }
        match self.operator.quantifier() {
            // Each value is tested on its own, negation included: turning "none" into "not all" would let a request
            // through with one harmless value beside a forbidden one.
            Some(Quantifier::ForAllValues) => found.iter().all(|value| self.passes(value, context)),
            Some(Quantifier::ForAnyValue) if found.is_empty() => self.operator.if_exists(),
            Some(Quantifier::ForAnyValue) => found.iter().any(|value| self.passes(value, context)),
            None => match found {
                [] => self.operator.if_exists() || self.operator.test().is_negated(),
                [only] => self.passes(only, context),
                // AWS defines no answer for several values without a quantifier.
                _ => false,
            },
        }
    }

    fn passes(&self, value: &str, context: &Context) -> bool {
        self.values.any_matches(value, context) != self.operator.test().is_negated()
    }
}

/// What a comparison of two ordered values may give for the test to pass.
fn accepts(test: Test, ordering: Ordering) -> bool {
    match test {
        Test::NumericLessThan | Test::DateLessThan => ordering.is_lt(),
        Test::NumericLessThanEquals | Test::DateLessThanEquals => ordering.is_le(),
        Test::NumericGreaterThan | Test::DateGreaterThan => ordering.is_gt(),
        Test::NumericGreaterThanEquals | Test::DateGreaterThanEquals => ordering.is_ge(),
        _ => ordering.is_eq(),
    }
}

pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Whether a value in a request can be read by this test.
pub(super) fn is_readable_in_request(test: Test, text: &str) -> bool {
    match test {
        Test::IpAddress | Test::NotIpAddress => text.parse::<IpAddr>().is_ok(),
        Test::Null => true,
        _ => is_readable_in_policy(test, text),
    }
}

/// Whether a value in a policy can be read by this test. Text with variables is readable as far as one can tell.
pub(super) fn is_readable_in_policy(test: Test, text: &str) -> bool {
    text.contains("${") || Values::reads(test, text)
}
