//! One question put to a whole set of policies, and where the answer is no, to each statement that grants.

use super::finding::{Check, Finding, Proof};
use crate::document::Effect;
use crate::{Document, PolicySet, Version};

/// What a question found.
#[derive(Clone, Debug)]
pub(super) enum Found {
    Nothing,
    Something(Proof),
}

/// Asks of the whole, and where that is not clear, of each allowing statement beside all that deny.
pub(super) fn judged(code: &'static str, set: &PolicySet, ask: impl Fn(&PolicySet) -> Found) -> Check {
    let Found::Something(of_all) = ask(set) else {
        return Check::default();
    };
    let mut findings = Vec::new();
    for (at, document) in set.documents().iter().enumerate() {
        let list = document.statements();
        for (index, statement) in list.iter().enumerate() {
            if statement.effect() != Effect::Allow {
                continue;
            }
            if let Found::Something(proof) = ask(&alone(set, at, index)) {
                let place = Some((index, statement, list.is_single()));
                findings.push(Finding::new(code, at, document, place, proof));
            }
        }
    }
    if findings.is_empty()
        && let Some(document) = set.documents().first()
    {
        findings.push(Finding::new(code, 0, document, None, of_all));
    }
    Check::new(findings)
}

/// The set without its allowing statements but one.
fn alone(set: &PolicySet, document: usize, statement: usize) -> PolicySet {
    let numbered = set.documents().iter().enumerate();
    let documents = numbered.map(|(at, whole)| {
        let statements = whole.statements().iter().enumerate();
        let kept = statements
            .filter(|(index, own)| own.effect() == Effect::Deny || (at, *index) == (document, statement));
        Document {
            version: Some(version(whole)),
            ..Document::new(kept.map(|(_, own)| own.clone()).collect())
        }
    });
    PolicySet::compile(&documents.collect::<Vec<_>>())
}

fn version(document: &Document) -> Version {
    document.effective_version()
}
