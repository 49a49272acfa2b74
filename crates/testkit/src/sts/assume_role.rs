//! AssumeRole: a session of a role, for those whom its trust policy and their own policies allow it.

use std::time::{Duration, SystemTime};

use s3s::S3Result;
use s3s::dto::{Timestamp, TimestampFormat};

use crate::access::Gate;
use crate::authorize::{self, Policy, Question};
use crate::query_protocol::{self, Constraint, Parameters, Xml, refuse, violated};
use crate::sts::parameters::{More, SessionTag};
use crate::world::{Caller, NewSession, RoleView, Session, World};

/// What is served; all else is refused, since a client that believes a forgotten parameter to be in force is deceived.
const SERVED: [&str; 7] = [
    "Action",
    "Version",
    "RoleArn",
    "RoleSessionName",
    "ExternalId",
    "DurationSeconds",
    "Policy",
];

const ROLE_ARN: Constraint = Constraint {
    member: "roleArn",
    min: 20,
    max: 2048,
    also: None,
};
const SESSION_NAME: Constraint = Constraint {
    member: "roleSessionName",
    min: 2,
    max: 64,
    also: Some("_+=,.@-"),
};
const EXTERNAL_ID: Constraint = Constraint {
    member: "externalId",
    min: 2,
    max: 1224,
    also: Some("_+=,.@:/-"),
};
const POLICY: Constraint = Constraint {
    member: "policy",
    min: 1,
    max: 2048,
    also: None,
};

/// Bytes of a session token at the most. Source: `MinimumSessionTokenSize` of AssumeRole, STS API reference.
const LARGEST_TOKEN: usize = 4096;

pub(crate) fn assume_role(call: &query_protocol::Asked<'_>) -> S3Result<Xml> {
    let query_protocol::Asked {
        gate,
        caller,
        parameters,
    } = *call;
    let unserved = |name: &&str| !SERVED.contains(name) && !More::has(name);
    if let Some(name) = parameters.names().find(unserved) {
        return Err(refuse(
            501,
            "NotImplemented",
            format!("the testkit does not serve the parameter {name}"),
        ));
    }
    let asked = Asked::read(parameters)?;
    let more = More::read(parameters)?;
    if matches!(caller, Caller::Root { .. }) {
        return Err(refuse(
            403,
            "AccessDenied",
            "Roles may not be assumed by root accounts.",
        ));
    }
    let world = &gate.world;
    let now = world.clock().now();
    let refused_to = |action: &str| {
        let message = format!(
            "User: {} is not authorized to perform: {action} on resource: {}",
            caller.arn(),
            asked.role_arn
        );
        refuse(403, "AccessDenied", message)
    };
    let refused = || refused_to("sts:AssumeRole");
    // A role that is not there is refused as one that does not trust the caller: nobody can look for names.
    let role = world.seen(|seen| seen.role(asked.role_arn)).ok_or_else(refused)?;
    let inherited = Inherited::of(caller);
    let tags = inherited.with(&more)?;
    let source_identity = inherited.source_identity(&more)?;
    let mut context = gate.scene.context();
    context.push(("sts:RoleSessionName", asked.session_name.to_owned()));
    if let Some(external_id) = asked.external_id {
        context.push(("sts:ExternalId", external_id.to_owned()));
    }
    // Tags and a source identity are rights of their own, on the same role and by the same policies.
    let actions = [
        ("sts:AssumeRole", true),
        ("sts:TagSession", !tags.is_empty()),
        ("sts:SetSourceIdentity", source_identity.is_some()),
    ];
    for (action, _) in actions.into_iter().filter(|(_, needed)| *needed) {
        let question = Question {
            caller,
            action,
            resource: asked.role_arn,
            resource_account: &role.account,
            resource_policy: Some(&role.trust),
            now,
            context: context.clone(),
            tags: more.context(),
        };
        authorize::decide(&question).map_err(|_| refused_to(action))?;
    }
    let chained = matches!(caller, Caller::Session { .. });
    let of = NewSessionOf {
        role,
        chained,
        tags,
        source_identity,
    };
    give(gate, asked, &more, of)
}

