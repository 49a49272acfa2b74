//! What AssumeRole takes beside role, name and duration: tags, a source identity, managed session policies.
//!
//! Source: AssumeRole, STS API reference; "Pass session tags in AWS STS", "Monitor and control actions taken with assumed
//! roles", IAM user guide.

use s3s::S3Result;

use crate::query_protocol::{Constraint, Parameters, refuse};

const TAG_KEY: Constraint = Constraint {
    member: "tags.key",
    min: 1,
    max: 128,
    also: Some("_.:/=+-@ "),
};
const TAG_VALUE: Constraint = Constraint {
    member: "tags.value",
    min: 0,
    max: 256,
    also: Some("_.:/=+-@ "),
};
const SOURCE_IDENTITY: Constraint = Constraint {
    member: "sourceIdentity",
    min: 2,
    max: 64,
    also: Some("_+=,.@-"),
};
const MOST_TAGS: usize = 50;
const MOST_POLICIES: usize = 10;

/// A tag of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionTag {
    pub(crate) key: String,
    pub(crate) value: String,
    /// Whether it goes on into sessions that this one assumes.
    pub(crate) transitive: bool,
}

/// These parameters, each within its own limits.
#[derive(Debug, Default)]
pub(super) struct More {
    pub(super) tags: Vec<SessionTag>,
    pub(super) source_identity: Option<String>,
    pub(super) policy_arns: Vec<String>,
}

impl More {
    /// Whether a parameter is one of these.
    pub(super) fn has(name: &str) -> bool {
        let list = name.split_once(".member.").map_or(name, |(list, _)| list);
        // A list without members is sent by its name alone.
        ["SourceIdentity", "Tags", "TransitiveTagKeys", "PolicyArns"].contains(&list)
    }

    pub(super) fn read(parameters: &Parameters) -> S3Result<Self> {
        let mut more = Self::default();
        for n in 1.. {
            let Some(key) = parameters.get(&format!("Tags.member.{n}.Key")) else {
                break;
            };
            let value = parameters.get(&format!("Tags.member.{n}.Value"));
            let value = value.unwrap_or_default();
            TAG_KEY.check(Some(key))?;
            TAG_VALUE.check(Some(value))?;
            if key
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("aws:"))
            {
                let message = "1 validation error detected: tag keys must not begin with aws:";
                return Err(refuse(400, "ValidationError", message));
            }
            if more.tags.iter().any(|tag| tag.key.eq_ignore_ascii_case(key)) {
                let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
                return Err(refuse(400, "InvalidParameterValue", message));
            }
            more.tags.push(SessionTag {
                key: key.to_owned(),
                value: value.to_owned(),
                transitive: false,
            });
        }
        if more.tags.len() > MOST_TAGS {
            let message = format!(
                "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to {MOST_TAGS}"
            );
            return Err(refuse(400, "ValidationError", message));
        }
        for n in 1.. {
            let Some(key) = parameters.get(&format!("TransitiveTagKeys.member.{n}")) else {
                break;
            };
            let tag = more.tags.iter_mut().find(|tag| tag.key.eq_ignore_ascii_case(key));
            let Some(tag) = tag else {
                let message = "The specified transitive tag key must be included in the requested tags.";
                return Err(refuse(400, "InvalidParameterValue", message));
            };
            tag.transitive = true;
        }
        for n in 1.. {
            let Some(arn) = parameters.get(&format!("PolicyArns.member.{n}.arn")) else {
                break;
            };
            more.policy_arns.push(arn.to_owned());
        }
        if more.policy_arns.len() > MOST_POLICIES {
            let message = format!(
                "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to {MOST_POLICIES}"
            );
            return Err(refuse(400, "ValidationError", message));
        }
        if let Some(identity) = parameters.get("SourceIdentity") {
            SOURCE_IDENTITY.check(Some(identity))?;
            more.source_identity = Some(identity.to_owned());
        }
        Ok(more)
    }

    /// What it takes of a session's space, beside the policy.
    pub(super) fn size(&self) -> usize {
        let tags = self.tags.iter().map(|tag| tag.key.len() + tag.value.len());
        let arns = self.policy_arns.iter().map(String::len);
        tags.chain(arns).sum()
    }

    /// The condition keys that it brings.
    pub(super) fn context(&self) -> Vec<(String, String)> {
        let mut context = Vec::new();
        for tag in &self.tags {
            context.push((format!("aws:RequestTag/{}", tag.key), tag.value.clone()));
            context.push(("aws:TagKeys".to_owned(), tag.key.clone()));
            if tag.transitive {
                context.push(("sts:TransitiveTagKeys".to_owned(), tag.key.clone()));
            }
        }
        if let Some(identity) = &self.source_identity {
            context.push(("sts:SourceIdentity".to_owned(), identity.clone()));
        }
        context
    }
}
