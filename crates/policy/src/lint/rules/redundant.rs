//! What could be left out without changing what the document says.

use std::collections::{BTreeMap, HashSet};

use super::{REDUNDANT_ACTION, REDUNDANT_RESOURCE, REDUNDANT_STATEMENT};
use crate::json::Node;
use crate::lint::Code;
use crate::lint::fix::removals;
use crate::lint::policy::{Element, Pattern, Policy};
use crate::lint::report::Report;

/// Comparisons per list; hostile documents have lists that would need millions.
const MAX_COMPARISONS: usize = 200_000;

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    for statement in &policy.statements {
        if let Some(element) = &statement.action {
            items(element, Pattern::action, &REDUNDANT_ACTION, report);
        }
        if let Some(element) = &statement.resource {
            items(element, Pattern::resource, &REDUNDANT_RESOURCE, report);
        }
    }
    statements(policy, report);
}

fn items(element: &Element<'_>, pattern: fn(&str) -> Pattern, code: &'static Code, report: &mut Report<'_>) {
    // Spans tell which item of the array a string is; other things than strings are never redundant.
    let nodes = element.items();
    let patterns: Vec<Option<Pattern>> = nodes.iter().map(|node| node.as_str().map(pattern)).collect();
    let mut covered_by = vec![None; nodes.len()];
    let mut comparisons = 0;
    for (at, coverer) in patterns.iter().enumerate() {
        let Some(coverer) = coverer else { continue };
        if covered_by.get(at).is_some_and(Option::is_some) {
            continue;
        }
        for (other, (pattern, by)) in patterns.iter().zip(&mut covered_by).enumerate() {
            comparisons += 1;
            if comparisons > MAX_COMPARISONS {
                return;
            }
            if other != at && by.is_none() && pattern.as_ref().is_some_and(|p| coverer.covers(p)) {
                *by = Some(at);
            }
        }
    }
    let gone: Vec<bool> = covered_by.iter().map(Option::is_some).collect();
    let fixes = removals(nodes, &gone);
    for (coverer, covered) in groups(&covered_by) {
        let text = |at: usize| nodes.get(at).and_then(Node::as_str).unwrap_or_default();
        let first = covered.first().copied().unwrap_or(coverer).min(coverer);
        let Some(place) = nodes.get(first) else { continue };
        let names: Vec<&str> = covered.iter().map(|at| text(*at)).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!(
            "`{}` {verb} redundant: `{}` covers {}",
            names.join("`, `"),
            text(coverer),
            if names.len() == 1 { "it" } else { "them" }
        );
        let edits = covered.iter().filter_map(|at| fixes.get(*at).cloned().flatten());
        report.add_with_fix(code, place.span, message, edits);
    }
}

/// Each item that covers others and is covered by none, with all that it covers. AWS tells of such a group once, where its
/// first item stands.
fn groups(covered_by: &[Option<usize>]) -> BTreeMap<usize, Vec<usize>> {
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, by) in covered_by.iter().enumerate() {
        let Some(mut coverer) = *by else { continue };
        while let Some(next) = covered_by.get(coverer).copied().flatten() {
            coverer = next;
        }
        groups.entry(coverer).or_default().push(at);
    }
    groups
}

/// Statements with the same elements, whatever their order and their ids.
fn statements(policy: &Policy<'_>, report: &mut Report<'_>) {
    let Some(list) = policy.member("Statement").map(|member| &member.value) else {
        return;
    };
    let mut seen = HashSet::new();
    let repeats: Vec<bool> = policy
        .fingerprints
        .iter()
        .map(|print| !seen.insert(print))
        .collect();
    let fixes = removals(list.items(), &repeats);
    for ((node, repeated), fix) in list.items().iter().zip(repeats).zip(fixes) {
        if repeated {
            let message = "an earlier statement says the same";
            report.add_with_fix(&REDUNDANT_STATEMENT, node.span, message, fix);
        }
    }
}
