//! IAM's operations over the state: users, roles, keys, inline and managed policies. The query protocol has found out who asks.

mod attached;
mod list;
mod managed;
mod page;
mod policy;
mod role;
mod user;

use std::time::SystemTime;

use s3s::S3Result;
use s3s::dto::{Timestamp, TimestampFormat};

use crate::authorize::{self, Policy, Question, Rights};
use crate::operation::Operation;
use crate::query_protocol::{Asked, Xml, refuse};
use crate::world::{About, Caller};

/// Of a user, a role or a policy.
const MOST_TAGS: usize = 50;

/// Answers one call; nothing where AWS's answer has no result.
pub(crate) fn answer(operation: Operation, asked: &Asked<'_>) -> S3Result<Option<Xml>> {
    match operation {
        Operation::CreatePolicy
        | Operation::GetPolicy
        | Operation::ListPolicies
        | Operation::DeletePolicy
        | Operation::CreatePolicyVersion
        | Operation::GetPolicyVersion
        | Operation::ListPolicyVersions
        | Operation::DeletePolicyVersion
        | Operation::SetDefaultPolicyVersion => return managed::answer(operation, asked),
        Operation::ListUsers | Operation::ListRoles => return list::answer(operation, asked).map(Some),
        _ => {}
    }
    let call = Call::read(operation, asked)?;
    call.authorize()?;
    match operation {
        Operation::CreateUser => user::create(&call).map(Some),
        Operation::GetUser => user::get(&call).map(Some),
        Operation::DeleteUser => user::delete(&call).map(|()| None),
        Operation::CreateAccessKey => user::create_key(&call).map(Some),
        Operation::ListAccessKeys => user::list_keys(&call).map(Some),
        Operation::UpdateAccessKey => user::update_key(&call).map(|()| None),
        Operation::DeleteAccessKey => user::delete_key(&call).map(|()| None),
        Operation::CreateRole => role::create(&call).map(Some),
        Operation::GetRole => role::get(&call).map(Some),
        Operation::DeleteRole => role::delete(&call).map(|()| None),
        Operation::UpdateAssumeRolePolicy => role::update_trust(&call).map(|()| None),
        Operation::PutUserPolicy | Operation::PutRolePolicy => policy::put(&call).map(|()| None),
        Operation::GetUserPolicy | Operation::GetRolePolicy => policy::get(&call).map(Some),
        Operation::DeleteUserPolicy | Operation::DeleteRolePolicy => policy::delete(&call).map(|()| None),
        Operation::ListUserPolicies | Operation::ListRolePolicies => policy::list(&call).map(Some),
        Operation::AttachUserPolicy | Operation::AttachRolePolicy => attached::attach(&call).map(|()| None),
        Operation::DetachUserPolicy | Operation::DetachRolePolicy => attached::detach(&call).map(|()| None),
        Operation::ListAttachedUserPolicies | Operation::ListAttachedRolePolicies => {
            attached::list(&call).map(Some)
        }
        Operation::PutUserPermissionsBoundary | Operation::PutRolePermissionsBoundary => {
            attached::bound(&call).map(|()| None)
        }
        Operation::DeleteUserPermissionsBoundary | Operation::DeleteRolePermissionsBoundary => {
            attached::unbound(&call).map(|()| None)
        }
        _ => Err(refuse(400, "InvalidAction", "the testkit does not serve this")),
    }
}

/// Whether a call is about a user or a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    User,
    Role,
}

/// One call, as far as all have it in common.
#[derive(Debug)]
struct Call<'a> {
    asked: &'a Asked<'a>,
    operation: Operation,
    account: String,
    kind: Kind,
    /// The name of the user or role.
    name: String,
}

impl<'a> Call<'a> {
    fn read(operation: Operation, asked: &'a Asked<'a>) -> S3Result<Self> {
        let about_role = operation.as_str().contains("Role");
        let (kind, parameter) = if about_role {
            (Kind::Role, "RoleName")
        } else {
            (Kind::User, "UserName")
        };
        let account = asked.caller.account().unwrap_or_default().to_owned();
        // Who names no user means itself.
        let own = match asked.caller {
            Caller::User { arn, .. } if kind == Kind::User => arn.rsplit('/').next(),
            _ => None,
        };
        let name = asked.parameters.get(parameter).or(own).unwrap_or_default();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        if !(1..=64).contains(&name.len()) || !name.chars().all(allowed) {
            let message = format!(
                "The specified value for {parameter} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
            );
            return Err(refuse(400, "ValidationError", message));
        }
        Ok(Self {
            asked,
            operation,
            account,
            kind,
            name: name.to_owned(),
        })
    }

    /// A parameter that has to be there.
    fn needed(&self, name: &str) -> S3Result<&str> {
        needed(self.asked, name)
    }

    /// What the user or role is given.
    fn rights(&self) -> S3Result<Rights> {
        let identities = self.asked.gate.world.identities();
        let found = match self.kind {
            Kind::User => identities
                .user_view(&self.account, &self.name)
                .map(|user| user.rights),
            Kind::Role => identities
                .role_record(&self.account, &self.name)
                .map(|role| role.rights),
        };
        found.ok_or_else(|| self.no_such())
    }

    fn now(&self) -> SystemTime {
        self.asked.gate.world.clock().now()
    }

