//! Policies as callers meet them whom nobody chose: what their conditions come to for the public. Looks for no request.

use super::finding::Proof;
use super::statements::Found;
use crate::compare::Side;
use crate::document::{ConditionBlock, ConditionTest, Effect, Quantifier, Test};
use crate::lint::{Chosen, chosen};
use crate::{Context, Document, Operator, PolicySet, Request, Statement};

/// Requests that are tried with one witness's caller, action and resource.
const TRIES: usize = 4_000;

const NOT_SHOWN: &str = "nothing in it keeps the public out by the caller, the network or the source, but no request was \
                         found that meets all its conditions";

/// What a test on a caller, a network or a source comes to for the public.
enum Outcome {
    /// The public can meet it.
    Met,
    /// The public cannot meet it.
    NotMet,
    /// It is about something else.
    Open,
}

/// The policies without conditions on callers, networks and sources, as the public meets them. Never allows the public
/// less, and never denies it more, than the policies themselves.
pub(super) fn opened(set: &PolicySet) -> PolicySet {
    let documents = set.documents().iter().map(|document| {
        let statements = document.statements().iter().filter_map(statement);
        Document {
            version: document.version(),
            ..Document::new(statements.collect())
        }
    });
    PolicySet::compile(&documents.collect::<Vec<_>>())
}

/// `None` where the statement is not about the public.
fn statement(statement: &Statement) -> Option<Statement> {
    let mut blocks = Vec::new();
    for block in statement.conditions() {
        let mut left = Vec::new();
        for test in block.tests() {
            match outcome(statement.effect(), block.operator(), test) {
                Outcome::Met => {}
                Outcome::NotMet => return None,
                Outcome::Open => left.push(test.clone()),
            }
        }
        if !left.is_empty() {
            blocks.push(ConditionBlock {
                operator: block.operator(),
                tests: left,
            });
        }
    }
    Some(Statement {
        condition: Some(blocks),
        ..statement.clone()
    })
}

fn outcome(effect: Effect, operator: Operator, test: &ConditionTest) -> Outcome {
    let mut values = test
        .values()
        .iter()
        .map(|value| chosen(test.key(), operator, value.as_str()));
    if values.clone().any(|chosen| chosen == Chosen::OtherKey) {
        return Outcome::Open;
    }
    let are_chosen = values.len() > 0 && values.all(|chosen| chosen == Chosen::Yes);
    let is_negated = operator.test().is_negated();
    // Callers of the public have the key or not, as they like: from the internet, or by a VPC of their own.
    let passes_without = operator.if_exists() || operator.quantifier() == Some(Quantifier::ForAllValues);
    match effect {
        // Whatever one of the public can pass.
        Effect::Allow if operator.test() == Test::Null => Outcome::Met,
        Effect::Allow if is_negated || passes_without || !are_chosen => Outcome::Met,
        Effect::Allow => Outcome::NotMet,
        // Whatever none of the public can escape.
        Effect::Deny
            if is_negated && are_chosen && operator.quantifier() != Some(Quantifier::ForAnyValue) =>
        {
            Outcome::Met
        }
        Effect::Deny => Outcome::NotMet,
    }
}

/// What was found of the opened policies, shown by a request that the policies themselves allow.
pub(super) fn shown(side: Side, allows: impl Fn(&Request) -> bool, set: &PolicySet) -> Found {
    let Side::Witness(request) = side else {
        return side.into();
    };
    if allows(&request) {
        return Found::Something(Proof::Witness(request));
    }
    let keys = keys(set);
    let mut tries = TRIES;
    match with_values(&request, request.given_context(), &keys, &allows, &mut tries) {
        Some(request) => Found::Something(Proof::Witness(Box::new(request))),
        None => Found::Something(Proof::Unproven(NOT_SHOWN)),
    }
}

/// The keys on callers, networks and sources, each with values that somebody of the public could have.
fn keys(set: &PolicySet) -> Vec<(String, Vec<String>)> {
    let mut keys: Vec<(String, Vec<String>)> = Vec::new();
    let statements = set
        .documents()
        .iter()
        .flat_map(|document| document.statements().iter());
    for block in statements.flat_map(Statement::conditions) {
        for test in block.tests() {
            let key = test.key().to_ascii_lowercase();
            let named: Vec<&str> = test.values().iter().map(|value| value.as_str()).collect();
            let is_about = |value: &str| chosen(&key, block.operator(), value) != Chosen::OtherKey;
            if !named.iter().any(|value| is_about(value)) || follows_from_caller(&key) {
                continue;
            }
            let at = keys
                .iter()
                .position(|(known, _)| *known == key)
                .unwrap_or_else(|| {
                    keys.push((key.clone(), strangers(&key)));
                    keys.len() - 1
                });
            if let Some((_, values)) = keys.get_mut(at) {
                let open = named
                    .iter()
                    .filter(|value| chosen(&key, block.operator(), value) == Chosen::No);
                values.extend(open.map(|value| value.replace(['*', '?'], "x")));
                values.dedup();
            }
        }
    }
    keys
}

/// Keys that the caller itself gives a request.
fn follows_from_caller(key: &str) -> bool {
    matches!(
        key,
        "aws:principalaccount" | "aws:principalarn" | "aws:userid" | "kms:calleraccount"
    )
}

/// Values of somebody whom nobody chose.
fn strangers(key: &str) -> Vec<String> {
    let all: &[&str] = match key {
        "aws:sourceip" => &["198.51.100.7", "8.8.8.8", "77.77.77.77", "203.0.113.7", "2a00::7"],
        "aws:sourceaccount" | "aws:sourceowner" | "aws:vpceaccount" | "s3:dataaccesspointaccount" => {
            &["111122223333"]
        }
        "aws:sourcearn" => &[
            "arn:aws:s3:::some-bucket",
            "arn:aws:sns:us-east-1:111122223333:topic",
        ],
        "aws:sourcevpc" => &["vpc-0a1b2c3d4e5f60718"],
        "aws:sourcevpce" => &["vpce-0a1b2c3d4e5f60718"],
        _ if key.ends_with("orgid") => &["o-a1b2c3d4e5"],
        _ if key.ends_with("orgpaths") => &["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/"],
        _ => &["stranger"],
    };
    all.iter().map(|text| (*text).to_owned()).collect()
}

/// The request with such values, or without them, as it takes for it to be allowed.
fn with_values(
    request: &Request,
    given: &Context,
    keys: &[(String, Vec<String>)],
    allows: &dyn Fn(&Request) -> bool,
    tries: &mut usize,
) -> Option<Request> {
    let Some(((key, values), others)) = keys.split_first() else {
        *tries = tries.checked_sub(1)?;
        let tried = request.clone().with_context(given.clone());
        return allows(&tried).then_some(tried);
    };
    let absent = with_values(request, given, others, allows, tries);
    absent.or_else(|| {
        values.iter().find_map(|value| {
            let mut given = given.clone();
            given.set(key, [value.as_str()]);
            with_values(request, &given, others, allows, tries)
        })
    })
}