/// What a session is of, once it is allowed.
pub(super) struct NewSessionOf {
    pub(super) role: RoleView,
    /// Whether a session of another role asks.
    pub(super) chained: bool,
    pub(super) tags: Vec<SessionTag>,
    pub(super) source_identity: Option<String>,
}

/// Gives the session out, within the limits of its length and size.
pub(super) fn give(gate: &Gate, asked: Asked<'_>, more: &More, of: NewSessionOf) -> S3Result<Xml> {
    let NewSessionOf {
        role,
        chained,
        tags,
        source_identity,
    } = of;
    let world = &gate.world;
    let now = world.clock().now();
    check_duration(&asked, role.max_session, chained)?;
    let size = more.size()
        + asked
            .policy
            .map_or(0, |policy| policy.chars().filter(|c| !c.is_whitespace()).count());
    let policy = session_policy(world, &role.account, asked.session_policy, &more.policy_arns)?;
    let packed = packed_share(gate, size)?;

    let (access_key_id, secret, token) = world.ids().temporary_key(size);
    let token_size = token.len();
    let utilization = (token_size * 100).div_ceil(LARGEST_TOKEN);
    let expires = whole_seconds(now + asked.duration);
    let user = Xml::new()
        .text("AssumedRoleId", format!("{}:{}", role.id, asked.session_name))
        .text("Arn", role.session_arn(asked.session_name));
    let credentials = Xml::new()
        .text("AccessKeyId", &access_key_id)
        .text("SecretAccessKey", &secret)
        .text("SessionToken", &token)
        .text("Expiration", time_text(expires));
    let result = Xml::new()
        .nested("AssumedRoleUser", user)
        .nested("Credentials", credentials)
        .maybe("PackedPolicySize", (size > 0).then(|| packed.to_string()))
        .maybe("SourceIdentity", source_identity.as_ref())
        .text("SessionTokenSize", token_size.to_string())
        .text("SessionTokenUtilization", utilization.to_string());
    let session = Session {
        secret: secret.into(),
        token: token.into(),
        issued: now,
        expires,
        role,
        session_name: asked.session_name.to_owned(),
        policy,
        tags,
        source_identity,
    };
    world.identities().add_session(NewSession {
        access_key_id,
        session,
    });
    Ok(result)
}

/// What a session hands on to those that it assumes: "role chaining".
///
/// Source: "Chaining roles with session tags" and "Monitor and control actions taken with assumed roles", IAM user guide.
struct Inherited<'a> {
    tags: Vec<&'a SessionTag>,
    source_identity: Option<&'a String>,
}

impl<'a> Inherited<'a> {
    fn of(caller: &'a Caller) -> Self {
        match caller {
            Caller::Session {
                tags,
                source_identity,
                ..
            } => Self {
                tags: tags.iter().filter(|tag| tag.transitive).collect(),
                source_identity: source_identity.as_ref(),
            },
            _ => Self {
                tags: Vec::new(),
                source_identity: None,
            },
        }
    }

    /// The tags of the new session. Those that were handed on cannot be given another value.
    fn with(&self, more: &More) -> S3Result<Vec<SessionTag>> {
        let taken = |tag: &SessionTag| self.tags.iter().any(|own| own.key.eq_ignore_ascii_case(&tag.key));
        if more.tags.iter().any(taken) {
            let message = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
            return Err(refuse(400, "InvalidParameterValue", message));
        }
        let handed_on = self.tags.iter().copied().cloned();
        Ok(handed_on.chain(more.tags.iter().cloned()).collect())
    }

    /// Once set, it stays.
    fn source_identity(&self, more: &More) -> S3Result<Option<String>> {
        match (self.source_identity, &more.source_identity) {
            (Some(own), Some(asked)) if own != asked => Err(refuse(
                403,
                "AccessDenied",
                "The source identity of the calling session cannot be changed.",
            )),
            (own, asked) => Ok(asked.clone().or_else(|| own.cloned())),
        }
    }
}

