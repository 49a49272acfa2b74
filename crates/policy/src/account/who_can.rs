//! Who of an account can do something. Knows no file.

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

use super::{Account, Member};
use crate::partial::{Answer, Partial, Unknown, authorize_partly};
use crate::{ActionName, Context, Decision, Layer, Request};

/// A user or a role that can do something, always or under conditions.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct WhoCan<'a> {
    /// Who.
    pub member: &'a Member,
    /// Whether always, and else under which conditions.
    pub answer: Partial,
}

impl WhoCan<'_> {
    /// Whether it can do so whatever the request's other keys are.
    #[must_use]
    pub fn always(&self) -> bool {
        self.answer.answer == Answer::Decided(Decision::Allow)
    }
}

/// As `{principal, decision, allowed_when, statements}`.
impl Serialize for WhoCan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("WhoCan", 4)?;
        out.serialize_field("principal", self.member.arn())?;
        out.serialize_field("decision", &self.answer.answer)?;
        out.serialize_field("allowed_when", &self.answer.allowed_when)?;
        out.serialize_field("statements", &self.answer.statements)?;
        out.end()
    }
}

impl Account {
    /// The users and roles that can do this, always or under conditions on keys that are not given. A resource without an
    /// account in its ARN counts as the account's own.
    #[must_use]
    pub fn who_can(
        &self,
        action: &ActionName,
        resource: &str,
        context: &[(String, String)],
    ) -> Vec<WhoCan<'_>> {
        let context: Context = context.iter().map(|(key, value)| (key, value.clone())).collect();
        let unknown = Unknown::all_others();
        let trust = self.members.iter().find(|member| member.arn() == resource);
        let trust = trust
            .and_then(Member::trust)
            .filter(|_| action.service() == "sts");
        let mut found = Vec::new();
        for member in &self.members {
            let of_resource = trust.or(self.resource.as_ref());
            if of_resource.is_none() && !member.may(action) {
                continue;
            }
            let mut layers = member.layers.clone();
            if let Some(set) = of_resource {
                layers = layers.with(Layer::Resource, set);
            }
            let request = Request::new(member.principal.clone(), action.clone(), resource);
            let request = request.with_context(context.clone());
            let answer = authorize_partly(&layers, &request, &unknown);
            if matches!(answer.answer, Answer::Depends | Answer::Decided(Decision::Allow)) {
                found.push(WhoCan { member, answer });
            }
        }
        found
    }
}
