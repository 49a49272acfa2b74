//! Looks for a request that one set of policies allows and another does not: statement minus statements, by cases.
//! Every request that it gives was put to the evaluator.

use std::collections::HashMap;

use crate::document::{Effect, PrincipalElement, PrincipalType, Principals};
use crate::{
    ActionName, Context, Decision, DocumentKind, Operation, PolicySet, Principal, Request,
    required_permissions,
};

use super::caller::representatives;
use super::context::{Claim, Facts};
use super::term::{ACTIONS, Elements, RESOURCES, Term, Variables, chosen, terms, variables};
use super::text::{self, Demand, Found, Shape};

/// What was found on one side.
#[derive(Clone, Debug)]
pub(crate) enum Side {
    Witness(Box<Request>),
    /// Proven: there is no such request.
    Nothing,
    Unknown,
}

impl Side {
    pub(crate) fn witness(&self) -> Option<&Request> {
        match self {
            Self::Witness(request) => Some(request),
            Self::Nothing | Self::Unknown => None,
        }
    }
}

/// Steps of reading patterns; a comparison of ordinary policies takes some thousands.
const WORK: usize = 4_000_000;

/// Cases that are looked at.
const CASES: usize = 5_000;

/// Symbols in the patterns of both sets; more are not compared.
const PATTERNS: usize = 100_000;

/// A request that `first` allows and `second` does not.
pub(crate) fn only_in(kind: DocumentKind, first: &PolicySet, second: &PolicySet) -> Side {
    if first.documents() == second.documents() {
        return Side::Nothing;
    }
    let search = Search::new(kind, first, second, Variables::Anything);
    let has_variables = search.has_variables();
    match search.run() {
        Side::Unknown if has_variables => {
            match Search::new(kind, first, second, Variables::Chosen).run() {
                Side::Witness(request) => Side::Witness(request),
                // With one choice of values nothing is proven for all others.
                Side::Nothing | Side::Unknown => Side::Unknown,
            }
        }
        side => side,
    }
}

struct Search<'p> {
    kind: DocumentKind,
    first: &'p PolicySet,
    second: &'p PolicySet,
    callers: Vec<Principal>,
    elements: Elements,
    facts: Facts,
    from: Vec<Term>,
    minus: Vec<Term>,
    given: Context,
    texts: HashMap<(Shape, Vec<(usize, bool)>), Found>,
    work: usize,
    cases: usize,
    is_exact: bool,
}

/// Requests that statements were found to match, or not to: a part of each of the four dimensions.
#[derive(Clone, Debug)]
struct Region {
    callers: Vec<usize>,
    actions: Vec<(usize, bool)>,
    resources: Vec<(usize, bool)>,
    claims: Vec<Claim>,
}

impl Region {
    /// The part that the term's statement matches.
    fn within(&self, term: &Term) -> Self {
        let mut part = self.clone();
        part.callers.retain(|caller| term.callers.contains(caller));
        push(&mut part.actions, (term.actions, true));
        if let Some(resources) = term.resources {
            push(&mut part.resources, (resources, true));
        }
        for fact in &term.facts {
            push(&mut part.claims, (*fact, true));
        }
        part
    }

    /// Parts that together are what the term's statement does not match.
    fn outside(&self, term: &Term) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut others = self.clone();
        others.callers.retain(|caller| !term.callers.contains(caller));
        parts.push(others);
        let mut actions = self.clone();
        push(&mut actions.actions, (term.actions, false));
        parts.push(actions);
        if let Some(element) = term.resources {
            let mut resources = self.clone();
            push(&mut resources.resources, (element, false));
            parts.push(resources);
        }
        for fact in &term.facts {
            let mut claims = self.clone();
            push(&mut claims.claims, (*fact, false));
            parts.push(claims);
        }
        parts
    }
}

/// Kept sorted, so that equal demands are known again.
fn push(list: &mut Vec<(usize, bool)>, item: (usize, bool)) {
    if let Err(at) = list.binary_search(&item) {
        list.insert(at, item);
    }
}

