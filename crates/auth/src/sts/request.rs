//! What is asked of STS, checked before it is sent. Knows nothing of the wire.

use std::time::Duration;

use bucketline_policy::Arn;

use crate::secret::WebIdentityToken;
use crate::{
    Cause, Error, ExternalId, RoleArn, ServiceAnswer, SessionName, SessionPolicy, SessionTag, SourceIdentity,
    session_tag,
};

/// The shortest session that STS makes.
pub(crate) const MIN_DURATION: Duration = Duration::from_secs(900);
/// What STS makes when it is not told otherwise, and the most where one role assumes another ("chaining").
pub(crate) const CHAINED_MAX: Duration = Duration::from_secs(3600);
/// The longest session that a role may allow (`MaxSessionDuration`).
pub(crate) const MAX_DURATION: Duration = Duration::from_secs(43_200);

/// A request for a session in a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssumeRoleRequest {
    role: RoleArn,
    session_name: SessionName,
    external_id: Option<ExternalId>,
    duration: Duration,
    session_policy: Option<SessionPolicy>,
    policy_arns: Vec<Arn>,
    tags: Vec<SessionTag>,
    source_identity: Option<SourceIdentity>,
}

impl AssumeRoleRequest {
    /// A session of one hour, without external ID or session policy.
    ///
    /// That is what the negative probe asks for. To use a customer's role, see [`AssumeRole`](crate::AssumeRole),
    /// which insists on an external ID.
    #[must_use]
    pub fn new(role: RoleArn, session_name: SessionName) -> Self {
        Self {
            role,
            session_name,
            external_id: None,
            duration: CHAINED_MAX,
            session_policy: None,
            policy_arns: Vec::new(),
            tags: Vec::new(),
            source_identity: None,
        }
    }

    /// The name of the session.
    #[must_use]
    pub fn with_session_name(mut self, name: SessionName) -> Self {
        self.session_name = name;
        self
    }

    /// The external ID to show.
    #[must_use]
    pub fn with_external_id(mut self, id: ExternalId) -> Self {
        self.external_id = Some(id);
        self
    }

    /// How long the session is to last: 900 s to 43,200 s; at most 3,600 s where the caller is itself a role's session.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) outside 900 s to 43,200 s.
    pub fn with_duration(mut self, duration: Duration) -> Result<Self, Error> {
        self.duration = check_duration(duration)?;
        Ok(self)
    }

    /// What the session may do at most, within what the role may.
    #[must_use]
    pub fn with_session_policy(mut self, policy: SessionPolicy) -> Self {
        self.session_policy = Some(policy);
        self
    }

    /// Managed policies that bound what the session may do, beside its own document: up to 10, of the role's account or AWS's
    /// own.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) for more, or for an ARN that is not one of such a policy.
    pub fn with_policy_arns(mut self, arns: Vec<Arn>) -> Result<Self, Error> {
        check_policy_arns(&self.role, &arns)?;
        self.policy_arns = arns;
        Ok(self)
    }

    /// Tags of the session: up to 50. The trust policy has to allow `sts:TagSession`.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) for more, or for two of one key.
    pub fn with_tags(mut self, tags: Vec<SessionTag>) -> Result<Self, Error> {
        session_tag::check(&tags)?;
        self.tags = tags;
        Ok(self)
    }

