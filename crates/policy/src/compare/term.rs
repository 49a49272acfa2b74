//! Statements as products of what they say of callers, actions, resources and contexts.

use crate::document::{ActionElement, Effect, ResourceElement, Statement};
use crate::evaluate::Reach;
use crate::pattern::{self, Syntax, split_fields};
use crate::{
    ActionMatcher, Decision, Document, DocumentKind, PolicySet, Request, ResourceMatcher, Version, everything,
};

use super::caller::Caller;
use super::context::Facts;
use super::text::{Demand, Glob, Symbol};

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
    match key {
        "aws:principalaccount" | "aws:resourceaccount" | "aws:sourceaccount" => "432143214321".to_owned(),
        "aws:principalarn" => "arn:aws:iam::432143214321:user/some-user".to_owned(),
        "aws:principaltype" => "User".to_owned(),
        "aws:sourceip" => "198.51.100.7".to_owned(),
        _ => {
            let name: String = key.chars().filter(char::is_ascii_alphanumeric).collect();
            format!("some-{name}")
        }
    }
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

/// An `Action` element, and as what the evaluator compiles it.
#[derive(Debug)]
pub(super) struct ActionTerm {
    pub(super) element: Element,
    pub(super) matcher: ActionMatcher,
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
pub(super) struct Elements {
    pub(super) actions: Vec<ActionTerm>,
    resources: Vec<Element>,
}

impl Elements {
    fn action(&mut self, element: &ActionElement) -> usize {
        let compiled = action_element(element);
        let known = self.actions.iter().position(|known| known.element == compiled);
        known.unwrap_or_else(|| {
            self.actions.push(ActionTerm {
                element: compiled,
                // What a statement denies is never narrowed by what cannot be read; statements that would be are left out.
                matcher: ActionMatcher::compile(element, Effect::Deny),
            });
            self.actions.len() - 1
        })
    }

    fn resource(&mut self, element: Element) -> usize {
        let known = self.resources.iter().position(|known| *known == element);
        known.unwrap_or_else(|| {
            self.resources.push(element);
            self.resources.len() - 1
        })
    }

    pub(super) fn get_action(&self, place: usize) -> Option<&Element> {
        self.actions.get(place).map(|term| &term.element)
    }

    pub(super) fn get_resource(&self, place: usize) -> Option<&Element> {
        self.resources.get(place)
    }

    /// Symbols in all patterns together.
    pub(super) fn size(&self) -> usize {
        let actions = self.actions.iter().map(|term| &term.element);
        let patterns = actions
            .chain(&self.resources)
            .flat_map(|element| &element.patterns);
        patterns.map(|pattern| pattern.glob.len()).sum()
    }

