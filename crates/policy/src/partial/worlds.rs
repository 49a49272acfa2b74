//! Every way in which what is not known could turn out, put to the evaluator. Knows no condition from within.

use super::open::{Open, Statements};
use super::{Answer, Demand, Partial, RemainingStatement, formula};
use crate::compare::Consistency;
use crate::{Decision, Effect, authorize};

/// More unknowns are not tried in all ways.
const ATOMS: usize = 10;

pub(super) fn answer(statements: &Statements<'_>) -> Partial {
    let decide = |applies: &dyn Fn(&Open) -> bool| {
        authorize(&statements.layers(applies), statements.request).decision()
    };
    // The more allowances apply and the fewer denials, the more is allowed: between these two lie all cases.
    let best = decide(&|open| open.atoms.is_empty() || open.effect == Effect::Allow);
    let worst = decide(&|open| open.atoms.is_empty() || open.effect == Effect::Deny);
    if statements.atoms.is_empty() {
        return decided(Answer::Decided(best));
    }
    if best != Decision::Allow || worst == Decision::Allow {
        return decided(if best == worst {
            Answer::Decided(best)
        } else {
            Answer::Refused
        });
    }
    let open: Vec<RemainingStatement> = statements
        .all
        .iter()
        .filter(|open| !open.atoms.is_empty())
        .map(|open| remaining(statements, open))
        .collect();
    if statements.atoms.len() > ATOMS {
        return Partial {
            answer: Answer::Depends,
            allowed_when: None,
            statements: open,
        };
    }
    let tests = statements.atoms.iter().map(|atom| atom.test.as_ref());
    let mut consistency = Consistency::of(tests);
    let (mut allowed, mut refused) = (Vec::new(), Vec::new());
    let mut decisions = Vec::new();
    for world in 0..1_u32 << statements.atoms.len() {
        let holds = |atom: usize| world & (1 << atom) != 0;
        if consistency.is_impossible(holds) {
            continue;
        }
        let decision = decide(&|open| open.atoms.iter().all(|(atom, wanted)| holds(*atom) == *wanted));
        match decision {
            Decision::Allow => allowed.push(world),
            _ => refused.push(world),
        }
        if !decisions.contains(&decision) {
            decisions.push(decision);
        }
    }
    match decisions.as_slice() {
        [only] => return decided(Answer::Decided(*only)),
        _ if allowed.is_empty() => return decided(Answer::Refused),
        _ => {}
    }
    let terms = formula::shortest(statements.atoms.len(), &allowed, &refused);
    let demands = |term: &formula::Term| {
        let atoms = statements.atoms.iter().enumerate();
        let demanded = atoms.filter_map(|(at, atom)| {
            Some(Demand {
                holds: term.demands(at)?,
                remaining: atom.remaining.clone(),
            })
        });
        demanded.collect()
    };
    Partial {
        answer: Answer::Depends,
        allowed_when: Some(terms.iter().map(demands).collect()),
        statements: open,
    }
}

fn decided(answer: Answer) -> Partial {
    Partial {
        answer,
        allowed_when: None,
        statements: Vec::new(),
    }
}

fn remaining(statements: &Statements<'_>, open: &Open) -> RemainingStatement {
    let atoms = open.atoms.iter();
    RemainingStatement {
        layer: open.layer,
        place: open.place,
        sid: open.sid.clone(),
        effect: open.effect,
        remaining: atoms
            .filter_map(|(at, wanted)| {
                Some(Demand {
                    holds: *wanted,
                    remaining: statements.atoms.get(*at)?.remaining.clone(),
                })
            })
            .collect(),
    }
}
