//! Looks for a request that one set of policies allows and another does not: statement minus statements, by cases.
//! Every request that it gives was put to the evaluator, and is one that AWS could send.

mod target;

use std::collections::HashMap;

use crate::document::Effect;
use crate::{ActionName, Context, DocumentKind, PolicySet, PrincipalKind, Request};

use super::caller::{Caller, Callers};
use super::context::{Claim, Facts};
use super::grant::Grant;
use super::term::{Elements, Term, Variables, chosen, terms, variables};
use super::universe::{Services, Universe};
use super::witness;
use target::Targets;

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

/// Requests of one case that are put to the evaluator before it is given up.
const TRIES: usize = 400;

/// The actions that identities of providers call, the commonest first.
const OF_PROVIDERS: [&str; 3] = [
    "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoleWithSAML",
    "sts:TagSession",
];

/// A request that `first` allows and `second` does not, each alone.
pub(crate) fn only_in(kind: DocumentKind, first: &PolicySet, second: &PolicySet) -> Side {
    only_in_grant(
        &Grant::alone(kind, first),
        &Grant::alone(kind, second),
        Asking::Anybody,
    )
}

/// Whose requests count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asking {
    Anybody,
    /// Callers whom nobody named, anonymous ones among them.
    Public,
}

/// A request that `first` allows and `second` does not.
pub(crate) fn only_in_grant(first: &Grant, second: &Grant, asking: Asking) -> Side {
    if first.is_same(second) {
        return Side::Nothing;
    }
    if !first.is_exact || !second.is_exact {
        return Side::Unknown;
    }
    let search = Search::new(first, second, asking, Variables::Anything);
    let has_variables = search.has_variables();
    match search.run() {
        Side::Unknown if has_variables => {
            match Search::new(first, second, asking, Variables::Chosen).run() {
                Side::Witness(request) => Side::Witness(request),
                // With one choice of values nothing is proven for all others.
                Side::Nothing | Side::Unknown => Side::Unknown,
            }
        }
        side => side,
    }
}

/// The statements of one part of a side.
#[derive(Debug)]
struct Own {
    must_allow: bool,
    terms: Vec<Term>,
}

struct Search<'p> {
    first: &'p Grant,
    second: &'p Grant,
    callers: Vec<Caller>,
    /// For each caller and fact whether it holds, where that follows from who the caller is.
    settled: Vec<Vec<Option<bool>>>,
    targets: Targets,
    facts: Facts,
    from: Vec<Own>,
    minus: Vec<Own>,
    given: Context,
    cases: usize,
    is_exact: bool,
    contradictions: HashMap<Vec<Claim>, bool>,
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

fn with_effect(all: &[Own], effect: Effect) -> impl Iterator<Item = &Term> {
    let terms = all.iter().flat_map(|own| &own.terms);
    terms.filter(move |term| term.effect == effect)
}

/// What the documents that name callers are attached to, if any do.
fn kind(first: &Grant, second: &Grant) -> DocumentKind {
    let mut kinds = first.parts().iter().chain(second.parts()).map(|part| part.kind);
    if kinds.clone().any(|kind| kind == DocumentKind::Trust) {
        DocumentKind::Trust
    } else {
        kinds
            .find(|kind| *kind == DocumentKind::Resource)
            .unwrap_or(DocumentKind::Identity)
    }
}

/// Kept sorted, so that equal demands are known again.
fn push(list: &mut Vec<(usize, bool)>, item: (usize, bool)) {
    if let Err(at) = list.binary_search(&item) {
        list.insert(at, item);
    }
}

