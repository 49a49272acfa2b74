//! Whether a condition leaves only callers, places or resources that someone chose, so that "everyone" is not everyone.
//!
//! The keys are those by which S3 tells a public bucket from one that is not
//! (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html>).

use std::net::IpAddr;

use super::policy::{ArnFields, Pattern, Policy, Statement, Test, Text, is_open};
use crate::document::{Operator, Quantifier, Test as Comparison};
use crate::value::Cidr;

/// How a key has to be compared, and what makes a value one that someone chose.
#[derive(Clone, Copy)]
enum Kind {
    /// A name that is compared whole, or from its beginning.
    Name,
    /// An ARN with an account in it.
    Arn,
    /// A range that is not half of the world.
    Address,
}

const KEYS: &[(&str, Kind)] = &[
    ("aws:PrincipalOrgID", Kind::Name),
    ("aws:PrincipalOrgPaths", Kind::Name),
    ("aws:PrincipalAccount", Kind::Name),
    ("aws:PrincipalArn", Kind::Arn),
    ("aws:userid", Kind::Name),
    ("aws:SourceArn", Kind::Arn),
    ("aws:SourceAccount", Kind::Name),
    ("aws:SourceOwner", Kind::Name),
    ("aws:SourceOrgID", Kind::Name),
    ("aws:SourceOrgPaths", Kind::Name),
    ("aws:SourceVpc", Kind::Name),
    ("aws:SourceVpcArn", Kind::Arn),
    ("aws:SourceVpce", Kind::Name),
    ("aws:VpceAccount", Kind::Name),
    ("aws:VpceOrgID", Kind::Name),
    ("aws:VpceOrgPaths", Kind::Name),
    ("aws:SourceIp", Kind::Address),
    ("kms:CallerAccount", Kind::Name),
    ("s3:DataAccessPointAccount", Kind::Name),
    ("s3:DataAccessPointArn", Kind::Arn),
];

/// What a value of a condition says of whom it lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chosen {
    /// Somebody chose the callers, places or resources that it means.
    Yes,
    /// It means more than anybody would choose.
    No,
    /// The key is about something else.
    OtherKey,
}

/// Of the keys by which identity providers tell their own customers apart, those of which anybody can have any value.
const OF_ANYBODY: [&str; 3] = [
    "token.actions.githubusercontent.com",
    "gitlab.com",
    "app.terraform.io",
];

/// Whether a value under a key keeps all but some callers out.
pub(crate) fn chosen(key: &str, operator: Operator, value: &str) -> Chosen {
    let known = KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
    let kind = match known {
        Some((_, kind)) => *kind,
        None if is_of_provider(key) => Kind::Name,
        None => return Chosen::OtherKey,
    };
    let is_meant = if operator.test() == Comparison::Null {
        false
    } else if value.contains("${") {
        // Of variables those of the resource alone are not the caller's own.
        compares(kind, operator) && value.to_ascii_lowercase().contains("${aws:resource")
    } else {
        let name = value.strip_prefix("repo:").unwrap_or(value);
        compares(kind, operator) && is_chosen(kind, if known.is_some() { value } else { name })
    };
    if is_meant { Chosen::Yes } else { Chosen::No }
}

/// Whether the key tells identities of a provider apart by what the provider's customers chose.
fn is_of_provider(key: &str) -> bool {
    let Some((host, name)) = key.rsplit_once(':') else {
        return false;
    };
    let is_host = host.contains('.');
    let by_anybody = OF_ANYBODY.contains(&host);
    is_host
        && (matches!(
            name,
            "sub"
                | "repository"
                | "repository_owner"
                | "repository_id"
                | "repository_owner_id"
                | "project_path"
        ) || !by_anybody && matches!(name, "aud" | "oaud" | "app_id" | "azp"))
}

/// Whether not everyone passes: by a condition of the statement, or because the policy denies everyone else.
pub(super) fn is_limited(policy: &Policy<'_>, statement: &Statement<'_>) -> bool {
    statement.tests.iter().any(admits_some)
        || policy
            .statements
            .iter()
            .any(|deny| deny.denies() && refuses_others(deny, statement))
}

