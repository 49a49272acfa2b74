//! AssumeRoleWithWebIdentity: a session of a role for whoever presents a token of an identity provider. Nobody signs it.
//!
//! Source: AssumeRoleWithWebIdentity, STS API reference.

use s3s::S3Result;

use super::assume_role::{Asked, NewSessionOf, give};
use super::parameters::More;
use crate::authorize::{self, Question};
use crate::query_protocol::{self, Constraint, Xml, refuse};
use crate::world::Caller;

const ACTION: &str = "sts:AssumeRoleWithWebIdentity";

const SERVED: [&str; 7] = [
    "Action",
    "Version",
    "RoleArn",
    "RoleSessionName",
    "WebIdentityToken",
    "DurationSeconds",
    "Policy",
];

const TOKEN: Constraint = Constraint {
    member: "webIdentityToken",
    min: 4,
    max: 20_000,
    also: None,
};

pub(crate) fn with_web_identity(call: &query_protocol::Asked<'_>) -> S3Result<Xml> {
    let (gate, parameters) = (call.gate, call.parameters);
    let is_served = |name: &str| SERVED.contains(&name) || name.split('.').next() == Some("PolicyArns");
    if let Some(name) = parameters.names().find(|name| !is_served(name)) {
        let message = format!("the testkit does not serve the parameter {name}");
        return Err(refuse(501, "NotImplemented", message));
    }
    let asked = Asked::read(parameters)?;
    let more = More::read(parameters)?;
    let token = parameters.get("WebIdentityToken");
    TOKEN.check(token)?;
    let world = &gate.world;
    let now = world.clock().now();
    let identity = world.identities().web_identity(token.unwrap_or_default());
    let identity = identity.ok_or_else(|| {
        refuse(
            400,
            "InvalidIdentityToken",
            "The web identity token that was passed could not be validated.",
        )
    })?;
    if identity.expires <= now {
        return Err(refuse(400, "ExpiredTokenException", "Token expired"));
    }
    let refused = || refuse(403, "AccessDenied", format!("Not authorized to perform {ACTION}"));
    let role = world.seen(|seen| seen.role(asked.role_arn)).ok_or_else(refused)?;
    let provider = &identity.provider;
    let caller = Caller::Federated {
        provider: format!(
            "arn:{}:iam::{}:oidc-provider/{provider}",
            role.partition, role.account
        ),
    };
    let mut context = gate.scene.context();
    context.push(("sts:RoleSessionName", asked.session_name.to_owned()));
    let question = Question {
        caller: &caller,
        action: ACTION,
        resource: asked.role_arn,
        resource_account: &role.account,
        resource_policy: Some(&role.trust),
        now,
        context,
        tags: vec![
            (format!("{provider}:sub"), identity.subject.clone()),
            (format!("{provider}:aud"), identity.audience.clone()),
        ],
    };
    authorize::decide(&question).map_err(|_| refused())?;
    let given = give(
        gate,
        asked,
        &more,
        NewSessionOf {
            role,
            chained: false,
            tags: Vec::new(),
            source_identity: None,
        },
    )?;
    Ok(given
        .text("SubjectFromWebIdentityToken", &identity.subject)
        .text("Audience", &identity.audience)
        .text("Provider", provider))
}
