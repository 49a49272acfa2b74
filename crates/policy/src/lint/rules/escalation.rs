//! Permissions with which an identity can give itself more than it has.

use super::PRIVILEGE_ESCALATION;
use crate::Span;
use crate::lint::PolicyType;
use crate::lint::policy::{Pattern, Policy, Statement};
use crate::lint::report::Report;

/// Sets of actions that are enough together, and what they make possible. After the public collection of Rhino Security
/// Labs, "AWS IAM privilege escalation methods".
const WAYS: &[(&[&str], &str)] = &[
    (&["iam:CreatePolicyVersion"], "rewrite a policy that it is under"),
    (
        &["iam:SetDefaultPolicyVersion"],
        "return to an older, wider version of a policy",
    ),
    (&["iam:CreateAccessKey"], "make keys for another user"),
    (&["iam:CreateLoginProfile"], "give another user a password"),
    (&["iam:UpdateLoginProfile"], "change another user's password"),
    (&["iam:AttachUserPolicy"], "attach any policy to a user"),
    (&["iam:AttachGroupPolicy"], "attach any policy to a group"),
    (
        &["iam:AttachRolePolicy", "sts:AssumeRole"],
        "attach any policy to a role that it assumes",
    ),
    (&["iam:PutUserPolicy"], "write a policy for a user"),
    (&["iam:PutGroupPolicy"], "write a policy for a group"),
    (
        &["iam:PutRolePolicy", "sts:AssumeRole"],
        "write a policy for a role that it assumes",
    ),
    (&["iam:AddUserToGroup"], "join any group"),
    (
        &["iam:UpdateAssumeRolePolicy", "sts:AssumeRole"],
        "let itself into any role",
    ),
    (
        &["iam:PassRole", "ec2:RunInstances"],
        "start a machine that has any role",
    ),
    (
        &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
        "run a function that has any role",
    ),
    (
        &[
            "iam:PassRole",
            "lambda:CreateFunction",
            "lambda:CreateEventSourceMapping",
        ],
        "run a function that has any role",
    ),
    (
        &["iam:PassRole", "cloudformation:CreateStack"],
        "create anything with any role",
    ),
    (
        &["iam:PassRole", "glue:CreateDevEndpoint"],
        "work on an endpoint that has any role",
    ),
    (
        &[
            "iam:PassRole",
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
        ],
        "run a pipeline that has any role",
    ),
    (
        &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"],
        "run a task that has any role",
    ),
    (
        &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"],
        "run a build that has any role",
    ),
    (
        &["iam:PassRole", "sagemaker:CreateNotebookInstance"],
        "work in a notebook that has any role",
    ),
    (
        &["iam:DeleteRolePermissionsBoundary"],
        "take the boundary off a role",
    ),
    (
        &["iam:DeleteUserPermissionsBoundary"],
        "take the boundary off a user",
    ),
];

pub(super) fn check(policy: &Policy<'_>, report: &mut Report<'_>) {
    if !matches!(policy.kind, PolicyType::Identity | PolicyType::Session) {
        return;
    }
    for (actions, possible) in WAYS {
        let grants: Vec<Option<Span>> = actions.iter().map(|action| granted(policy, action)).collect();
        if let Some(first) = grants
            .iter()
            .copied()
            .collect::<Option<Vec<Span>>>()
            .and_then(|spans| spans.first().copied())
        {
            let message = format!("`{}` together are enough to {possible}", actions.join("`, `"));
            let message = if actions.len() == 1 {
                message.replace(" together are", " is")
            } else {
                message
            };
            report.add(&PRIVILEGE_ESCALATION, first, message);
        }
    }
}

/// Where the action is granted without a limit, unless something denies it without one.
fn granted(policy: &Policy<'_>, action: &str) -> Option<Span> {
    let unlimited = |statement: &&Statement<'_>| statement.covers_action(action) && is_unlimited(statement);
    if policy
        .statements
        .iter()
        .filter(|s| s.denies())
        .any(|s| unlimited(&s))
    {
        return None;
    }
    let statement = policy.statements.iter().filter(|s| s.allows()).find(unlimited)?;
    let element = statement.action.as_ref()?;
    let text = element
        .texts
        .iter()
        .find(|t| !element.negated && Pattern::action(t.text).covers_action(action));
    Some(text.map_or(element.member.key_span, |text| text.span))
}

/// On resources of any name and without conditions.
fn is_unlimited(statement: &Statement<'_>) -> bool {
    let Some(resource) = &statement.resource else {
        return false;
    };
    let wide = |text: &str| text == "*" || text.rsplit_once([':', '/']).is_some_and(|(_, name)| name == "*");
    statement.tests.is_empty() && (resource.negated || resource.texts.iter().any(|r| wide(r.text)))
}
