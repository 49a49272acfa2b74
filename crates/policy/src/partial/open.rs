//! The statements that could apply to a request, each with what has to be known of it first. Decides nothing.

use super::{Remaining, Unknown};
use crate::document::{ConditionBlock, ConditionTest, List, ResourceElement};
use crate::evaluate::Reach;
use crate::pattern::{self, Syntax};
use crate::{
    ActionMatcher, Document, Effect, Layer, Layers, Operator, PolicySet, Request, ResourceMatcher, Statement,
    StatementRef, Version,
};

/// All statements that could apply, by layer.
#[derive(Debug)]
pub(crate) struct Statements<'r> {
    pub(super) request: &'r Request,
    /// The layers that exist, without their statements.
    pub(super) empty: Layers,
    pub(super) all: Vec<Open>,
    /// What has to be known, each once.
    pub(super) atoms: Vec<Atom>,
}

/// A statement that applies where all its atoms are as they have to be.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) layer: Layer,
    pub(super) place: StatementRef,
    pub(super) sid: Option<String>,
    pub(super) effect: Effect,
    /// The statement without what is not known, as a document of its own.
    pub(super) document: Document,
    /// Places among all atoms, and whether they have to hold.
    pub(super) atoms: Vec<(usize, bool)>,
}

/// One thing that is not known.
#[derive(Clone, Debug)]
pub(super) struct Atom {
    pub(super) remaining: Remaining,
    /// The condition, where it is one.
    pub(super) test: Option<(Operator, ConditionTest, Version)>,
    /// How far stars of a resource go.
    reach: Reach,
}

impl<'r> Statements<'r> {
    pub(crate) fn of(layers: &Layers, request: &'r Request, unknown: &Unknown) -> Self {
        let mut empty = layers.clone();
        for (layer, _) in layers.iter() {
            empty = empty.with(layer, PolicySet::default());
        }
        let mut found = Self {
            request,
            empty,
            all: Vec::new(),
            atoms: Vec::new(),
        };
        for (layer, set) in layers.iter() {
            for (at, document) in set.documents().iter().enumerate() {
                for (index, statement) in document.statements().iter().enumerate() {
                    let place = StatementRef {
                        document: at,
                        statement: index,
                    };
                    found.add(
                        layers,
                        layer,
                        place,
                        document.effective_version(),
                        statement,
                        unknown,
                    );
                }
            }
        }
        found
    }

    fn add(
        &mut self,
        layers: &Layers,
        layer: Layer,
        place: StatementRef,
        version: Version,
        statement: &Statement,
        unknown: &Unknown,
    ) {
        // Most statements are about something else.
        let actions = ActionMatcher::compile(statement.action(), statement.effect());
        if !actions.matches_lower(self.request.action().lower()) {
            return;
        }
        let is_unknown = |key: &str| unknown.covers(self.request, &key.to_ascii_lowercase());
        let mut closed = statement.clone();
        let mut atoms = Vec::new();
        let mut blocks = Vec::new();
        for block in statement.conditions() {
            let (open, known): (Vec<&ConditionTest>, Vec<&ConditionTest>) =
                block.tests().iter().partition(|test| {
                    let values = test.values().iter();
                    is_unknown(test.key())
                        || values
                            .flat_map(|value| variables(value.as_str(), version))
                            .any(|key| is_unknown(&key))
                });
            atoms.extend(
                open.into_iter()
                    .map(|test| Atom::of(block.operator(), test, version)),
            );
            if !known.is_empty() {
                blocks.push(ConditionBlock {
                    operator: block.operator(),
                    tests: known.into_iter().cloned().collect(),
                });
            }
        }
        closed.condition = Some(blocks);
        let (resource, atom) = resources(statement.resource(), statement.effect(), version, &is_unknown);
        // Without the patterns that are not known it may match already, or, negated, be kept from it already.
        let alone = Statement {
            resource: resource.clone(),
            ..closed.clone()
        };
        let applies = |statement: &Statement| {
            let set = PolicySet::compile(&[document(statement, version)]);
            layers.has_applying(layer, &set, self.request)
        };
        let is_negated = statement.resource().is_some_and(ResourceElement::is_negated);
        match atom {
            None => closed.resource = resource,
            Some(_) if !is_negated && applies(&alone) => closed.resource = resource,
            Some(_) if is_negated && !applies(&alone) => return,
            Some(atom) => {
                let wide = Statement {
                    resource: widened(statement.resource(), version, &is_unknown),
                    ..closed.clone()
                };
                let matches_widest = applies(&wide);
                if is_negated && matches_widest {
                    // No value of the variable makes a pattern match.
                    closed.resource = resource;
                } else if is_negated || matches_widest {
                    atoms.push(atom);
                    closed.resource = if is_negated { resource } else { wide.resource };
                } else {
                    return;
                }
            }
        }
        if !applies(&closed) {
            return;
        }
        let wanted = |atom: &Atom| atom.test.is_some() || !is_negated;
        let mut places: Vec<(usize, bool)> = atoms
            .into_iter()
            .map(|atom| (wanted(&atom), atom))
            .map(|(wanted, atom)| (self.intern(atom), wanted))
            .collect();
        places.sort_unstable();
        places.dedup();
        self.all.push(Open {
            layer,
            place,
            sid: statement.sid().map(str::to_owned),
            effect: statement.effect(),
            document: document(&closed, version),
            atoms: places,
        });
    }