/// A test that holds for some callers alone.
fn admits_some(test: &Test<'_>) -> bool {
    let Some(operator) = test.operator else {
        return false;
    };
    let passes_without = operator.if_exists()
        || operator.test().is_negated()
        || operator.quantifier() == Some(Quantifier::ForAllValues);
    !passes_without && compares_with_some(test, operator)
}

/// A `Deny` for everyone that one test alone narrows, to those who are not some callers, over all that the other allows.
fn refuses_others(deny: &Statement<'_>, allow: &Statement<'_>) -> bool {
    let everyone = deny.principal.as_ref().is_some_and(|p| p.everyone().is_some());
    let [test] = deny.tests.as_slice() else {
        return false;
    };
    let Some(operator) = test.operator.filter(|o| o.test().is_negated()) else {
        return false;
    };
    // With `IfExists` or a quantifier the denial misses some of the others.
    let plain = !operator.if_exists() && operator.quantifier() != Some(Quantifier::ForAnyValue);
    everyone && plain && compares_with_some(test, operator) && covers(deny, allow)
}

fn covers(deny: &Statement<'_>, allow: &Statement<'_>) -> bool {
    let all = |theirs: Vec<&str>, mine: Vec<&str>, pattern: fn(&str) -> Pattern| {
        let mine: Vec<Pattern> = mine.into_iter().map(pattern).collect();
        !theirs.is_empty()
            && theirs
                .into_iter()
                .all(|text| mine.iter().any(|one| one.covers(&pattern(text))))
    };
    let texts = |texts: &mut dyn Iterator<Item = Text<'_>>| -> Vec<String> {
        texts.map(|text| text.text.to_owned()).collect()
    };
    let (their_actions, my_actions) = (
        texts(&mut allow.listed_actions()),
        texts(&mut deny.listed_actions()),
    );
    let (their_resources, my_resources) = (
        texts(&mut allow.listed_resources()),
        texts(&mut deny.listed_resources()),
    );
    fn borrowed(texts: &[String]) -> Vec<&str> {
        texts.iter().map(String::as_str).collect()
    }
    all(borrowed(&their_actions), borrowed(&my_actions), Pattern::action)
        && all(
            borrowed(&their_resources),
            borrowed(&my_resources),
            Pattern::resource,
        )
}

fn compares_with_some(test: &Test<'_>, operator: Operator) -> bool {
    let Some((_, kind)) = KEYS.iter().find(|(key, _)| test.is_about(key)) else {
        return false;
    };
    compares(*kind, operator)
        && test.texts().next().is_some()
        && test.texts().all(|value| is_chosen(*kind, value.text))
}

/// Whether the operator compares keys of this kind.
fn compares(kind: Kind, operator: Operator) -> bool {
    let name = operator.test().as_str();
    match kind {
        Kind::Name | Kind::Arn => name.starts_with("String") || name.starts_with("Arn"),
        Kind::Address => matches!(operator.test(), Comparison::IpAddress | Comparison::NotIpAddress),
    }
}

fn is_chosen(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Name => !value.starts_with(['*', '?']) && !value.is_empty(),
        Kind::Arn => {
            let arn = ArnFields::of(value);
            let account = arn.account();
            let bucket = arn.service() == "s3"
                && account.is_empty()
                && !is_open(arn.resource().get(..1).unwrap_or("*"));
            bucket || (!account.is_empty() && !is_open(account)) || account.contains("${")
        }
        Kind::Address => Cidr::parse(value).is_some_and(|range| !is_vast(range, value)),
    }
}

/// A range so wide that it keeps hardly anyone out.
fn is_vast(range: Cidr, text: &str) -> bool {
    let bits: u32 = text
        .split_once('/')
        .and_then(|(_, bits)| bits.parse().ok())
        .unwrap_or(u32::MAX);
    let least = if range.edges().next().is_some_and(|edge: IpAddr| edge.is_ipv4()) {
        8
    } else {
        16
    };
    bits < least
}
