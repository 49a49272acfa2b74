//! Conditions as facts that hold or do not, and contexts in which given facts do. What a condition means is asked of the
//! evaluator.

mod candidate;

use crate::document::{ConditionBlock, ConditionTest, List, Operator, Statement, Test};
use crate::pattern::{self, Syntax};
use crate::value::Cidr;
use crate::{Context, Decision, Document, DocumentKind, PolicySet, Principal, Request, Version};

use super::text::{self, Demand, Found, Glob, Shape, Symbol};

/// One key under one operator, wherever in the documents it stands.
#[derive(Debug)]
pub(super) struct Fact {
    operator: Operator,
    /// In lower case.
    key: String,
    /// Sorted and without repeats.
    values: Vec<String>,
    version: Version,
    /// Allows everything in the contexts in which this fact holds.
    alone: PolicySet,
}

/// Ways of comparing in which few values stand for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Flag,
    Address,
}

/// All facts of the documents, each once.
#[derive(Debug, Default)]
pub(super) struct Facts(Vec<Fact>);

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
        let known = self.0.iter().position(|known| known.is_same(&fact));
        known.unwrap_or_else(|| {
            self.0.push(fact);
            self.0.len() - 1
        })
    }

    /// Whether these claims contradict each other for certain.
    pub(super) fn contradict(&self, claims: &[Claim], work: &mut usize) -> bool {
        let against = |(place, holds): &Claim| claims.contains(&(*place, !*holds));
        if claims.iter().any(against) {
            return true;
        }
        let facts = |holds: bool| {
            let chosen = claims.iter().filter(move |claim| claim.1 == holds);
            chosen.filter_map(|claim| self.0.get(claim.0))
        };
        if facts(true).any(|one| facts(false).any(|other| one.implies(other))) {
            return true;
        }
        // What some key's only value would have to be, all at once.
        facts(true).any(|fact| {
            fact.needs_one_text() && self.no_text(&fact.key, claims, work)
                || fact.needs_one_value() && self.no_value(fact, claims)
        })
    }

    /// Whether none of the values that can be told apart fulfils all claims about the key of this fact, which holds.
    /// `false` when some claim compares in another way, since the values would have to be others.
    fn no_value(&self, holding: &Fact, claims: &[Claim]) -> bool {
        let own: Vec<(&Fact, bool)> = claims
            .iter()
            .filter_map(|(place, holds)| Some((self.0.get(*place)?, *holds)))
            .filter(|(fact, _)| fact.key == holding.key)
            .collect();
        let is_alike = |(fact, _): &(&Fact, bool)| {
            fact.operator.test() == Test::Null
                || fact.compares() == holding.compares() && !fact.has_variables()
        };
        if !own.iter().all(is_alike) {
            return false;
        }
        let values: Vec<String> = match holding.compares() {
            Some(Comparison::Flag) => ["true", "false"].map(str::to_owned).into(),
            Some(Comparison::Address) => own
                .iter()
                .flat_map(|(fact, _)| &fact.values)
                .filter_map(|range| Cidr::parse(range))
                .flat_map(Cidr::edges)
                .map(|edge| edge.to_string())
                .collect(),
            None => return false,
        };
        !values.into_iter().any(|value| {
            let mut context = Context::default();
            context.set(&holding.key, [value]);
            own.iter().all(|(fact, holds)| fact.holds(&context) == *holds)
        })
    }

    /// Whether no single text fulfils all claims about this key that speak of texts.
    fn no_text(&self, key: &str, claims: &[Claim], work: &mut usize) -> bool {
        let mut globs: Vec<(Vec<Glob>, bool)> = Vec::new();
        for (place, holds) in claims {
            if let Some(fact) = self.0.get(*place)
                && fact.key == key
                && let Some(list) = fact.as_texts()
            {
                globs.push((list, *holds != fact.operator.test().is_negated()));
            }
        }
        let demands: Vec<Demand<'_>> = globs
            .iter()
            .map(|(list, is_met)| Demand {
                globs: list.iter().map(Vec::as_slice).collect(),
                is_met: *is_met,
            })
            .collect();
        text::find(Shape::Any, &demands, work) == Found::Nothing
    }

    /// A context in which all claims are true, beside what is given; `None` when none was found.
    pub(super) fn context(&self, claims: &[Claim], given: &Context) -> Option<Context> {
        let mut keys: Vec<&str> = claims
            .iter()
            .filter_map(|(place, _)| Some(self.0.get(*place)?.key.as_str()))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mut context = given.clone();
        for key in keys {
            let own: Vec<(&Fact, bool)> = claims
                .iter()
                .filter_map(|(place, holds)| Some((self.0.get(*place)?, *holds)))
                .filter(|(fact, _)| fact.key == key)
                .collect();
            let fits = |context: &Context| own.iter().all(|(fact, holds)| fact.holds(context) == *holds);
            if fits(&context) {
                continue;
            }
            let values = candidate::near(&own, &context);
            let one = values.iter().map(|value| vec![value.clone()]);
            let two = values.iter().flat_map(|a| {
                values
                    .iter()
                    .filter(move |b| *b != a)
                    .map(move |b| vec![a.clone(), b.clone()])
            });
            let found = std::iter::once(Vec::new())
                .chain(one)
                .chain(two)
                .find_map(|values| {
                    let mut tried = context.clone();
                    tried.set(key, values);
                    fits(&tried).then_some(tried)
                });
            context = found?;
        }
        Some(context)
    }

    /// The keys of all variables in values.
    pub(super) fn variables(&self) -> Vec<String> {
        let mut keys = Vec::new();
        for fact in &self.0 {
            for value in &fact.values {
                for symbol in fact.symbols(value) {
                    if let pattern::Symbol::Variable(key) = symbol {
                        keys.push(key.into());
                    }
                }
            }
        }
        keys
    }
}