impl<'p> Search<'p> {
    fn new(first: &'p Grant, second: &'p Grant, asking: Asking, reading: Variables) -> Self {
        let mut callers = Callers::of(kind(first, second), first.sets().chain(second.sets()));
        if first.is_of_caller() {
            callers.with_policies_of_their_own();
        }
        if asking == Asking::Public {
            callers.whom_nobody_named();
        }
        let (mut elements, mut facts) = (Elements::default(), Facts::default());
        let mut own = |grant: &Grant| -> Vec<Own> {
            let parts = grant.parts().iter();
            parts
                .map(|part| Own {
                    must_allow: part.must_allow,
                    terms: terms(
                        part.kind,
                        &part.set,
                        &callers.all,
                        reading,
                        &mut elements,
                        &mut facts,
                    ),
                })
                .collect()
        };
        let (from, minus) = (own(first), own(second));
        let mut given = Context::default();
        if reading == Variables::Chosen {
            let sets = first.sets().chain(second.sets());
            for key in sets.flat_map(variables).chain(facts.variables()) {
                let value = chosen(&key);
                given.set(&key, [value]);
            }
        }
        let services = match kind(first, second) {
            DocumentKind::Trust => Services::TokenService,
            DocumentKind::Identity | DocumentKind::Resource => Services::All,
        };
        let matchers: Vec<_> = elements.actions.iter().map(|term| &term.matcher).collect();
        let universe = Universe::new(services, &matchers);
        let settled = callers.all.iter().map(|caller| settled(caller, &facts)).collect();
        Self {
            first,
            second,
            callers: callers.all,
            settled,
            targets: Targets::new(elements, universe, WORK),
            facts,
            from,
            minus,
            given,
            cases: CASES,
            is_exact: callers.is_complete,
            contradictions: HashMap::new(),
        }
    }

    fn has_variables(&self) -> bool {
        let mut sets = self.first.sets().chain(self.second.sets());
        !self.facts.variables().is_empty() || sets.any(|set| !variables(set).is_empty())
    }