    /// Who stands behind the session. The trust policy has to allow `sts:SetSourceIdentity`.
    #[must_use]
    pub fn with_source_identity(mut self, identity: SourceIdentity) -> Self {
        self.source_identity = Some(identity);
        self
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &RoleArn {
        &self.role
    }

    /// The session's name.
    #[must_use]
    pub fn session_name(&self) -> &SessionName {
        &self.session_name
    }

    /// The external ID.
    #[must_use]
    pub fn external_id(&self) -> Option<&ExternalId> {
        self.external_id.as_ref()
    }

    /// How long the session is to last.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// What the session may do at most.
    #[must_use]
    pub fn session_policy(&self) -> Option<&SessionPolicy> {
        self.session_policy.as_ref()
    }

    /// Managed policies that bound what the session may do.
    #[must_use]
    pub fn policy_arns(&self) -> &[Arn] {
        &self.policy_arns
    }

    /// The session's tags.
    #[must_use]
    pub fn tags(&self) -> &[SessionTag] {
        &self.tags
    }

    /// Who stands behind the session.
    #[must_use]
    pub fn source_identity(&self) -> Option<&SourceIdentity> {
        self.source_identity.as_ref()
    }

    /// The error that STS's refusal of this request is.
    ///
    /// STS answers `AccessDenied` alike for a role that is not there, a trust policy that names another caller or
    /// another external ID, and a caller without `sts:AssumeRole`; so the error lists what has to hold.
    #[must_use]
    pub fn refused(&self, answer: ServiceAnswer) -> Error {
        let error = answer.into_error("AssumeRole", self.role.as_str());
        if error.cause() != Some(Cause::Denied) {
            return error;
        }
        let condition = match &self.external_id {
            Some(id) => format!("with `sts:ExternalId` equal to `{id}`"),
            None => "without asking for an external ID, as none was sent".to_owned(),
        };
        let mut actions = "`sts:AssumeRole`".to_owned();
        if !self.tags.is_empty() {
            actions.push_str(" and `sts:TagSession`");
        }
        if self.source_identity.is_some() {
            actions.push_str(" and `sts:SetSourceIdentity`");
        }
        error.with_remedy(format!(
            "ask the customer to check that the role exists and that its trust policy allows us {actions} {condition}; check that our own identity may call `sts:AssumeRole` on it; a change takes up to two minutes \
             to be seen everywhere"
        ))
    }
}

/// A request for a session in a role by a workload's token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebIdentityRequest {
    role: RoleArn,
    session_name: SessionName,
    token: WebIdentityToken,
    duration: Duration,
}

impl WebIdentityRequest {
    /// A session of one hour.
    #[must_use]
    pub fn new(role: RoleArn, session_name: SessionName, token: WebIdentityToken) -> Self {
        Self {
            role,
            session_name,
            token,
            duration: CHAINED_MAX,
        }
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &RoleArn {
        &self.role
    }

    /// The session's name.
    #[must_use]
    pub fn session_name(&self) -> &SessionName {
        &self.session_name
    }

    /// The workload's token.
    #[must_use]
    pub fn token(&self) -> &WebIdentityToken {
        &self.token
    }

    /// How long the session is to last.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// The error that STS's refusal of this request is.
    #[must_use]
    pub fn refused(&self, answer: ServiceAnswer) -> Error {
        let error = answer.into_error("AssumeRoleWithWebIdentity", self.role.as_str());
        match error.cause() {
            Some(Cause::Denied) => error.with_remedy(
                "check that the role exists and that its trust policy names the token's issuer, audience and subject",
            ),
            Some(Cause::ExpiredToken | Cause::InvalidWebIdentity) => {
                error.with_remedy("check that the token file is renewed (AWS_WEB_IDENTITY_TOKEN_FILE) and not expired")
            }
            _ => error,
        }
    }
}

/// As many as STS takes, each of a policy that can bound the role's session.
fn check_policy_arns(role: &RoleArn, arns: &[Arn]) -> Result<(), Error> {
    const MAX: usize = 10;
    let wrong = |what: String| Err(Error::invalid(what).with_subject(format!("role `{role}`")));
    if arns.len() > MAX {
        return wrong(format!(
            "{} managed policies cannot bound one session: AWS takes {MAX} at most",
            arns.len()
        ));
    }
    for arn in arns {
        let is_policy = arn.service() == "iam" && arn.resource().starts_with("policy/");
        let is_near = arn.account_field() == "aws" || arn.account() == Some(role.account());
        if !is_policy || !is_near || arn.partition() != role.partition() {
            return wrong(format!(
                "`{arn}` is no managed policy of the role's account or of AWS, in its partition"
            ));
        }
    }
    Ok(())
}

/// Whole seconds within what STS takes.
pub(crate) fn check_duration(duration: Duration) -> Result<Duration, Error> {
    if (MIN_DURATION..=MAX_DURATION).contains(&duration) && duration.subsec_nanos() == 0 {
        return Ok(duration);
    }
    Err(
        Error::invalid(format!("a session of {} s cannot be had", duration.as_secs_f64()))
            .with_remedy("ask for 900 s to 43,200 s, and for 3,600 s at most where a role assumes a role"),
    )
}
