//! One key under one operator with its values, and what it says of a single value.

use crate::compare::text::{Glob, Symbol};
use crate::document::{ConditionBlock, ConditionTest, Operator, Quantifier, Test};
use crate::evaluate::{Condition, parse_bool};
use crate::pattern::{self, Syntax, split_fields};
use crate::{Context, Version};

/// One key under one operator, wherever in the documents it stands.
#[derive(Debug)]
pub(super) struct Fact {
    operator: Operator,
    /// In lower case.
    key: String,
    /// Sorted and without repeats.
    values: Vec<String>,
    version: Version,
    condition: Box<[Condition]>,
}

/// What kind of value a fact compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Text,
    Number,
    Date,
    Address,
    Bytes,
    Existence,
}

impl Fact {
    pub(super) fn new(operator: Operator, test: &ConditionTest, version: Version) -> Self {
        let syntax = Syntax {
            wildcards: true,
            variables: version == Version::V2012,
        };
        let mut values: Vec<String> = test
            .values()
            .iter()
            .map(|value| pattern::with_lower_keys(value.as_str(), syntax))
            .collect();
        values.sort();
        values.dedup();
        let block = ConditionBlock {
            operator,
            tests: vec![test.clone()],
        };
        Self {
            operator,
            key: test.key().to_ascii_lowercase(),
            values,
            version,
            condition: Condition::compile_all(&[block], version == Version::V2012),
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn operator(&self) -> Operator {
        self.operator
    }

    pub(super) fn values(&self) -> &[String] {
        &self.values
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn quantifier(&self) -> Option<Quantifier> {
        self.operator.quantifier()
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.operator == other.operator
            && self.key == other.key
            && self.values == other.values
            && (self.version == other.version || !self.values.iter().any(|value| value.contains("${")))
    }

    pub(super) fn has_variables(&self) -> bool {
        self.symbols()
            .iter()
            .any(|symbol| matches!(symbol, pattern::Symbol::Variable(_)))
    }

    pub(super) fn holds(&self, context: &Context) -> bool {
        self.condition.iter().all(|condition| condition.holds(context))
    }

    /// As [`Self::holds`], where the key has these values and nothing else is known.
    pub(super) fn holds_for(&self, values: &[String]) -> bool {
        let mut context = Context::default();
        context.set(&self.key, values.iter().cloned());
        self.holds(&context)
    }

    pub(super) fn comparison(&self) -> Comparison {
        use Test as T;
        match self.operator.test() {
            T::StringEquals
            | T::StringNotEquals
            | T::StringEqualsIgnoreCase
            | T::StringNotEqualsIgnoreCase
            | T::StringLike
            | T::StringNotLike
            | T::ArnEquals
            | T::ArnLike
            | T::ArnNotEquals
            | T::ArnNotLike
            | T::Bool => Comparison::Text,
            T::NumericEquals
            | T::NumericNotEquals
            | T::NumericLessThan
            | T::NumericLessThanEquals
            | T::NumericGreaterThan
            | T::NumericGreaterThanEquals => Comparison::Number,
            T::DateEquals
            | T::DateNotEquals
            | T::DateLessThan
            | T::DateLessThanEquals
            | T::DateGreaterThan
            | T::DateGreaterThanEquals => Comparison::Date,
            T::IpAddress | T::NotIpAddress => Comparison::Address,
            T::BinaryEquals => Comparison::Bytes,
            T::Null => Comparison::Existence,
        }
    }

    /// Its values as patterns for texts, as the evaluator reads them; `None` where patterns cannot say it.
    pub(super) fn globs(&self) -> Option<Vec<Glob>> {
        use Test as T;
        let mut all = Vec::new();
        for value in &self.values {
            match self.operator.test() {
                T::StringEqualsIgnoreCase | T::StringNotEqualsIgnoreCase => {
                    let plain = plain(&self.symbols_of(value, false))?;
                    if !plain.is_ascii() {
                        return None;
                    }
                    all.push(any_case(&plain));
                }
                T::Bool => match parse_bool(&plain(&self.symbols_of(value, false))?) {
                    Some(true) => all.push(any_case("true")),
                    Some(false) => all.push(any_case("false")),
                    None => {}
                },
                T::ArnEquals | T::ArnLike | T::ArnNotEquals | T::ArnNotLike => {
                    let fields = split_fields(value, 6, self.syntax(true));
                    if fields.len() < 6 {
                        continue;
                    }
                    let mut glob = Glob::new();
                    for (at, field) in fields.iter().enumerate() {
                        let (one, run) = if at < 5 {
                            (Symbol::OneInField, Symbol::RunInField)
                        } else {
                            (Symbol::One, Symbol::Run)
                        };
                        if at > 0 {
                            glob.push(Symbol::Char(':'));
                        }
                        glob.extend(glob_of(&self.symbols_of(field, true), one, run)?);
                    }
                    all.push(glob);
                }
                T::StringLike | T::StringNotLike => {
                    all.push(glob_of(&self.symbols_of(value, true), Symbol::One, Symbol::Run)?);
                }
                _ => all.push(glob_of(&self.symbols_of(value, false), Symbol::One, Symbol::Run)?),
            }
        }
        Some(all)
    }

    /// The elements of all values.
    pub(super) fn symbols(&self) -> Vec<pattern::Symbol> {
        // What is no text has no variables to the evaluator.
        if self.comparison() != Comparison::Text {
            return Vec::new();
        }
        let all = self.values.iter();
        all.flat_map(|value| self.symbols_of(value, false)).collect()
    }

    fn syntax(&self, wildcards: bool) -> Syntax {
        Syntax {
            wildcards,
            variables: self.version == Version::V2012,
        }
    }

    fn symbols_of(&self, text: &str, wildcards: bool) -> Vec<pattern::Symbol> {
        pattern::symbols(text, self.syntax(wildcards))
    }
}

/// `None` where there is a variable.
fn glob_of(symbols: &[pattern::Symbol], one: Symbol, run: Symbol) -> Option<Glob> {
    let symbols = symbols.iter().map(|symbol| match symbol {
        pattern::Symbol::Char(c) => Some(Symbol::Char(*c)),
        pattern::Symbol::One => Some(one),
        pattern::Symbol::Run => Some(run),
        pattern::Symbol::Variable(_) => None,
    });
    symbols.collect()
}

fn plain(symbols: &[pattern::Symbol]) -> Option<String> {
    let chars = symbols.iter().map(|symbol| match symbol {
        pattern::Symbol::Char(c) => Some(*c),
        _ => None,
    });
    chars.collect()
}

fn any_case(text: &str) -> Glob {
    text.chars()
        .map(|c| Symbol::AnyCase(c.to_ascii_lowercase()))
        .collect()
}
