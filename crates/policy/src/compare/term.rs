//! Statements as products of what they say of callers, actions, resources and contexts.

use crate::document::{ActionElement, Effect, List, ResourceElement, Statement};
use crate::pattern::{self, Syntax, split_fields};
use crate::{Decision, Document, DocumentKind, PolicySet, Principal, Request, Version};

use super::context::Facts;
use super::text::{Demand, Glob, Shape, Symbol};

/// What variables stand for while comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variables {
    /// Any text at all: more than they can be, so that what is not found does not exist.
    Anything,
    /// One text each, so that what is found may be put to the evaluator.
    Chosen,
}

/// The text that the variable `key` stands for when it is chosen.
pub(super) fn chosen(key: &str) -> String {
    let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("some-{name}")
}

/// `Action` or `Resource`, negated or not, as patterns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    negated: bool,
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern {
    glob: Glob,
    /// Variables stand for anything in it, so it matches more than it should.
    is_loose: bool,
    text: String,
}

/// One statement.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) effect: Effect,
    /// Places among the representative callers.
    pub(super) callers: Vec<usize>,
    /// Places among all elements of the comparison.
    pub(super) actions: usize,
    /// As `actions`; `None` when any resource will do.
    pub(super) resources: Option<usize>,
    pub(super) facts: Vec<usize>,
}

/// All elements of the documents, each once.
#[derive(Debug, Default)]
pub(super) struct Elements(Vec<Element>);

impl Elements {
    fn intern(&mut self, element: Element) -> usize {
        let known = self.0.iter().position(|known| *known == element);
        known.unwrap_or_else(|| {
            self.0.push(element);
            self.0.len() - 1
        })
    }

    pub(super) fn get(&self, place: usize) -> Option<&Element> {
        self.0.get(place)
    }

    /// Symbols in all patterns together.
    pub(super) fn size(&self) -> usize {
        let patterns = self.0.iter().flat_map(|element| &element.patterns);
        patterns.map(|pattern| pattern.glob.len()).sum()
    }

    /// The patterns of all elements, for guessing texts.
    pub(super) fn globs(&self) -> impl Iterator<Item = &[Symbol]> {
        self.0
            .iter()
            .flat_map(|element| &element.patterns)
            .map(|pattern| pattern.glob.as_slice())
    }
}

impl Element {
    /// What the text has to be for the element to match it, or not to.
    pub(super) fn demand(&self, matched: bool) -> Demand<'_> {
        let is_met = matched != self.negated;
        let globs = self.patterns.iter();
        // A pattern that matches too much must not rule anything out.
        let globs = globs.filter(|pattern| is_met || !pattern.is_loose);
        Demand {
            globs: globs.map(|pattern| pattern.glob.as_slice()).collect(),
            is_met,
        }
    }
}

/// A statement about everything, to be narrowed.
pub(super) fn everything(effect: Effect) -> Statement {
    Statement {
        sid: None,
        effect,
        principal: None,
        action: ActionElement::Action(List::one("*".to_owned())),
        resource: Some(ResourceElement::Resource(List::one("*".to_owned()))),
        condition: None,
    }
}

/// All statements of a set that could apply to somebody.
pub(super) fn terms(
    kind: DocumentKind,
    set: &PolicySet,
    callers: &[Principal],
    variables: Variables,
    elements: &mut Elements,
    facts: &mut Facts,
) -> Vec<Term> {
    let mut terms = Vec::new();
    for document in set.documents() {
        let version = document.effective_version();
        for statement in document.statements() {
            let resources = match statement.resource() {
                Some(element) => Some(elements.intern(resource_element(element, version, variables))),
                None if kind == DocumentKind::Identity => continue,
                None => None,
            };
            terms.push(Term {
                effect: statement.effect(),
                callers: reached(kind, statement, callers),
                actions: elements.intern(action_element(statement.action())),
                resources,
                facts: facts.of(statement, version),
            });
        }
    }
    terms
}

/// Which callers the statement's `Principal` means, as the evaluator answers.
fn reached(kind: DocumentKind, statement: &Statement, callers: &[Principal]) -> Vec<usize> {
    let probe = Statement {
        principal: statement.principal.clone(),
        ..everything(statement.effect)
    };
    let set = PolicySet::compile(&[Document::new(vec![probe])]);
    let wanted = match statement.effect {
        Effect::Allow => Decision::Allow,
        Effect::Deny => Decision::ExplicitDeny,
    };
    let Ok(action) = "any:Action".parse::<crate::ActionName>() else {
        return Vec::new();
    };
    let is_meant =
        |caller: &Principal| set.decide(kind, &Request::new(caller.clone(), action.clone(), "*")) == wanted;
    let numbered = callers.iter().enumerate();
    numbered
        .filter(|(_, caller)| is_meant(caller))
        .map(|(at, _)| at)
        .collect()
}