impl Fact {
    fn new(operator: Operator, test: &ConditionTest, version: Version) -> Self {
        let mut values: Vec<String> = test
            .values()
            .iter()
            .map(|value| value.as_str().to_owned())
            .collect();
        values.sort();
        values.dedup();
        let block = ConditionBlock {
            operator,
            tests: vec![test.clone()],
        };
        let mut statement = super::term::everything(crate::Effect::Allow);
        statement.condition = Some(vec![block]);
        let document = Document {
            version: Some(version),
            id: None,
            statements: List::one(statement),
        };
        Self {
            operator,
            key: test.key().to_ascii_lowercase(),
            values,
            version,
            alone: PolicySet::compile(&[document]),
        }
    }

    fn has_variables(&self) -> bool {
        self.version == Version::V2012 && self.values.iter().any(|value| value.contains("${"))
    }

    fn is_same(&self, other: &Self) -> bool {
        self.operator == other.operator
            && self.key == other.key
            && self.values == other.values
            && (self.version == other.version || !self.values.iter().any(|value| value.contains("${")))
    }

    fn holds(&self, context: &Context) -> bool {
        let (Some(caller), Ok(action)) = (super::caller::stranger(), "any:Action".parse()) else {
            return false;
        };
        let caller: Principal = caller;
        let request = Request::new(caller, action, "*").with_context(context.clone());
        self.alone.decide(DocumentKind::Identity, &request) == Decision::Allow
    }

    /// Whether the other holds wherever this one does, as far as the operators and lists of values alone tell.
    fn implies(&self, other: &Self) -> bool {
        if self.key != other.key
            || self.operator.test() != other.operator.test()
            || self.operator.quantifier() != other.operator.quantifier()
            || self.operator.test() == Test::Null
            || self.has_variables()
            || other.has_variables()
        {
            return false;
        }
        let is_weaker = other.operator.if_exists() || !self.operator.if_exists();
        let within = |some: &[String], all: &[String]| some.iter().all(|value| all.contains(value));
        let keeps = if self.operator.test().is_negated() {
            within(&other.values, &self.values)
        } else {
            within(&self.values, &other.values)
        };
        is_weaker && keeps
    }

    /// Whether it holds only where its key has exactly one value, of which it says something as a text.
    fn needs_one_text(&self) -> bool {
        self.as_texts().is_some() && !self.operator.if_exists() && !self.operator.test().is_negated()
    }

    /// Whether it holds only where its key has exactly one value, one of few that can be told apart.
    fn needs_one_value(&self) -> bool {
        self.compares().is_some()
            && self.operator.quantifier().is_none()
            && !self.operator.if_exists()
            && !self.operator.test().is_negated()
            && !self.has_variables()
    }

    fn compares(&self) -> Option<Comparison> {
        match self.operator.test() {
            Test::Bool => Some(Comparison::Flag),
            Test::IpAddress | Test::NotIpAddress => Some(Comparison::Address),
            _ => None,
        }
    }

    /// Its values as patterns, if it compares one value as a text and has no variables.
    fn as_texts(&self) -> Option<Vec<Glob>> {
        let compares_text = matches!(
            self.operator.test(),
            Test::StringEquals | Test::StringNotEquals | Test::StringLike | Test::StringNotLike
        );
        if !compares_text || self.operator.quantifier().is_some() {
            return None;
        }
        self.values.iter().map(|value| self.glob(value)).collect()
    }

    fn symbols(&self, value: &str) -> Vec<pattern::Symbol> {
        pattern::symbols(
            value,
            Syntax {
                wildcards: matches!(self.operator.test(), Test::StringLike | Test::StringNotLike),
                variables: self.version == Version::V2012,
            },
        )
    }

    fn glob(&self, value: &str) -> Option<Glob> {
        let symbols = self.symbols(value).into_iter().map(|symbol| match symbol {
            pattern::Symbol::Char(c) => Some(Symbol::Char(c)),
            pattern::Symbol::One => Some(Symbol::One),
            pattern::Symbol::Run => Some(Symbol::Run),
            pattern::Symbol::Variable(_) => None,
        });
        symbols.collect()
    }
}