impl<'p> Search<'p> {
    fn new(kind: DocumentKind, first: &'p PolicySet, second: &'p PolicySet, reading: Variables) -> Self {
        let callers = representatives([first, second]);
        let (mut elements, mut facts) = (Elements::default(), Facts::default());
        let from = terms(kind, first, &callers, reading, &mut elements, &mut facts);
        let minus = terms(kind, second, &callers, reading, &mut elements, &mut facts);
        let mut given = Context::default();
        if reading == Variables::Chosen {
            let keys = [variables(first), variables(second), facts.variables()];
            for key in keys.into_iter().flatten() {
                let value = chosen(&key);
                given.set(&key, [value]);
            }
        }
        Self {
            kind,
            first,
            second,
            callers,
            elements,
            facts,
            from,
            minus,
            given,
            texts: HashMap::new(),
            work: WORK,
            cases: CASES,
            is_exact: !names_canonical_users(first) && !names_canonical_users(second),
        }
    }

    fn has_variables(&self) -> bool {
        let of_conditions = self.facts.variables();
        !of_conditions.is_empty() || !variables(self.first).is_empty() || !variables(self.second).is_empty()
    }

    fn run(mut self) -> Side {
        if self.elements.size() > PATTERNS {
            return Side::Unknown;
        }
        let (from, minus) = (std::mem::take(&mut self.from), std::mem::take(&mut self.minus));
        let of = |terms: &'_ [Term], effect: Effect| -> Vec<usize> {
            let numbered = terms.iter().enumerate();
            numbered
                .filter(|(_, term)| term.effect == effect)
                .map(|(at, _)| at)
                .collect()
        };
        let denied: Vec<&Term> = of(&from, Effect::Deny)
            .into_iter()
            .filter_map(|at| from.get(at))
            .collect();
        let granted: Vec<&Term> = of(&minus, Effect::Allow)
            .into_iter()
            .filter_map(|at| minus.get(at))
            .collect();
        let refused: Vec<&Term> = of(&minus, Effect::Deny)
            .into_iter()
            .filter_map(|at| minus.get(at))
            .collect();
        let mut whole = Side::Nothing;
        for at in of(&from, Effect::Allow) {
            let Some(term) = from.get(at) else { continue };
            let start = Region {
                callers: (0..self.callers.len()).collect(),
                actions: Vec::new(),
                resources: Vec::new(),
                claims: Vec::new(),
            };
            let region = start.within(term);
            if !self.is_possible(&region) {
                continue;
            }
            // Allowed here, and there either not allowed or refused.
            let not_granted: Vec<&Term> = denied.iter().chain(&granted).copied().collect();
            let mut sides = vec![self.without(region.clone(), &not_granted)];
            for term in &refused {
                let region = region.within(term);
                if matches!(sides.last(), Some(Side::Witness(_))) {
                    break;
                }
                if self.is_possible(&region) {
                    sides.push(self.without(region, &denied));
                }
            }
            for side in sides {
                match side {
                    Side::Witness(_) => return side,
                    Side::Unknown => whole = Side::Unknown,
                    Side::Nothing => {}
                }
            }
        }
        match whole {
            Side::Nothing if !self.is_exact => Side::Unknown,
            side => side,
        }
    }

    /// What is left of the region when all that these statements match is taken away.
    fn without(&mut self, region: Region, terms: &[&Term]) -> Side {
        match self.cases.checked_sub(1) {
            Some(left) => self.cases = left,
            None => return Side::Unknown,
        }
        let Some((term, rest)) = terms.split_first() else {
            return self.request(&region);
        };
        if !self.is_possible(&region.within(term)) {
            return self.without(region, rest);
        }
        let mut whole = Side::Nothing;
        for part in region.outside(term) {
            if !self.is_possible(&part) {
                continue;
            }
            match self.without(part, rest) {
                Side::Nothing => {}
                Side::Unknown => whole = Side::Unknown,
                witness => return witness,
            }
        }
        whole
    }

    /// `false` only when it is proven that no request is in the region.
    fn is_possible(&mut self, region: &Region) -> bool {
        !region.callers.is_empty()
            && self.text(ACTIONS, &region.actions) != Found::Nothing
            && self.text(RESOURCES, &region.resources) != Found::Nothing
            && !self.facts.contradict(&region.claims, &mut self.work)
    }

    /// A request in the region, if the evaluator agrees.
    fn request(&mut self, region: &Region) -> Side {
        let (Found::Text(action), Found::Text(resource)) = (
            self.text(ACTIONS, &region.actions),
            self.text(RESOURCES, &region.resources),
        ) else {
            return Side::Unknown;
        };
        let Some(context) = self.facts.context(&region.claims, &self.given) else {
            return Side::Unknown;
        };
        let Ok(action) = action.parse::<ActionName>() else {
            return Side::Unknown;
        };
        for caller in region.callers.iter().filter_map(|at| self.callers.get(*at)) {
            let request =
                Request::new(caller.clone(), action.clone(), resource.as_str()).with_context(context.clone());
            if self.first.decide(self.kind, &request) == Decision::Allow
                && self.second.decide(self.kind, &request) != Decision::Allow
            {
                return Side::Witness(Box::new(request));
            }
        }
        Side::Unknown
    }

    fn text(&mut self, shape: Shape, wanted: &[(usize, bool)]) -> Found {
        let key = (shape, wanted.to_vec());
        if let Some(found) = self.texts.get(&key) {
            return found.clone();
        }
        let found = if wanted
            .iter()
            .any(|(at, matched)| wanted.contains(&(*at, !*matched)))
        {
            Found::Nothing
        } else {
            let demands: Vec<Demand<'_>> = wanted
                .iter()
                .filter_map(|(at, matched)| Some(self.elements.get(*at)?.demand(*matched)))
                .collect();
            match self.guess(shape, &demands) {
                Some(text) => Found::Text(text),
                None => match text::find(shape, &demands, &mut self.work) {
                    // `*`, the resource of actions that have none, is no ARN.
                    Found::Nothing if shape == Shape::Arn && text::accepts(&demands, "*") => {
                        Found::Text("*".to_owned())
                    }
                    found => found,
                },
            }
        };
        self.texts.insert(key, found.clone());
        found
    }

    /// A text that a person knows, if one will do: proofs need none, but witnesses are read.
    fn guess(&self, shape: Shape, demands: &[Demand<'_>]) -> Option<String> {
        match shape {
            Shape::Action => Operation::ALL
                .iter()
                .flat_map(|operation| required_permissions(*operation, &[]))
                .map(|permission| permission.action)
                .find(|action| text::accepts(demands, &action.to_ascii_lowercase()))
                .map(str::to_owned),
            Shape::Arn => {
                let filled = |filling| {
                    let globs = self.elements.globs().filter(|glob| glob.len() > 1);
                    globs.map(move |glob| text::filled(glob, filling))
                };
                let known = ["arn:aws:s3:::some-bucket/some-key".to_owned()];
                filled("some-key")
                    .chain(filled("x"))
                    .chain(known)
                    .filter(|text| {
                        text.starts_with("arn:") && text.splitn(6, ':').all(|field| field.len() < 200)
                    })
                    .filter(|text| text.splitn(6, ':').count() == 6 && !text.ends_with(':'))
                    .find(|text| text::accepts(demands, text))
            }
            Shape::Any => None,
        }
    }
}

/// Canonical user ids say nothing about who else a caller is, so a few callers cannot stand for all.
fn names_canonical_users(set: &PolicySet) -> bool {
    let statements = set
        .documents()
        .iter()
        .flat_map(|document| document.statements().iter());
    let mut principals =
        statements.filter_map(|statement| statement.principal().map(PrincipalElement::principals));
    principals.any(|principals| match principals {
        Principals::Everyone => false,
        Principals::Named(groups) => groups
            .iter()
            .any(|group| group.kind() == PrincipalType::CanonicalUser),
    })
}
