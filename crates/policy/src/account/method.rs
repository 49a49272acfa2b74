//! Known ways to more permissions than one has (from the public collections of Rhino Security Labs, Bishop Fox and
//! Datadog's `pathfinding.cloud`), as data. Asks nothing.

/// What an action is asked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    /// The member itself: the user or the role that would be given more.
    Oneself,
    /// A group of the user.
    OwnGroup,
    /// A managed policy of the account's own that is attached to the member.
    OwnPolicy,
}

/// A way to give oneself anything.
#[derive(Debug)]
pub(super) struct ForOneself {
    pub(super) name: &'static str,
    pub(super) action: &'static str,
    pub(super) on: On,
    /// For whom: roles, or users.
    pub(super) is_for_roles: Option<bool>,
}

pub(super) const FOR_ONESELF: &[ForOneself] = &[
    ForOneself {
        name: "rewrites a policy that is attached to it",
        action: "iam:CreatePolicyVersion",
        on: On::OwnPolicy,
        is_for_roles: None,
    },
    ForOneself {
        name: "attaches any policy to itself",
        action: "iam:AttachUserPolicy",
        on: On::Oneself,
        is_for_roles: Some(false),
    },
    ForOneself {
        name: "attaches any policy to itself",
        action: "iam:AttachRolePolicy",
        on: On::Oneself,
        is_for_roles: Some(true),
    },
    ForOneself {
        name: "attaches any policy to its group",
        action: "iam:AttachGroupPolicy",
        on: On::OwnGroup,
        is_for_roles: Some(false),
    },
    ForOneself {
        name: "writes a policy for itself",
        action: "iam:PutUserPolicy",
        on: On::Oneself,
        is_for_roles: Some(false),
    },
    ForOneself {
        name: "writes a policy for itself",
        action: "iam:PutRolePolicy",
        on: On::Oneself,
        is_for_roles: Some(true),
    },
    ForOneself {
        name: "writes a policy for its group",
        action: "iam:PutGroupPolicy",
        on: On::OwnGroup,
        is_for_roles: Some(false),
    },
];

