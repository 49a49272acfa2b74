//! Conditions as facts that hold or do not, and contexts in which given facts do. What a condition means is asked of the
//! evaluator.

mod fact;
mod values;

use std::collections::HashMap;

use crate::document::{Operator, Statement};
use crate::pattern;
use crate::{Context, Version};

use fact::Fact;
use values::Values;

/// All facts of the documents, each once, and what was found out about them.
#[derive(Debug, Default)]
pub(super) struct Facts {
    all: Vec<Fact>,
    known: HashMap<Vec<Claim>, Values>,
}

/// A fact, by its place among all facts, and whether it holds.
pub(super) type Claim = (usize, bool);

impl Facts {
    /// The places of a statement's facts.
    pub(super) fn of(&mut self, statement: &Statement, version: Version) -> Vec<usize> {
        let mut places = Vec::new();
        for block in statement.conditions() {
            for test in block.tests() {
                places.push(self.intern(Fact::new(block.operator(), test, version)));
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }

    fn intern(&mut self, fact: Fact) -> usize {
        let known = self.all.iter().position(|known| known.is_same(&fact));
        known.unwrap_or_else(|| {
            self.all.push(fact);
            self.all.len() - 1
        })
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The key of a fact, in lower case, with its operator.
    pub(super) fn describe(&self, place: usize) -> Option<(&str, Operator)> {
        self.all.get(place).map(|fact| (fact.key(), fact.operator()))
    }

    /// The values that a fact compares with, as written.
    pub(super) fn values_of(&self, place: usize) -> &[String] {
        self.all.get(place).map_or(&[], Fact::values)
    }

    /// Whether a fact holds where its key has just these values; `None` when that depends on other keys.
    pub(super) fn holds_for(&self, place: usize, values: &[String]) -> Option<bool> {
        let fact = self.all.get(place)?;
        (!fact.has_variables()).then(|| fact.holds_for(values))
    }

    /// Whether these claims contradict each other for certain.
    pub(super) fn contradict(&mut self, claims: &[Claim], work: &mut usize) -> bool {
        let against = |(place, holds): &Claim| claims.contains(&(*place, !*holds));
        claims.iter().any(against)
            || self
                .by_key(claims)
                .into_iter()
                .any(|(_, own)| matches!(self.values(own, work), Values::Nothing))
    }

    /// A context in which all claims are true, beside what is given; `None` when none was found. Keys that are settled
    /// keep their values, or their absence.
    pub(super) fn context(
        &mut self,
        claims: &[Claim],
        given: &Context,
        is_settled: &dyn Fn(&str) -> bool,
        work: &mut usize,
    ) -> Option<Context> {
        let mut context = given.clone();
        for (key, own) in self.by_key(claims) {
            let fits = |facts: &Self, context: &Context| {
                own.iter().all(|(place, holds)| {
                    facts
                        .all
                        .get(*place)
                        .is_some_and(|fact| fact.holds(context) == *holds)
                })
            };
            if fits(self, &context) {
                continue;
            }
            if is_settled(&key) {
                return None;
            }
            if let Values::Found(values) = self.values(own.clone(), work) {
                let mut tried = context.clone();
                tried.set(&key, values);
                if fits(self, &tried) {
                    context = tried;
                    continue;
                }
            }
            // Variables, or comparisons of several kinds: what is near the values that are named is tried.
            let facts: Vec<&Fact> = own.iter().filter_map(|(place, _)| self.all.get(*place)).collect();
            let near = values::near(&facts, &context);
            let one = near.iter().map(|value| vec![value.clone()]);
            let two = near.iter().flat_map(|a| {
                let others = near.iter().filter(move |b| *b != a);
                others.map(move |b| vec![a.clone(), b.clone()])
            });
            context = one.chain(two).find_map(|values| {
                let mut tried = context.clone();
                tried.set(&key, values);
                fits(self, &tried).then_some(tried)
            })?;
        }
        Some(context)
    }

    /// The keys of all variables in values.
    pub(super) fn variables(&self) -> Vec<String> {
        let symbols = self.all.iter().flat_map(Fact::symbols);
        symbols
            .filter_map(|symbol| match symbol {
                pattern::Symbol::Variable(key) => Some(key.into()),
                _ => None,
            })
            .collect()
    }

    fn by_key(&self, claims: &[Claim]) -> Vec<(String, Vec<Claim>)> {
        let mut keys: Vec<(String, Vec<Claim>)> = Vec::new();
        for claim in claims {
            let Some(fact) = self.all.get(claim.0) else {
                continue;
            };
            match keys.iter_mut().find(|(key, _)| key == fact.key()) {
                Some((_, own)) => own.push(*claim),
                None => keys.push((fact.key().to_owned(), vec![*claim])),
            }
        }
        keys
    }

    /// Values of one key of which all these claims are true.
    fn values(&mut self, own: Vec<Claim>, work: &mut usize) -> Values {
        if let Some(known) = self.known.get(&own) {
            return known.clone();
        }
        let facts: Vec<(&Fact, bool)> = own
            .iter()
            .filter_map(|(place, holds)| Some((self.all.get(*place)?, *holds)))
            .collect();
        let found = values::find(&facts, work);
        self.known.insert(own, found.clone());
        found
    }
}
