//! What a refusal rests on, and the steps that would lift it, each tried out on a copy of the policies.

use serde::Serialize;

use super::attempt::Attempt;
use super::edit::Edit;
use super::message::{Denial, DeniedBy};
use crate::{Decider, Decision, Explanation, Layer, Layers, Mismatch, Request, StatementRef, authorize};

/// A refusal with what lies behind it. `Display` tells it to a person.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub(super) denial: Denial,
    pub(super) explanation: Option<Explanation>,
    pub(super) agreement: Agreement,
    pub(super) steps: Vec<Step>,
    pub(super) is_resolved: bool,
}

/// How the policies at hand stand to what the message says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Agreement {
    /// They refuse too, and in the kind of policy that the message names, if it names one.
    Agree,
    /// They refuse too, but in another kind of policy: others than these are at work, or context keys are missing.
    OtherPolicy,
    /// They allow it: a policy that is not at hand refused, or context keys are missing.
    Allowed,
    /// The message does not say enough to ask them.
    NotAsked,
}

/// One step towards allowing the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Grant it in this layer.
    Grant {
        /// The layer.
        layer: Layer,
        /// The document's place in the layer, from 0; one more than there are documents when one has to be made.
        document: usize,
        /// The edit.
        edit: Edit,
    },
    /// An explicit denial has to go: no grant anywhere outweighs it.
    RemoveDenial {
        /// The layer.
        layer: Layer,
        /// The statement.
        place: StatementRef,
        /// Its name, if it has one.
        sid: Option<String>,
        /// The edit. Where the denial is meant, the request has to change instead.
        edit: Edit,
    },
    /// A statement grants it under a condition that the request does not meet. Meet it: dropping the condition would
    /// grant more than is asked.
    MeetCondition {
        /// The layer.
        layer: Layer,
        /// The statement.
        place: StatementRef,
        /// What the condition wants and what the request has.
        condition: Mismatch,
    },
}

impl Step {
    /// The edit, where the step is one.
    pub fn edit(&self) -> Option<&Edit> {
        match self {
            Self::Grant { edit, .. } | Self::RemoveDenial { edit, .. } => Some(edit),
            Self::MeetCondition { .. } => None,
        }
    }
}

impl Diagnosis {
    /// What the message says.
    pub fn denial(&self) -> &Denial {
        &self.denial
    }

    /// What the policies at hand say; absent when the message does not tell caller and action.
    pub fn explanation(&self) -> Option<&Explanation> {
        self.explanation.as_ref()
    }

    /// How the two stand to each other.
    pub fn agreement(&self) -> Agreement {
        self.agreement
    }

    /// What would allow the request, in order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether the evaluator allows the request once all steps are taken.
    pub fn is_resolved(&self) -> bool {
        self.is_resolved
    }
}

/// Grants and removals that are tried before giving up; each layer needs one or two.
const STEPS: usize = 16;

/// What lies behind a refusal of this request. Without a request only the message is taken apart.
pub fn diagnose(denial: Denial, request: Option<&Request>, layers: &Layers) -> Diagnosis {
    let Some(request) = request else {
        return Diagnosis {
            denial,
            explanation: None,
            agreement: Agreement::NotAsked,
            steps: Vec::new(),
            is_resolved: false,
        };
    };
    let verdict = authorize(layers, request);
    let agreement = match verdict.by() {
        _ if verdict.is_allowed() => Agreement::Allowed,
        Decider::Statement(layer, _) | Decider::Missing(layer) => match denial.cause() {
            Some(cause)
                if !cause.by.is(layer)
                    || cause.is_explicit != (verdict.decision() == Decision::ExplicitDeny) =>
            {
                Agreement::OtherPolicy
            }
            _ => Agreement::Agree,
        },
        Decider::Rule(_) => Agreement::OtherPolicy,
    };
    let mut copy = Attempt::of(layers);
    let mut steps = Vec::new();
    let mut is_resolved = verdict.is_allowed();
    while !is_resolved && steps.len() < STEPS {
        let explanation = copy.explain(request);
        let step = match (explanation.decision, explanation.by) {
            (Decision::Allow, _) => {
                is_resolved = true;
                break;
            }
            (_, Decider::Statement(layer, place)) => copy.remove(layer, place),
            (_, Decider::Missing(layer)) => copy.grant(layer, request, &explanation),
            (_, Decider::Rule(_)) => None,
        };
        match step {
            Some(step @ Step::MeetCondition { .. }) => {
                steps.push(step);
                break;
            }
            // What was granted did not help, so more of the same will not.
            Some(step) if steps.last().is_some_and(|last| grants_again(last, &step)) => break,
            Some(step) => steps.push(step),
            None => break,
        }
    }
    Diagnosis {
        explanation: Some(verdict.explain()),
        denial,
        agreement,
        steps,
        is_resolved,
    }
}

fn grants_again(last: &Step, next: &Step) -> bool {
    matches!((last, next), (Step::Grant { layer, .. }, Step::Grant { layer: again, .. }) if layer == again)
}

/// What a message's kind of policy would take, where the evaluator has no such layer.
pub(super) fn is_outside_the_layers(by: DeniedBy) -> bool {
    by == DeniedBy::VpcEndpoint
}