/// The session policy, and the managed ones of the role's account: what either allows, within what the role may do.
fn session_policy(
    world: &World,
    account: &str,
    inline: Option<Policy>,
    arns: &[String],
) -> S3Result<Option<Policy>> {
    let mut policies: Vec<Policy> = inline.into_iter().collect();
    for arn in arns {
        let found = world.seen(|seen| seen.managed_in_force(account, arn));
        let found = found.ok_or_else(|| {
            refuse(
                400,
                "ValidationError",
                format!("ARN {arn} does not exist or is not attachable."),
            )
        })?;
        policies.push(found);
    }
    Ok(Policy::together(policies))
}

/// Source: AssumeRole, `DurationSeconds`, STS API reference; role chaining: "Methods to assume a role", IAM user
/// guide.
fn check_duration(asked: &Asked<'_>, max_session: Duration, chained: bool) -> S3Result<()> {
    if asked.duration > max_session {
        let message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
        return Err(refuse(400, "ValidationError", message));
    }
    if chained && asked.duration > Duration::from_secs(3600) {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
        return Err(refuse(400, "ValidationError", message));
    }
    Ok(())
}

/// How much of its allotted space a session policy takes, in per cent.
///
/// How AWS packs policies is not documented. Here it is the text without white space, and the limit a setting.
fn packed_share(gate: &Gate, size: usize) -> S3Result<usize> {
    let percent = (size * 100).div_ceil(gate.scene.packed_policy_size.max(1));
    if percent > 100 {
        let message =
            format!("Packed policy consumes {percent}% of allotted space, please use smaller policy.");
        return Err(refuse(400, "PackedPolicyTooLarge", message));
    }
    Ok(percent)
}

/// The parameters, each within its own limits.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) role_arn: &'a str,
    pub(super) session_name: &'a str,
    external_id: Option<&'a str>,
    duration: Duration,
    policy: Option<&'a str>,
    session_policy: Option<Policy>,
}

impl<'a> Asked<'a> {
    pub(super) fn read(parameters: &'a Parameters) -> S3Result<Self> {
        let role_arn = parameters.get("RoleArn");
        ROLE_ARN.check(role_arn)?;
        let session_name = parameters.get("RoleSessionName");
        SESSION_NAME.check(session_name)?;
        let external_id = parameters.get("ExternalId");
        if external_id.is_some() {
            EXTERNAL_ID.check(external_id)?;
        }
        let policy = parameters.get("Policy");
        if policy.is_some() {
            POLICY.check(policy)?;
        }
        let session_policy = policy
            .map(|text| Policy::parse("the session policy", text))
            .transpose();
        let session_policy =
            session_policy.map_err(|error| refuse(400, "MalformedPolicyDocument", error.to_string()))?;
        let role_arn = role_arn.unwrap_or_default();
        if !role_arn.starts_with("arn:") {
            return Err(refuse(400, "ValidationError", format!("{role_arn} is invalid")));
        }
        Ok(Self {
            role_arn,
            session_name: session_name.unwrap_or_default(),
            external_id,
            duration: duration(parameters.get("DurationSeconds"))?,
            policy,
            session_policy,
        })
    }
}

fn duration(text: Option<&str>) -> S3Result<Duration> {
    let Some(text) = text else {
        return Ok(Duration::from_secs(3600));
    };
    let violated = |constraint| Err(violated("durationSeconds", text, constraint));
    match text.parse::<u64>() {
        Ok(0..900) => violated("Member must have value greater than or equal to 900"),
        Ok(seconds @ 900..=43_200) => Ok(Duration::from_secs(seconds)),
        Ok(_) => violated("Member must have value less than or equal to 43200"),
        Err(_) => violated("Member must be a number"),
    }
}

/// Expirations are told in whole seconds.
fn whole_seconds(time: SystemTime) -> SystemTime {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs())
}

fn time_text(time: SystemTime) -> String {
    let mut text = Vec::new();
    // Formatting into a Vec fails for years that no session reaches.
    let _ = Timestamp::from(time).format(TimestampFormat::DateTime, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}