    fn authorize(&self) -> S3Result<()> {
        let gate = self.asked.gate;
        let what = match self.kind {
            Kind::User => "user",
            Kind::Role => "role",
        };
        let existing = {
            let identities = gate.world.identities();
            match self.kind {
                Kind::User => identities
                    .user_view(&self.account, &self.name)
                    .map(|user| user.arn),
                Kind::Role => identities
                    .role_record(&self.account, &self.name)
                    .map(|role| role.arn),
            }
        };
        let path = self.asked.parameters.get("Path").unwrap_or("/");
        let partition = gate.partition_of(&self.account);
        let resource = existing
            .unwrap_or_else(|| format!("arn:{partition}:iam::{}:{what}{path}{}", self.account, self.name));
        let parameters = self.asked.parameters;
        let named = [
            ("PolicyArn", "iam:PolicyARN"),
            ("PermissionsBoundary", "iam:PermissionsBoundary"),
        ];
        let context = named.into_iter().filter_map(|(parameter, key)| {
            let value = parameters.get(parameter)?;
            Some((key, value.to_owned()))
        });
        authorize(self.asked, self.operation, &resource, context.collect())
    }

    /// What is there already, or is not.
    fn no_such(&self) -> s3s::S3Error {
        let what = match self.kind {
            Kind::User => "user",
            Kind::Role => "role",
        };
        let message = format!("The {what} with name {} cannot be found.", self.name);
        refuse(404, "NoSuchEntity", message)
    }

    fn exists(&self) -> s3s::S3Error {
        let what = match self.kind {
            Kind::User => "User",
            Kind::Role => "Role",
        };
        let message = format!("{what} with name {} already exists.", self.name);
        refuse(409, "EntityAlreadyExists", message)
    }

    /// Path, description and tags, as given.
    fn about(&self) -> S3Result<About> {
        about(self.asked)
    }

    /// The managed policy that is to bound what is made.
    fn boundary(&self) -> S3Result<Option<(String, Policy)>> {
        let Some(arn) = self.asked.parameters.get("PermissionsBoundary") else {
            return Ok(None);
        };
        let identities = self.asked.gate.world.identities();
        let policy = identities.managed_in_force(&self.account, arn);
        let policy = policy.ok_or_else(|| managed::no_such(arn))?;
        Ok(Some((arn.to_owned(), policy)))
    }
}

/// What is given to something that is made.
fn bounded(boundary: Option<(String, Policy)>) -> Rights {
    let (boundary_arn, boundary) = boundary.unzip();
    Rights {
        boundary,
        boundary_arn,
        ..Rights::default()
    }
}

/// A parameter that has to be there.
fn needed<'a>(asked: &Asked<'a>, name: &str) -> S3Result<&'a str> {
    asked.parameters.get(name).ok_or_else(|| {
        refuse(
            400,
            "MissingParameter",
            format!("The request must contain the parameter {name}."),
        )
    })
}

/// Whether the caller may do this.
fn authorize(
    asked: &Asked<'_>,
    operation: Operation,
    resource: &str,
    context: Vec<(&'static str, String)>,
) -> S3Result<()> {
    let mut all = asked.gate.scene.context();
    all.extend(context);
    let question = Question {
        caller: asked.caller,
        action: &format!("iam:{}", operation.as_str()),
        resource,
        resource_account: asked.caller.account().unwrap_or_default(),
        resource_policy: None,
        now: asked.gate.world.clock().now(),
        context: all,
        tags: Vec::new(),
    };
    authorize::decide(&question).map_err(|message| refuse(403, "AccessDenied", message))
}

/// Path, description and tags, as given.
fn about(asked: &Asked<'_>) -> S3Result<About> {
    let parameters = asked.parameters;
    let path = parameters.get("Path").unwrap_or("/");
    if !(path.starts_with('/') && path.ends_with('/') && path.len() <= 512) {
        let message = "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.";
        return Err(refuse(400, "ValidationError", message));
    }
    let mut tags: Vec<(String, String)> = Vec::new();
    for n in 1.. {
        let key = parameters.get(&format!("Tags.member.{n}.Key"));
        let Some(key) = key else { break };
        if tags.iter().any(|(known, _)| known.eq_ignore_ascii_case(key)) {
            let message =
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned();
            return Err(refuse(400, "InvalidInput", message));
        }
        let value = parameters
            .get(&format!("Tags.member.{n}.Value"))
            .unwrap_or_default();
        tags.push((key.to_owned(), value.to_owned()));
    }
    if tags.len() > MOST_TAGS {
        return Err(limit("The number of tags has reached the maximum limit."));
    }
    Ok(About {
        path: path.to_owned(),
        description: parameters.get("Description").map(str::to_owned),
        tags,
        created: Some(asked.gate.world.clock().now()),
    })
}

/// What a document takes of its quota: white space is not counted.
///
/// Source: "IAM and AWS STS quotas", IAM user guide.
fn size(document: &str) -> usize {
    document.chars().filter(|c| !c.is_whitespace()).count()
}

fn limit(message: impl Into<String>) -> s3s::S3Error {
    refuse(409, "LimitExceeded", message)
}

fn malformed() -> s3s::S3Error {
    refuse(400, "MalformedPolicyDocument", "Syntax errors in policy.")
}

fn conflict(message: &'static str) -> s3s::S3Error {
    refuse(409, "DeleteConflict", message)
}

fn tags(about: &About) -> Option<Xml> {
    let mut members = Xml::new();
    for (key, value) in &about.tags {
        members = members.nested("member", Xml::new().text("Key", key).text("Value", value));
    }
    (!about.tags.is_empty()).then_some(members)
}

fn date(time: Option<SystemTime>) -> String {
    let mut text = Vec::new();
    // Formatting into a Vec fails for years that nothing here reaches.
    let _ =
        Timestamp::from(time.unwrap_or(SystemTime::UNIX_EPOCH)).format(TimestampFormat::DateTime, &mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// IAM answers with documents in percent encoding (RFC 3986).
fn encoded(document: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(document.len() * 2);
    for byte in document.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte))
            }
            // Writing to a String cannot fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}