/// As the evaluator reads them: without regard to case, and nothing for what is no action.
fn action_element(element: &ActionElement) -> Element {
    let syntax = Syntax {
        wildcards: true,
        variables: false,
    };
    let readable = |text: &&String| {
        let is_star = !text.is_empty() && text.bytes().all(|b| b == b'*');
        !text.contains([',', ' ', '\t', '\r', '\n']) && (is_star || text.contains(':'))
    };
    let compile = |text: &String| Pattern {
        glob: globs(
            &pattern::symbols(&text.to_ascii_lowercase(), syntax),
            Variables::Anything,
            Place::LastField,
        ),
        is_loose: false,
        text: text.to_ascii_lowercase(),
    };
    Element {
        negated: element.is_negated(),
        patterns: element.patterns().iter().filter(readable).map(compile).collect(),
    }
}

fn resource_element(element: &ResourceElement, version: Version, variables: Variables) -> Element {
    let syntax = Syntax {
        wildcards: true,
        variables: version == Version::V2012,
    };
    let patterns = element.patterns().iter();
    Element {
        negated: element.is_negated(),
        patterns: patterns
            .filter_map(|text| arn_pattern(text, syntax, variables))
            .collect(),
    }
}

/// `None` for a text that can match nothing.
fn arn_pattern(text: &str, syntax: Syntax, variables: Variables) -> Option<Pattern> {
    if !text.is_empty() && text.bytes().all(|b| b == b'*') {
        return Some(Pattern {
            glob: vec![Symbol::Run],
            is_loose: false,
            text: "*".to_owned(),
        });
    }
    let mut fields = split_fields(text, 6, syntax).into_iter();
    if fields.next() != Some("arn") {
        return None;
    }
    let plain = Syntax {
        variables: false,
        ..syntax
    };
    let field = |text: &str| globs(&pattern::symbols(text, plain), variables, Place::Field);
    let mut glob: Glob = "arn:".chars().map(Symbol::Char).collect();
    glob.extend(field(fields.next()?));
    glob.push(Symbol::Char(':'));
    match fields.next() {
        Some(service) => glob.extend(service.chars().map(Symbol::Char)),
        None => glob.push(Symbol::RunInField),
    }
    for _ in 0..2 {
        glob.push(Symbol::Char(':'));
        glob.extend(field(fields.next().unwrap_or("*")));
    }
    glob.push(Symbol::Char(':'));
    let last = pattern::symbols(fields.next().unwrap_or("*"), syntax);
    let has_variables = last
        .iter()
        .any(|symbol| matches!(symbol, pattern::Symbol::Variable(_)));
    glob.extend(globs(&last, variables, Place::LastField));
    Some(Pattern {
        glob,
        is_loose: has_variables && variables == Variables::Anything,
        text: text.to_owned(),
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Field,
    LastField,
}

fn globs(symbols: &[pattern::Symbol], variables: Variables, place: Place) -> Glob {
    let mut glob = Vec::new();
    for symbol in symbols {
        match (symbol, place) {
            (pattern::Symbol::Char(c), _) => glob.push(Symbol::Char(*c)),
            (pattern::Symbol::One, Place::Field) => glob.push(Symbol::OneInField),
            (pattern::Symbol::Run, Place::Field) => glob.push(Symbol::RunInField),
            (pattern::Symbol::One, Place::LastField) => glob.push(Symbol::One),
            (pattern::Symbol::Run, Place::LastField) => glob.push(Symbol::Run),
            (pattern::Symbol::Variable(key), _) => match variables {
                Variables::Anything => glob.push(Symbol::Run),
                Variables::Chosen => glob.extend(chosen(key).chars().map(Symbol::Char)),
            },
        }
    }
    // Neighbouring stars are one star.
    glob.dedup_by(|a, b| a == b && matches!(a, Symbol::Run | Symbol::RunInField));
    glob
}

/// The keys of all variables in resources.
pub(super) fn variables(set: &PolicySet) -> Vec<String> {
    let mut keys = Vec::new();
    for document in set.documents() {
        let syntax = Syntax {
            wildcards: true,
            variables: document.effective_version() == Version::V2012,
        };
        let elements = document.statements().iter().filter_map(Statement::resource);
        for text in elements.flat_map(|element| element.patterns().iter()) {
            for symbol in pattern::symbols(text, syntax) {
                if let pattern::Symbol::Variable(key) = symbol {
                    keys.push(key.into());
                }
            }
        }
    }
    keys
}

/// The shapes that the two kinds of element speak of.
pub(super) const ACTIONS: Shape = Shape::Action;
pub(super) const RESOURCES: Shape = Shape::Arn;