    fn run(mut self) -> Side {
        if self.targets.size() > PATTERNS {
            return Side::Unknown;
        }
        let (from, minus) = (std::mem::take(&mut self.from), std::mem::take(&mut self.minus));
        let all = Region {
            callers: (0..self.callers.len()).collect(),
            actions: Vec::new(),
            resources: Vec::new(),
            claims: Vec::new(),
        };
        let denied: Vec<&Term> = with_effect(&from, Effect::Deny).collect();
        let refused: Vec<&Term> = with_effect(&minus, Effect::Deny).collect();
        let demanded: Vec<Vec<&Term>> = minus
            .iter()
            .filter(|own| own.must_allow)
            .map(|own| {
                own.terms
                    .iter()
                    .filter(|term| term.effect == Effect::Allow)
                    .collect()
            })
            .collect();
        let Some(regions) = self.allowed(all, &from) else {
            return Side::Unknown;
        };
        let mut whole = Side::Nothing;
        for region in regions {
            // Allowed here, and there either not allowed by a part that must allow, or refused.
            let mut sides = Vec::new();
            for granted in &demanded {
                let not_granted: Vec<&Term> = denied.iter().chain(granted).copied().collect();
                sides.push(self.without(region.clone(), &not_granted));
                if matches!(sides.last(), Some(Side::Witness(_))) {
                    break;
                }
            }
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

    /// The parts of a region that statements of all parts that must allow together allow; `None` for too many.
    fn allowed(&mut self, all: Region, from: &[Own]) -> Option<Vec<Region>> {
        let mut regions = vec![all];
        for own in from.iter().filter(|own| own.must_allow) {
            let mut narrower = Vec::new();
            for region in &regions {
                for term in own.terms.iter().filter(|term| term.effect == Effect::Allow) {
                    let region = region.within(term);
                    if self.is_possible(&region) {
                        narrower.push(region);
                    }
                }
            }
            if narrower.len() > CASES {
                return None;
            }
            regions = narrower;
        }
        Some(regions)
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
        self.callers_of(region).next().is_some()
            && !self.contradict(&region.claims)
            && self.targets.is_possible(&region.actions, &region.resources)
    }

    fn contradict(&mut self, claims: &[Claim]) -> bool {
        if let Some(known) = self.contradictions.get(claims) {
            return *known;
        }
        let found = self.facts.contradict(claims, self.targets.work());
        self.contradictions.insert(claims.to_vec(), found);
        found
    }

    /// The callers of the region who can have what is claimed of their keys.
    fn callers_of<'r>(&'r self, region: &'r Region) -> impl Iterator<Item = &'r Caller> + 'r {
        let can_be = |at: &usize| {
            let settled = self.settled.get(*at);
            region.claims.iter().all(|(fact, holds)| {
                let known = settled.and_then(|settled| settled.get(*fact).copied().flatten());
                known.is_none_or(|known| known == *holds)
            })
        };
        let possible = region.callers.iter().filter(move |at| can_be(at));
        possible.filter_map(|at| self.callers.get(*at))
    }

    /// A request in the region, if the evaluator agrees and AWS could send it.
    fn request(&mut self, region: &Region) -> Side {
        let callers: Vec<Caller> = self.callers_of(region).cloned().collect();
        let mut tries = TRIES;
        // Of an action whose requests are not known to carry all these keys: better than none.
        let mut second_best = None;
        for caller in callers {
            let mut targets = self.targets.candidates(&region.actions, &region.resources);
            if caller.principal.kind() == PrincipalKind::Federated {
                targets.sort_by_key(|(action, _)| !OF_PROVIDERS.contains(&action.as_str()));
            }
            let is_settled = |key: &str| caller.lacks(key) || !caller.fixed.get(key).is_empty();
            for (action, resource) in targets {
                let Ok(action) = action.parse::<ActionName>() else {
                    continue;
                };
                let plain = Request::new(caller.principal.clone(), action.clone(), resource.as_str());
                let mut given = plain.request_context().clone();
                for (key, values) in self.given.iter().chain(caller.fixed.iter()) {
                    if !values.is_empty() && !caller.lacks(key) {
                        given.set(key, values.iter().cloned());
                    }
                }
                let context = self
                    .facts
                    .context(&region.claims, &given, &is_settled, self.targets.work());
                let Some(context) = context else {
                    continue;
                };
                for principal in caller.adapted(&context) {
                    match tries.checked_sub(1) {
                        Some(left) => tries = left,
                        None => {
                            return second_best
                                .map_or(Side::Unknown, |request| Side::Witness(Box::new(request)));
                        }
                    }
                    let request = Request::new(principal, action.clone(), resource.as_str());
                    let request = with_needed(request, &context, plain.request_context());
                    if self.first.allows(&request)
                        && !self.second.allows_in_any_way(&request)
                        && witness::is_plausible(&caller, &request)
                    {
                        if witness::is_complete(&request) {
                            return Side::Witness(Box::new(request));
                        }
                        second_best.get_or_insert(request);
                    }
                }
            }
        }
        second_best.map_or(Side::Unknown, |request| Side::Witness(Box::new(request)))
    }
}

/// The request with what it does not carry by itself, and the request that the context began with did not.
fn with_needed(request: Request, context: &Context, before: &Context) -> Request {
    let derived = request.request_context().clone();
    let needed = context.iter().filter(|(key, values)| {
        !values.is_empty() && derived.get(key) != *values && before.get(key) != *values
    });
    let mut given = Context::default();
    for (key, values) in needed {
        given.set(key, values.iter().cloned());
    }
    if let [account] = context.get("aws:resourceaccount")
        && request.resource().account().is_none()
        && let Ok(account) = account.parse()
    {
        return request.with_context(given).resource_account(account);
    }
    request.with_context(given)
}

fn settled(caller: &Caller, facts: &Facts) -> Vec<Option<bool>> {
    (0..facts.len())
        .map(|at| {
            let (key, operator) = facts.describe(at)?;
            let fixed = caller.fixed.get(key);
            if caller.lacks(key) {
                facts.holds_for(at, &[])
            } else if !fixed.is_empty() {
                facts.holds_for(at, fixed)
            } else if let Some(value) = caller.stand_in(key, operator, facts.values_of(at)) {
                facts.holds_for(at, &[value.to_owned()])
            } else if caller.always_has(key) && operator.test() == crate::document::Test::Null {
                facts.holds_for(at, &["x".to_owned()])
            } else {
                None
            }
        })
        .collect()
}
