//! Values of one key of which given facts are true, found or proven not to exist.

use super::fact::{Comparison, Fact};
use crate::compare::key;
use crate::compare::text::{self, Demand, Found, Glob, Shape};
use crate::document::Quantifier;
use crate::pattern::{self, Syntax};
use crate::value::{Cidr, Decimal, Instant};
use crate::{Context, Version};

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// These; none where the key has to be absent.
    Found(Vec<String>),
    /// Proven: there are none.
    Nothing,
    Unknown,
}

/// Values of which all this is true. A key is absent, has one value, or several; of one value a fact says the same with
/// every quantifier, and of several one without a quantifier says nothing, so that it does not hold.
pub(super) fn find(facts: &[(&Fact, bool)], work: &mut usize) -> Values {
    // Of facts with variables nothing is known: without them more may be found, and never less.
    let (open, facts): (Vec<_>, Vec<_>) = facts.iter().partition(|(fact, _)| fact.has_variables());
    let found = without_variables(&facts, work);
    match found {
        Values::Found(_) if !open.is_empty() => Values::Unknown,
        found => found,
    }
}

fn without_variables(facts: &[(&Fact, bool)], work: &mut usize) -> Values {
    let Some(key) = facts.first().map(|(fact, _)| fact.key()) else {
        return Values::Found(Vec::new());
    };
    let is_absent = |(fact, holds): &(&Fact, bool)| fact.holds_for(&[]) == *holds;
    if !key::is_always_present(key) && facts.iter().all(is_absent) {
        return Values::Found(Vec::new());
    }
    let (existence, others): (Vec<_>, Vec<_>) = facts
        .iter()
        .copied()
        .partition(|(fact, _)| fact.comparison() == Comparison::Existence);
    let any = ["x".to_owned()];
    if existence
        .iter()
        .any(|(fact, holds)| fact.holds_for(&any) != *holds)
    {
        return Values::Nothing;
    }
    let Some((first, _)) = others.first() else {
        return Values::Found(any.into());
    };
    let comparison = first.comparison();
    if others.iter().any(|(fact, _)| fact.comparison() != comparison) {
        return Values::Unknown;
    }
    let source = if comparison == Comparison::Text {
        let globs: Option<Vec<Vec<Glob>>> = others.iter().map(|(fact, _)| fact.globs()).collect();
        match globs {
            Some(globs) => Source::Texts(globs, key::domain(key)),
            None => return Values::Unknown,
        }
    } else {
        Source::Listed(candidates(comparison, &others))
    };
    search(&source, &others, work)
}

/// Where single values come from.
enum Source {
    /// Patterns of each fact, and those of all values that there can be.
    Texts(Vec<Vec<Glob>>, Option<Vec<Glob>>),
    /// One of each kind that these facts can tell apart.
    Listed(Vec<String>),
}

impl Source {
    /// A value that each of these facts, by its place, passes or does not.
    fn value(&self, facts: &[(&Fact, bool)], wanted: &[(usize, bool)], work: &mut usize) -> Values {
        match self {
            Self::Texts(globs, domain) => {
                let domain = domain.as_ref().map(|globs| Demand {
                    globs: globs.iter().map(Vec::as_slice).collect(),
                    is_met: true,
                });
                let demands: Vec<Demand<'_>> = wanted
                    .iter()
                    .filter_map(|(at, passes)| {
                        let (fact, _) = facts.get(*at)?;
                        Some(Demand {
                            globs: globs.get(*at)?.iter().map(Vec::as_slice).collect(),
                            is_met: *passes != fact.operator().test().is_negated(),
                        })
                    })
                    .chain(domain)
                    .collect();
                match text::find(Shape::Any, &demands, work) {
                    Found::Text(text) => Values::Found(vec![text]),
                    Found::Nothing => Values::Nothing,
                    Found::GivenUp => Values::Unknown,
                }
            }
            Self::Listed(values) => {
                let fits = |value: &&String| {
                    wanted.iter().all(|(at, passes)| {
                        facts
                            .get(*at)
                            .is_some_and(|(fact, _)| fact.holds_for(std::slice::from_ref(*value)) == *passes)
                    })
                };
                match values.iter().find(fits) {
                    Some(value) => Values::Found(vec![value.clone()]),
                    None => Values::Nothing,
                }
            }
        }
    }
}

