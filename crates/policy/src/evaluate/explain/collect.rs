//! Walks all statements once more and writes down what matched. The verdict is already there.

use super::{Explanation, Mismatch, Remark, StatementReport};
use crate::document::{List, Operator, PrincipalElement, Principals, Statement, Test, Version};
use crate::evaluate::authorize::Question;
use crate::evaluate::condition::is_readable_in_request;
use crate::evaluate::set::Compiled;
use crate::evaluate::{Decider, Decision, DocumentKind, Layer, PolicySet, Request, warning};
use crate::pattern::{Pattern, Syntax};

/// Each statement once: behind an access point, those of the bucket's own policy are left.
pub(super) fn explanation(
    request: &Request,
    questions: &[Question<'_>],
    decision: Decision,
    by: Decider,
) -> Explanation {
    let mut out = Explanation {
        decision,
        by,
        action: request.action().to_string(),
        resource: request.resource().to_string(),
        statements: Vec::new(),
        absent_keys: Vec::new(),
        remarks: Vec::new(),
    };
    let asked = questions.iter().enumerate().flat_map(|(at, question)| {
        let layers = question
            .asked()
            .filter(move |(layer, _)| at == 0 || *layer == Layer::Resource);
        layers.map(move |(layer, set)| (*question, layer, set))
    });
    for (question, layer, set) in asked {
        let mut compiled: Vec<&Compiled> = set.statements().collect();
        compiled.sort_by_key(|statement| (statement.place.document, statement.place.statement));
        for compiled in compiled {
            collect_statement(&mut out, question, layer, set, compiled);
        }
    }
    out.absent_keys.sort();
    out.absent_keys.dedup();
    out
}

fn collect_statement(
    out: &mut Explanation,
    question: Question<'_>,
    layer: Layer,
    set: &PolicySet,
    compiled: &Compiled,
) {
    let Some(statement) = set.statement(compiled.place) else {
        return;
    };
    let document = set.documents().get(compiled.place.document);
    let variables = document.is_some_and(|document| document.effective_version() == Version::V2012);
    let request = question.seen_by(layer);
    let mut remark = |message| {
        out.remarks.push(Remark {
            layer,
            place: compiled.place,
            message,
        })
    };
    let kind = if layer.names_principals() {
        DocumentKind::Resource
    } else {
        DocumentKind::Identity
    };
    warning::of_statement(kind, statement)
        .into_iter()
        .for_each(&mut remark);
    let mut mismatches = Vec::new();
    if compiled
        .meets_principal(request, question.reading(layer))
        .is_empty()
    {
        mismatches.push(principal_mismatch(statement, request, layer));
    }
    if !compiled.actions.matches(request.action()) {
        mismatches.push(Mismatch::Action {
            listed_by: statement.action().name(),
            listed: owned(statement.action().patterns()),
            requested: request.action().to_string(),
        });
    }
    if !compiled.meets_resource(request, question.reading(layer)) {
        mismatches.push(Mismatch::Resource {
            listed_by: statement.resource().map(|element| element.name()),
            listed: statement
                .resource()
                .map(|element| owned(element.patterns()))
                .unwrap_or_default(),
            requested: request.resource().to_string(),
        });
    }
    let written = statement
        .conditions()
        .iter()
        .flat_map(|block| block.tests().iter().map(move |test| (block.operator(), test)));
    for ((operator, test), condition) in written.zip(&compiled.conditions) {
        let found = request.request_context().get(condition.key());
        if found.is_empty() {
            out.absent_keys.push(condition.key().to_owned());
        }
        remarks_on_request(operator, test.key(), found)
            .into_iter()
            .for_each(&mut remark);
        if !condition.holds(request.request_context()) {
            mismatches.push(Mismatch::Condition {
                operator: operator.to_string(),
                key: test.key().to_owned(),
                wanted: test
                    .values()
                    .iter()
                    .map(|value| wanted(value.as_str(), variables, request))
                    .collect(),
                found: found.to_vec(),
            });
        }
    }
    out.statements.push(StatementReport {
        layer,
        place: compiled.place,
        sid: statement.sid().map(str::to_owned),
        effect: statement.effect(),
        mismatches,
    });
}

fn owned(list: &List<String>) -> Vec<String> {
    list.iter().cloned().collect()
}

fn principal_mismatch(statement: &Statement, request: &Request, layer: Layer) -> Mismatch {
    let listed = match statement.principal().map(PrincipalElement::principals) {
        None => Vec::new(),
        Some(Principals::Everyone) => vec!["*".to_owned()],
        Some(Principals::Named(groups)) => groups
            .iter()
            .flat_map(|group| group.values().iter().cloned())
            .collect(),
    };
    Mismatch::Principal {
        listed_by: statement.principal().map(PrincipalElement::name),
        listed,
        requested: request.principal().to_string(),
        is_misplaced: statement.principal().is_some() && !layer.names_principals(),
    }
}

/// A value of the policy, with its variables replaced where they have a value.
fn wanted(text: &str, variables: bool, request: &Request) -> String {
    let pattern = Pattern::compile(
        text,
        Syntax {
            wildcards: false,
            variables,
        },
    );
    if pattern.variable_keys().is_empty() {
        return text.to_owned();
    }
    pattern
        .resolve(request.request_context())
        .map_or_else(|| text.to_owned(), Into::into)
}

fn remarks_on_request(operator: Operator, key: &str, found: &[String]) -> Vec<String> {
    let mut remarks = Vec::new();
    if found.len() > 1 && operator.quantifier().is_none() && operator.test() != Test::Null {
        remarks.push(format!(
            "`{key}` has several values and `{operator}` does not say which must match: `ForAnyValue:` or \
             `ForAllValues:` is needed, and without one the condition never holds"
        ));
    }
    for value in found
        .iter()
        .filter(|value| !is_readable_in_request(operator.test(), value))
    {
        remarks.push(format!(
            "the request's `{value}` for `{key}` cannot be read by `{operator}`"
        ));
    }
    remarks
}