/// What is done, with these permissions.
pub(super) type Way = (&'static str, &'static [&'static str]);

/// Ways to give a user whom one becomes anything.
pub(super) const USER_POLICIES: &[Way] = &[
    (
        "gives any policy to a user that it becomes",
        &["iam:AttachUserPolicy"],
    ),
    (
        "gives any policy to a user that it becomes",
        &["iam:PutUserPolicy"],
    ),
];

/// Ways to give a role that one assumes anything.
pub(super) const ROLE_POLICIES: &[Way] = &[
    (
        "gives any policy to a role that it assumes",
        &["iam:AttachRolePolicy"],
    ),
    (
        "gives any policy to a role that it assumes",
        &["iam:PutRolePolicy"],
    ),
];

/// A way to become a user.
pub(super) const TO_USER: &[Way] = &[
    ("makes an access key for it", &["iam:CreateAccessKey"]),
    ("gives it a password", &["iam:CreateLoginProfile"]),
    ("changes its password", &["iam:UpdateLoginProfile"]),
];

/// A way to act as a role that a service takes on.
#[derive(Debug)]
pub(super) struct ByService {
    pub(super) name: &'static str,
    /// The service that the role has to trust.
    pub(super) service: &'static str,
    /// Whether the role is handed over, and is not one that something has already.
    pub(super) passes: bool,
    pub(super) actions: &'static [&'static str],
}

pub(super) const BY_SERVICE: &[ByService] = &[
    passing(
        "runs a function that has it",
        "lambda.amazonaws.com",
        &["lambda:CreateFunction", "lambda:InvokeFunction"],
    ),
    passing(
        "runs a function that has it, by an event",
        "lambda.amazonaws.com",
        &["lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
    ),
    passing(
        "runs a function that has it, opened to itself",
        "lambda.amazonaws.com",
        &["lambda:CreateFunction", "lambda:AddPermission"],
    ),
    passing(
        "starts a machine that has it",
        "ec2.amazonaws.com",
        &["ec2:RunInstances"],
    ),
    passing(
        "gives it to a machine",
        "ec2.amazonaws.com",
        &["ec2:AssociateIamInstanceProfile"],
    ),
    passing(
        "runs a task that has it",
        "ecs-tasks.amazonaws.com",
        &["ecs:RegisterTaskDefinition", "ecs:RunTask"],
    ),
    passing(
        "runs a service that has it",
        "ecs-tasks.amazonaws.com",
        &["ecs:RegisterTaskDefinition", "ecs:CreateService"],
    ),
    passing(
        "creates a stack with it",
        "cloudformation.amazonaws.com",
        &["cloudformation:CreateStack"],
    ),
    passing(
        "changes a stack with it",
        "cloudformation.amazonaws.com",
        &["cloudformation:UpdateStack"],
    ),
    passing(
        "works on an endpoint that has it",
        "glue.amazonaws.com",
        &["glue:CreateDevEndpoint"],
    ),
    passing(
        "runs a job that has it",
        "glue.amazonaws.com",
        &["glue:CreateJob", "glue:StartJobRun"],
    ),
    passing(
        "changes a job and runs it",
        "glue.amazonaws.com",
        &["glue:UpdateJob", "glue:StartJobRun"],
    ),
    passing(
        "runs a build that has it",
        "codebuild.amazonaws.com",
        &["codebuild:CreateProject", "codebuild:StartBuild"],
    ),
    passing(
        "runs a pipeline that has it",
        "datapipeline.amazonaws.com",
        &[
            "datapipeline:CreatePipeline",
            "datapipeline:PutPipelineDefinition",
            "datapipeline:ActivatePipeline",
        ],
    ),
    passing(
        "works in a notebook that has it",
        "sagemaker.amazonaws.com",
        &[
            "sagemaker:CreateNotebookInstance",
            "sagemaker:CreatePresignedNotebookInstanceUrl",
        ],
    ),
    passing(
        "runs a training that has it",
        "sagemaker.amazonaws.com",
        &["sagemaker:CreateTrainingJob"],
    ),
    passing(
        "runs a processing that has it",
        "sagemaker.amazonaws.com",
        &["sagemaker:CreateProcessingJob"],
    ),
    passing(
        "runs a state machine that has it",
        "states.amazonaws.com",
        &["states:CreateStateMachine", "states:StartExecution"],
    ),
    passing(
        "runs commands that have it",
        "ssm.amazonaws.com",
        &["ssm:StartAutomationExecution"],
    ),
    passing(
        "runs a service that has it",
        "tasks.apprunner.amazonaws.com",
        &["apprunner:CreateService"],
    ),
    having(
        "changes the code of a function",
        "lambda.amazonaws.com",
        &["lambda:UpdateFunctionCode"],
    ),
    having(
        "works in a notebook",
        "sagemaker.amazonaws.com",
        &["sagemaker:CreatePresignedNotebookInstanceUrl"],
    ),
    having(
        "sends a command to a machine",
        "ec2.amazonaws.com",
        &["ssm:SendCommand"],
    ),
    having(
        "opens a session on a machine",
        "ec2.amazonaws.com",
        &["ssm:StartSession"],
    ),
    having(
        "puts a key on a machine",
        "ec2.amazonaws.com",
        &["ec2-instance-connect:SendSSHPublicKey"],
    ),
    having(
        "changes what a machine runs when it starts",
        "ec2.amazonaws.com",
        &[
            "ec2:ModifyInstanceAttribute",
            "ec2:StopInstances",
            "ec2:StartInstances",
        ],
    ),
    having(
        "changes an endpoint's keys",
        "glue.amazonaws.com",
        &["glue:UpdateDevEndpoint"],
    ),
    having(
        "builds with another definition",
        "codebuild.amazonaws.com",
        &["codebuild:StartBuild"],
    ),
    having(
        "runs a command in a task",
        "ecs-tasks.amazonaws.com",
        &["ecs:ExecuteCommand"],
    ),
];

const fn passing(name: &'static str, service: &'static str, actions: &'static [&'static str]) -> ByService {
    ByService {
        name,
        service,
        passes: true,
        actions,
    }
}

const fn having(name: &'static str, service: &'static str, actions: &'static [&'static str]) -> ByService {
    ByService {
        name,
        service,
        passes: false,
        actions,
    }
}
