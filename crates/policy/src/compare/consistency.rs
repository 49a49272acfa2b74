//! Whether conditions can hold together, of one key at a time. Knows no statement and no request.

use crate::document::{ConditionBlock, ConditionTest, Effect, Operator};
use crate::{Statement, Version, everything};

use super::context::Facts;

/// Steps of reading patterns.
const WORK: usize = 400_000;

/// Conditions, by their place, that may contradict each other.
#[derive(Debug)]
pub(crate) struct Consistency {
    facts: Facts,
    /// For each condition the place of its fact.
    places: Vec<usize>,
    work: usize,
}

impl Consistency {
    /// What is no condition has no part in contradictions.
    pub(crate) fn of<'c>(
        conditions: impl IntoIterator<Item = Option<&'c (Operator, ConditionTest, Version)>>,
    ) -> Self {
        let mut facts = Facts::default();
        let mut place = |(operator, test, version): &(Operator, ConditionTest, Version)| {
            let block = ConditionBlock {
                operator: *operator,
                tests: vec![test.clone()],
            };
            let statement = Statement {
                condition: Some(vec![block]),
                ..everything::statement(Effect::Allow)
            };
            facts.of(&statement, *version).first().copied()
        };
        let places = conditions
            .into_iter()
            .map(|condition| condition.and_then(&mut place).unwrap_or(usize::MAX))
            .collect();
        Self {
            facts,
            places,
            work: WORK,
        }
    }

    /// Whether it is proven that the conditions cannot hold, or not hold, as `truth` says by their places.
    pub(crate) fn is_impossible(&mut self, truth: impl Fn(usize) -> bool) -> bool {
        let numbered = self.places.iter().enumerate();
        let mut claims: Vec<(usize, bool)> = numbered
            .filter(|(_, place)| **place != usize::MAX)
            .map(|(at, place)| (*place, truth(at)))
            .collect();
        claims.sort_unstable();
        claims.dedup();
        self.facts.contradict(&claims, &mut self.work)
    }
}