    /// The patterns of all resources, for guessing texts.
    pub(super) fn globs(&self) -> impl Iterator<Item = &[Symbol]> {
        let patterns = self.resources.iter().flat_map(|element| &element.patterns);
        patterns.map(|pattern| pattern.glob.as_slice())
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

    /// The services in whose ARNs this element can match, or not match; `None` for any.
    pub(super) fn arn_services(&self, matched: bool) -> Option<Vec<String>> {
        if matched == self.negated {
            return None;
        }
        let mut services = Vec::new();
        for pattern in &self.patterns {
            // A partition's star may go on beyond the service.
            let mut fields = pattern.text.split(':').skip(1);
            let partition = fields.next().filter(|partition| !partition.ends_with('*'));
            services.push(partition.and(fields.next())?.to_owned());
        }
        Some(services)
    }
}

/// All statements of a set that could apply to somebody.
pub(super) fn terms(
    kind: DocumentKind,
    set: &PolicySet,
    callers: &[Caller],
    variables: Variables,
    elements: &mut Elements,
    facts: &mut Facts,
) -> Vec<Term> {
    let mut terms = Vec::new();
    for document in set.documents() {
        let version = document.effective_version();
        for statement in document.statements() {
            if kind == DocumentKind::Identity && statement.resource().is_none() || grants_nothing(statement) {
                continue;
            }
            let resources = statement.resource().map(|element| {
                let element = resource_element(element, statement.effect(), version, variables);
                elements.resource(element)
            });
            terms.push(Term {
                effect: statement.effect(),
                callers: reached(kind, statement, callers),
                actions: elements.action(statement.action()),
                resources,
                facts: facts.of(statement, version),
            });
        }
    }
    terms
}

/// Whether the statement would leave something out of what it grants that cannot be read, so that the evaluator takes it
/// for nothing. For principals it is asked itself.
fn grants_nothing(statement: &Statement) -> bool {
    let action = statement.action();
    statement.effect() == Effect::Allow
        && (action.is_negated() && action.patterns().iter().any(|text| !ActionMatcher::reads(text))
            || statement.resource().is_some_and(|element| {
                element.is_negated()
                    && element
                        .patterns()
                        .iter()
                        .any(|text| !ResourceMatcher::reads(text))
            }))
}

/// Which callers the statement's `Principal` means, as the evaluator answers.
fn reached(kind: DocumentKind, statement: &Statement, callers: &[Caller]) -> Vec<usize> {
    let probe = Statement {
        principal: statement.principal.clone(),
        ..everything::statement(statement.effect)
    };
    let set = PolicySet::compile(&[Document::new(vec![probe])]);
    let wanted = match statement.effect {
        Effect::Allow => Decision::Allow,
        Effect::Deny => Decision::ExplicitDeny,
    };
    let Ok(action) = "any:Action".parse::<crate::ActionName>() else {
        return Vec::new();
    };
    let is_meant = |caller: &Caller| {
        set.decide(kind, &Request::new(caller.principal.clone(), action.clone(), "*")) == wanted
    };
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
    let readable = |text: &&String| ActionMatcher::reads(text);
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

fn resource_element(
    element: &ResourceElement,
    effect: Effect,
    version: Version,
    variables: Variables,
) -> Element {
    let syntax = Syntax {
        wildcards: true,
        variables: version == Version::V2012,
    };
    let reach = Reach::of(element.is_negated(), effect);
    let patterns = element
        .patterns()
        .iter()
        .filter(|text| ResourceMatcher::reads(text));
    Element {
        negated: element.is_negated(),
        patterns: patterns
            .flat_map(|text| arn_patterns(text, syntax, reach, variables))
            .collect(),
    }
}

/// As the evaluator reads a text: as it is, and where that can go beyond colons also with fields left out at the end.
fn arn_patterns(text: &str, syntax: Syntax, reach: Reach, variables: Variables) -> Vec<Pattern> {
    if text.bytes().all(|b| b == b'*') {
        return vec![Pattern {
            glob: vec![Symbol::Run],
            is_loose: false,
            text: "*".to_owned(),
        }];
    }
    let mut fields = split_fields(text, 6, syntax);
    let mut all = Vec::new();
    if reach == Reach::Beyond
        && fields.len() < 6
        && let [heads @ .., _] = fields.as_slice()
        && heads.iter().any(|field| field.ends_with('*'))
    {
        all.push(arn_pattern(text, &fields, syntax, reach, variables));
    }
    fields.resize(6, "*");
    all.push(arn_pattern(text, &fields, syntax, reach, variables));
    all
}

fn arn_pattern(text: &str, fields: &[&str], syntax: Syntax, reach: Reach, variables: Variables) -> Pattern {
    let (mut glob, mut is_loose) = (Glob::new(), false);
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            glob.push(Symbol::Char(':'));
        }
        let symbols = pattern::symbols(field, syntax);
        is_loose |= symbols
            .iter()
            .any(|symbol| matches!(symbol, pattern::Symbol::Variable(_)));
        let place = if index + 1 == fields.len() {
            Place::LastField
        } else if reach == Reach::Beyond {
            Place::FieldWithOpenEnd
        } else {
            Place::Field
        };
        glob.extend(globs(&symbols, variables, place));
    }
    Pattern {
        glob,
        is_loose: is_loose && variables == Variables::Anything,
        text: pattern::with_lower_keys(text, syntax),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Field,
    /// A star at the end goes on beyond the colon.
    FieldWithOpenEnd,
    LastField,
}

fn globs(symbols: &[pattern::Symbol], variables: Variables, place: Place) -> Glob {
    let mut glob = Vec::new();
    for (at, symbol) in symbols.iter().enumerate() {
        let is_last = at + 1 == symbols.len();
        match (symbol, place) {
            (pattern::Symbol::Char(c), _) => glob.push(Symbol::Char(*c)),
            (pattern::Symbol::Run, Place::FieldWithOpenEnd) if is_last => glob.push(Symbol::Run),
            (pattern::Symbol::One, Place::Field | Place::FieldWithOpenEnd) => glob.push(Symbol::OneInField),
            (pattern::Symbol::Run, Place::Field | Place::FieldWithOpenEnd) => glob.push(Symbol::RunInField),
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