fn search(source: &Source, facts: &[(&Fact, bool)], work: &mut usize) -> Values {
    let all: Vec<(usize, bool)> = facts
        .iter()
        .enumerate()
        .map(|(at, (_, holds))| (at, *holds))
        .collect();
    let one = source.value(facts, &all, work);
    if one != Values::Nothing {
        return one;
    }
    if facts
        .first()
        .is_some_and(|(fact, _)| key::has_one_value(fact.key()))
    {
        return Values::Nothing;
    }
    // Several values: what is said of all of them, and of some.
    let (mut of_all, mut of_some) = (Vec::new(), Vec::new());
    for (at, (fact, holds)) in facts.iter().enumerate() {
        match (fact.quantifier(), *holds) {
            (None, true) => return Values::Nothing,
            (None, false) => {}
            (Some(Quantifier::ForAllValues), true) => of_all.push((at, true)),
            (Some(Quantifier::ForAnyValue), false) => of_all.push((at, false)),
            (Some(Quantifier::ForAllValues), false) => of_some.push((at, false)),
            (Some(Quantifier::ForAnyValue), true) => of_some.push((at, true)),
        }
    }
    let mut values = Vec::new();
    let each = of_some.iter().map(Some).chain(of_some.is_empty().then_some(None));
    for one_of_some in each {
        let wanted: Vec<(usize, bool)> = of_all.iter().chain(one_of_some).copied().collect();
        match source.value(facts, &wanted, work) {
            Values::Found(found) => values.extend(found),
            other => return other,
        }
    }
    if values.len() == 1 {
        values.extend(values.clone());
    }
    Values::Found(values)
}

/// One value of each kind that the facts can tell apart, the plainest first.
fn candidates(comparison: Comparison, facts: &[(&Fact, bool)]) -> Vec<String> {
    let written = || facts.iter().flat_map(|(fact, _)| fact.values());
    let mut all: Vec<String> = match comparison {
        Comparison::Number => {
            let known: Vec<Decimal> = written().filter_map(|text| Decimal::parse(text)).collect();
            let around = Decimal::around(&known).into_iter();
            around.map(|number| number.to_string()).collect()
        }
        Comparison::Date => {
            let known: Vec<Instant> = written().filter_map(|text| Instant::parse(text)).collect();
            let around = Instant::around(&known).into_iter();
            around.map(Instant::to_epoch).collect()
        }
        Comparison::Address => {
            let edges = written()
                .filter_map(|text| Cidr::parse(text))
                .flat_map(Cidr::edges);
            let edges = edges.map(|edge| edge.to_string());
            edges.chain(["0.0.0.0", "::"].map(str::to_owned)).collect()
        }
        Comparison::Bytes => written().cloned().collect(),
        Comparison::Text | Comparison::Existence => Vec::new(),
    };
    all.sort_by_key(String::len);
    // What cannot be read equals nothing. AWS's own keys can always be read.
    let is_aws = facts
        .first()
        .is_some_and(|(fact, _)| key::has_one_value(fact.key()));
    if !is_aws {
        all.push("unreadable".to_owned());
    }
    all
}

/// Values near those that the facts name: each itself, a little more and a little less, and others altogether. Proves
/// nothing.
pub(super) fn near(facts: &[&Fact], context: &Context) -> Vec<String> {
    let mut values: Vec<String> = Vec::new();
    for fact in facts {
        for value in fact.values() {
            let syntax = Syntax {
                wildcards: false,
                variables: fact.version() == Version::V2012,
            };
            let plain: String = pattern::symbols(value, syntax)
                .into_iter()
                .map(|symbol| match symbol {
                    pattern::Symbol::Char(c) => c.to_string(),
                    pattern::Symbol::Variable(key) => context.get(&key).first().cloned().unwrap_or_default(),
                    pattern::Symbol::One | pattern::Symbol::Run => String::new(),
                })
                .collect();
            values.push(plain.clone());
            values.push(plain.replace('*', "").replace('?', "x"));
            values.push(plain.replace(['*', '?'], "x"));
            values.push(plain.to_ascii_uppercase());
            values.push(plain.to_ascii_lowercase());
        }
    }
    values.extend(
        [
            "something-else",
            "true",
            "false",
            "0",
            "1.5",
            "1970-01-01T00:00:00Z",
            "2199-01-01T00:00:00Z",
            "198.51.100.7",
            "2001:db8:ffff::7",
            "arn:aws:s3:::something-else",
            "c29tZXRoaW5n",
        ]
        .map(str::to_owned),
    );
    let mut seen = Vec::with_capacity(values.len());
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    // Pairs are tried too: a bound on their number.
    seen.truncate(64);
    seen
}
