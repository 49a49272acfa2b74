//! What a refusal rests on, and the steps that would lift it, each tried out on a copy of the policies.

use serde::Serialize;

use super::attempt::Attempt;
use super::edit::Edit;
use super::hint::{self, Hint};
use super::message::{Denial, DeniedBy};
use super::untold;
use crate::document::Statement;
use crate::{
    Decider, Decision, Explanation, Layer, Layers, Mismatch, PolicySet, Request, StatementRef, authorize,
};

/// A refusal with what lies behind it. `Display` tells it to a person.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    pub(super) denial: Denial,
    pub(super) explanation: Option<Explanation>,
    pub(super) agreement: Agreement,
    pub(super) steps: Vec<Step>,
    pub(super) hints: Vec<Hint>,
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
    /// A policy that is not at hand has to allow it: this one statement is to be added to what stands there already.
    AddStatement {
        /// The layer.
        layer: Layer,
        /// Which policy, in words.
        to: String,
        /// The statement.
        statement: Box<Statement>,
    },
    /// A statement denies it explicitly, and no grant anywhere outweighs that. Whether the denial or the request is wrong is for
    /// its owner to say, so no edit is proposed.
    Denied {
        /// The layer.
        layer: Layer,
        /// The statement.
        place: StatementRef,
        /// Its name, if it has one.
        sid: Option<String>,
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
            Self::Grant { edit, .. } => Some(edit),
            Self::AddStatement { .. } | Self::Denied { .. } | Self::MeetCondition { .. } => None,
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

    /// What a person should know beside them.
    pub fn hints(&self) -> &[Hint] {
        &self.hints
    }

    /// Whether the evaluator allows the request once all steps are taken.
    pub fn is_resolved(&self) -> bool {
        self.is_resolved
    }
}

/// Grants that are tried before giving up; each layer needs one or two.
const STEPS: usize = 16;

/// What lies behind a refusal of this request. Without a request only the message is taken apart.
pub fn diagnose(denial: Denial, request: Option<&Request>, layers: &Layers) -> Diagnosis {
    let is_masked = match request {
        Some(request) => untold::is_masked(Some(request.principal()), Some(request.resource().as_str())),
        None => untold::is_masked(denial.principal(), denial.resource()),
    };
    let mut hints = hint::of_message(&denial);
    if is_masked {
        hints.push(hint::of_masked_account());
    }
    let Some(request) = request.filter(|request| untold::can_be_asked(request)) else {
        return Diagnosis {
            denial,
            explanation: None,
            agreement: Agreement::NotAsked,
            steps: Vec::new(),
            hints,
            is_resolved: false,
        };
    };
    let request = &untold::account(&denial, request, layers);
    let verdict = authorize(layers, request);
    let agreement = match verdict.by() {
        _ if verdict.is_allowed() => Agreement::Allowed,
        Decider::Statement(layer, _) | Decider::Missing(layer) => match denial.cause() {
            Some(cause)
                if cause.by.is_some_and(|by| !by.is(layer))
                    || cause.is_explicit != (verdict.decision() == Decision::ExplicitDeny) =>
            {
                Agreement::OtherPolicy
            }
            _ => Agreement::Agree,
        },
        Decider::Rule(_) => Agreement::OtherPolicy,
    };
    let explanation = verdict.explain();
    let (steps, is_resolved) = if let Some(hint) = denied_elsewhere(&denial, &explanation) {
        hints.push(hint);
        (Vec::new(), false)
    } else if is_masked {
        (Vec::new(), explanation.decision == Decision::Allow)
    } else {
        let missed = untold::layer(&denial, request, layers);
        let (mut steps, is_resolved) = steps(request, missed.as_ref().unwrap_or(layers));
        let grants = |step: &Step| matches!(step, Step::Grant { .. } | Step::AddStatement { .. });
        if steps.iter().any(grants) && !untold::is_resource_told(&denial, request) {
            steps.retain(|step| !grants(step));
            hints.push(hint::of_resource(request.action()));
            (steps, false)
        } else {
            (steps, is_resolved)
        }
    };
    let names_caller = steps.is_empty()
        || steps.iter().any(|step| {
            matches!(
                step,
                Step::Grant {
                    layer: Layer::Resource,
                    ..
                } | Step::AddStatement { .. }
            )
        });
    hints.extend(hint::of_caller(request.principal()).filter(|_| names_caller));
    Diagnosis {
        explanation: Some(explanation),
        denial,
        agreement,
        steps,
        hints,
        is_resolved,
    }
}

/// What would allow the request, in order, and whether it does.
fn steps(request: &Request, layers: &Layers) -> (Vec<Step>, bool) {
    let mut copy = Attempt::of(layers);
    let mut steps = Vec::new();
    while steps.len() < STEPS {
        let explanation = copy.explain(request);
        let step = match (explanation.decision, explanation.by) {
            (Decision::Allow, _) => return (steps, true),
            (_, Decider::Statement(layer, place)) => {
                steps.push(denied(layers, layer, place));
                break;
            }
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
    (steps, false)
}

fn denied(layers: &Layers, layer: Layer, place: StatementRef) -> Step {
    let documents = layers.policies(layer).map(PolicySet::documents);
    let document = documents.and_then(|documents| documents.get(place.document));
    let statement = document.and_then(|document| document.statements().as_slice().get(place.statement));
    Step::Denied {
        layer,
        place,
        sid: statement.and_then(|statement| statement.sid()).map(str::to_owned),
    }
}

/// That a denial decided which no policy at hand has: a grant cannot lift it.
fn denied_elsewhere(denial: &Denial, explanation: &Explanation) -> Option<Hint> {
    let cause = denial.cause().filter(|cause| cause.is_explicit)?;
    if explanation.decision == Decision::ExplicitDeny {
        return None;
    }
    let kind = cause.by.map_or("policy", DeniedBy::as_str);
    let which = match &cause.policy {
        Some(arn) => format!("the {kind} `{arn}`"),
        None => format!("a {kind}").replace("a i", "an i"),
    };
    Some(Hint::new(
        "denied_elsewhere",
        format!(
            "a statement of {which} denies it explicitly, and that policy is not among those at hand: no grant lifts a denial: look at that one"
        ),
    ))
}

fn grants_again(last: &Step, next: &Step) -> bool {
    let layer = |step: &Step| match step {
        Step::Grant { layer, .. } | Step::AddStatement { layer, .. } => Some(*layer),
        Step::Denied { .. } | Step::MeetCondition { .. } => None,
    };
    layer(last).is_some() && layer(last) == layer(next)
}