    fn intern(&mut self, atom: Atom) -> usize {
        let known = self
            .atoms
            .iter()
            .position(|known| known.remaining == atom.remaining && known.reach == atom.reach);
        known.unwrap_or_else(|| {
            self.atoms.push(atom);
            self.atoms.len() - 1
        })
    }

    /// The layers with these of the statements.
    pub(super) fn layers(&self, applies: impl Fn(&Open) -> bool) -> Layers {
        let mut layers = self.empty.clone();
        let mut documents: Vec<(Layer, Vec<Document>)> = Vec::new();
        for open in self.all.iter().filter(|open| applies(open)) {
            match documents.iter_mut().find(|(layer, _)| *layer == open.layer) {
                Some((_, own)) => own.push(open.document.clone()),
                None => documents.push((open.layer, vec![open.document.clone()])),
            }
        }
        for (layer, documents) in documents {
            layers = layers.with(layer, PolicySet::compile(&documents));
        }
        layers
    }
}

impl Atom {
    fn of(operator: Operator, test: &ConditionTest, version: Version) -> Self {
        let values = test.values().iter();
        Self {
            remaining: Remaining::Condition {
                operator: operator.to_string(),
                key: test.key().to_owned(),
                values: values.map(|value| value.as_str().to_owned()).collect(),
            },
            test: Some((operator, test.clone(), version)),
            reach: Reach::Segment,
        }
    }
}

fn document(statement: &Statement, version: Version) -> Document {
    Document {
        version: Some(version),
        ..Document::new(vec![statement.clone()])
    }
}

/// The keys of the variables in a text.
fn variables(text: &str, version: Version) -> Vec<String> {
    let symbols = pattern::symbols(text, syntax(version));
    let keys = symbols.into_iter().filter_map(|symbol| match symbol {
        pattern::Symbol::Variable(key) => Some(key.into()),
        _ => None,
    });
    keys.collect()
}

fn syntax(version: Version) -> Syntax {
    Syntax {
        wildcards: true,
        variables: version == Version::V2012,
    }
}

fn rebuilt(element: &ResourceElement, patterns: Vec<String>) -> ResourceElement {
    let patterns = List::many(patterns);
    if element.is_negated() {
        ResourceElement::NotResource(patterns)
    } else {
        ResourceElement::Resource(patterns)
    }
}

/// Whether what the pattern matches is not known. One that the evaluator cannot read matches nothing.
fn is_open(text: &str, version: Version, is_unknown: &dyn Fn(&str) -> bool) -> bool {
    ResourceMatcher::reads(text) && variables(text, version).iter().any(|key| is_unknown(key))
}

/// The element without patterns whose variables are not known, and these.
fn resources(
    element: Option<&ResourceElement>,
    effect: Effect,
    version: Version,
    is_unknown: &dyn Fn(&str) -> bool,
) -> (Option<ResourceElement>, Option<Atom>) {
    let Some(element) = element else {
        return (None, None);
    };
    let (open, known): (Vec<String>, Vec<String>) = element
        .patterns()
        .iter()
        .cloned()
        .partition(|text| is_open(text, version, is_unknown));
    if open.is_empty() {
        return (Some(element.clone()), None);
    }
    // Only a star before the last field can go on beyond a colon.
    let has_star = |text: &String| text.splitn(6, ':').take(5).any(|field| field.ends_with('*'));
    let reach = match open.iter().any(has_star) {
        true => Reach::of(element.is_negated(), effect),
        false => Reach::Segment,
    };
    let atom = Atom {
        remaining: Remaining::Resource { listed: open },
        test: None,
        reach,
    };
    (Some(rebuilt(element, known)), Some(atom))
}

/// The element with stars for the variables that are not known.
fn widened(
    element: Option<&ResourceElement>,
    version: Version,
    is_unknown: &dyn Fn(&str) -> bool,
) -> Option<ResourceElement> {
    let element = element?;
    let widen = |text: &String| {
        let mut wide = text.clone();
        let mut from = 0;
        while let Some((start, end)) = variable_at(&wide, from) {
            let inner = wide.get(start + 2..end).unwrap_or_default();
            let key = inner.split(',').next().unwrap_or_default();
            if is_unknown(key) {
                wide.replace_range(start..=end, "*");
                from = start + 1;
            } else {
                from = end + 1;
            }
        }
        wide
    };
    let patterns = element.patterns().iter();
    let open = patterns.filter(|text| is_open(text, version, is_unknown));
    Some(rebuilt(element, open.map(widen).collect()))
}

/// Where the next `${...}` begins and ends.
fn variable_at(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text.get(from..)?.find("${")?;
    let end = start + text.get(start..)?.find('}')?;
    Some((start, end))
}
