//! Callers, as requests name them. Knows no policy.

use std::fmt;
use std::str::FromStr;

use crate::{AccountId, Arn, Error, Partition};

/// Who makes a request.
///
/// ```
/// use bucketline_policy::{Principal, PrincipalKind};
/// let caller: Principal = "arn:aws:sts::123456789012:assumed-role/Export/job-7".parse()?;
/// assert_eq!(caller, Principal::session("123456789012".parse()?, "Export", "job-7")?);
/// assert_eq!(caller.kind(), PrincipalKind::RoleSession);
/// assert_eq!("lambda.amazonaws.com".parse::<Principal>()?, Principal::service("lambda.amazonaws.com"));
/// assert_eq!("anonymous".parse::<Principal>()?, Principal::anonymous());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    kind: PrincipalKind,
    /// The ARN, account, canonical user id, the service's name, the provider's name, or `anonymous`.
    text: Box<str>,
    account: Option<AccountId>,
    partition: Box<str>,
    /// The name of the role behind a session; for all others the last part of their own name.
    name: Box<str>,
    canonical_user: Option<Box<str>>,
    federated_by: Option<Box<str>>,
}

/// The kinds of caller that policies tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PrincipalKind {
    /// The root user of an account, `arn:aws:iam::ACCOUNT:root`.
    Root,
    /// Somebody of an account, nobody in particular.
    Account,
    /// An IAM user.
    User,
    /// A role named itself: any of its sessions, none in particular.
    Role,
    /// A session of a role.
    RoleSession,
    /// A session made with `GetFederationToken`.
    FederatedUser,
    /// An identity of a provider (OIDC, SAML), before it has a role.
    Federated,
    /// An AWS service acting for itself.
    Service,
    /// An account of S3, known by its canonical user id alone.
    CanonicalUser,
    /// Nobody in particular: a request without credentials.
    Anonymous,
}

impl Principal {
    /// A caller without credentials.
    pub fn anonymous() -> Self {
        Self::plain(PrincipalKind::Anonymous, "anonymous")
    }

    /// The root user of an account.
    pub fn root(account: AccountId) -> Self {
        Self {
            account: Some(account),
            partition: "aws".into(),
            ..Self::plain(PrincipalKind::Root, &format!("arn:aws:iam::{account}:root"))
        }
    }

    /// Somebody of an account, whom no policy names.
    pub fn account_member(account: AccountId) -> Self {
        Self {
            account: Some(account),
            partition: "aws".into(),
            ..Self::plain(PrincipalKind::Account, account.as_ref())
        }
    }

    /// An IAM user of the partition `aws`; the name may have a path before it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when this gives no ARN.
    pub fn user(account: AccountId, name: &str) -> Result<Self, Error> {
        format!("arn:aws:iam::{account}:user/{name}").parse()
    }

    /// A role of the partition `aws`, through any of its sessions; the name may have a path before it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when this gives no ARN.
    pub fn role(account: AccountId, name: &str) -> Result<Self, Error> {
        format!("arn:aws:iam::{account}:role/{name}").parse()
    }

    /// A session of a role of the partition `aws`. The role's path is no part of it.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when this gives no ARN.
    pub fn session(account: AccountId, role: &str, session: &str) -> Result<Self, Error> {
        format!("arn:aws:sts::{account}:assumed-role/{role}/{session}").parse()
    }

    /// A session that a user, or the root user, made with `GetFederationToken`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when this gives no ARN.
    pub fn federated_user(account: AccountId, name: &str) -> Result<Self, Error> {
        format!("arn:aws:sts::{account}:federated-user/{name}").parse()
    }

    /// An identity of this provider: the ARN of an OIDC or SAML provider, or a host such as `accounts.google.com`.
    pub fn federated(provider: &str) -> Self {
        let arn: Option<Arn> = provider.parse().ok();
        let own = arn.as_ref().and_then(Self::from_arn);
        own.filter(|own| own.kind == PrincipalKind::Federated)
            .unwrap_or_else(|| Self::plain(PrincipalKind::Federated, provider))
    }

    /// An AWS service, such as `lambda.amazonaws.com`.
    pub fn service(name: &str) -> Self {
        Self::plain(PrincipalKind::Service, name)
    }

    /// The account of S3 that has this canonical user id, of which nothing else is known.
    pub fn canonical_user(id: &str) -> Self {
        Self::plain(PrincipalKind::CanonicalUser, id).with_canonical_user(id)
    }

    /// The canonical user id of the caller's account, by which old S3 policies name it.
    #[must_use]
    pub fn with_canonical_user(mut self, id: &str) -> Self {
        self.canonical_user = Some(id.into());
        self
    }

    /// For a federated user: the IAM user who asked for the session. Policies that name that user then apply too.
    #[must_use]
    pub fn federated_by(mut self, user: &Arn) -> Self {
        self.federated_by = Some(user.as_str().into());
        self
    }

    /// The kind of caller.
    pub fn kind(&self) -> PrincipalKind {
        self.kind
    }

    /// The ARN, account, canonical user id, service name, provider name or `anonymous`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The caller's account; services, providers and anonymous callers have none.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The partition of the caller's ARN, `aws` where it has none.
    pub fn partition(&self) -> &str {
        if self.partition.is_empty() {
            "aws"
        } else {
            &self.partition
        }
    }

    /// The role behind a session, without its path, which a session's ARN does not tell; a role itself.
    pub fn role_arn(&self) -> Option<String> {
        match self.kind {
            PrincipalKind::Role => Some(self.text.to_string()),
            PrincipalKind::RoleSession => {
                let account = self.account?;
                Some(format!(
                    "arn:{}:iam::{account}:role/{}",
                    self.partition(),
                    self.name
                ))
            }
            _ => None,
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn canonical_id(&self) -> Option<&str> {
        self.canonical_user.as_deref()
    }

    pub(super) fn asked_for_by(&self) -> Option<&str> {
        self.federated_by.as_deref()
    }

    /// Whether this is a role that a service owns, which organization policies do not touch.
    pub(super) fn is_service_linked(&self) -> bool {
        match self.kind {
            PrincipalKind::Role => self.text.contains(":role/aws-service-role/"),
            PrincipalKind::RoleSession => self.name.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    /// The keys that AWS derives from the caller. Its type is documented for every caller, most others for signed
    /// requests alone
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>).
    pub(crate) fn context_keys(&self) -> Vec<(&'static str, String)> {
        use PrincipalKind as K;
        let mut keys = Vec::new();
        let kind = match self.kind {
            K::Root => Some("Account"),
            K::User => Some("User"),
            K::FederatedUser => Some("FederatedUser"),
            K::Role | K::RoleSession => Some("AssumedRole"),
            K::Anonymous => Some("Anonymous"),
            K::Account | K::Federated | K::Service | K::CanonicalUser => None,
        };
        keys.extend(kind.map(|kind| ("aws:principaltype", kind.to_owned())));
        if self.kind == K::Anonymous {
            keys.push(("aws:userid", "anonymous".to_owned()));
            return keys;
        }
        keys.push(("aws:viaawsservice", "false".to_owned()));
        let is_service = self.kind == K::Service;
        keys.push(("aws:principalisawsservice", is_service.to_string()));
        if is_service {
            keys.push(("aws:principalservicename", self.text.to_string()));
            keys.push(("aws:principalservicenameslist", self.text.to_string()));
        }
        let Some(account) = self.account else {
            return keys;
        };
        keys.push(("aws:principalaccount", account.to_string()));
        if self.kind != K::Account {
            let arn = self.role_arn().unwrap_or_else(|| self.text.to_string());
            keys.push(("aws:principalarn", arn));
        }
        match self.kind {
            K::Root => keys.push(("aws:userid", account.to_string())),
            K::FederatedUser => keys.push(("aws:userid", format!("{account}:{}", self.name))),
            K::User => keys.push(("aws:username", self.name.to_string())),
            _ => {}
        }
        keys
    }

    fn plain(kind: PrincipalKind, text: &str) -> Self {
        Self {
            kind,
            text: text.into(),
            account: None,
            partition: "".into(),
            name: text.into(),
            canonical_user: None,
            federated_by: None,
        }
    }

    fn from_arn(arn: &Arn) -> Option<Self> {
        let (kind, name) = identity(arn)?;
        Some(Self {
            account: arn.account().filter(|_| kind != PrincipalKind::Federated),
            partition: arn.partition().into(),
            name: name.into(),
            ..Self::plain(kind, arn.as_str())
        })
    }
}

/// What an identity's ARN names, and its name without path or session.
pub(super) fn identity(arn: &Arn) -> Option<(PrincipalKind, &str)> {
    let resource = arn.resource();
    let (word, rest) = resource.split_once('/').unwrap_or((resource, ""));
    let last = rest.rsplit('/').next().filter(|name| !name.is_empty());
    match (arn.service(), word) {
        ("iam", "root") if rest.is_empty() => Some((PrincipalKind::Root, "root")),
        ("iam", "user") => Some((PrincipalKind::User, last?)),
        ("iam", "role") => Some((PrincipalKind::Role, last?)),
        ("iam", "saml-provider" | "oidc-provider") => Some((PrincipalKind::Federated, rest)),
        ("sts", "federated-user") => Some((PrincipalKind::FederatedUser, last?)),
        ("sts", "assumed-role") => {
            let (role, session) = rest.split_once('/')?;
            (!role.is_empty() && !session.is_empty()).then_some((PrincipalKind::RoleSession, role))
        }
        _ => None,
    }
}

/// Providers that policies name like hosts rather than by ARN.
const PROVIDERS: [&str; 3] = ["accounts.google.com", "graph.facebook.com", "www.amazon.com"];

/// Cognito's identity pools are a provider in every partition, although they are named as a service is
/// (<https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html>).
const COGNITO: [&str; 2] = ["cognito-identity.", "cognito-identity-us-gov."];

/// Whether a host-like name is one of AWS's for services. Alexa's and Amazon's own services end in `.amazon.com`
/// (AWS's finding `INVALID_SERVICE_PRINCIPAL_FORMAT` lists the endings).
fn is_service(host: &str) -> bool {
    host.ends_with(".amazon.com")
        || host.ends_with(".aws.internal")
        || Partition::dns_suffixes().any(|suffix| {
            host.strip_suffix(suffix)
                .is_some_and(|service| service.ends_with('.'))
        })
}

impl FromStr for Principal {
    type Err = Error;

    /// Reads an ARN, an account id (its root user), a service or provider name, or `anonymous`.
    fn from_str(text: &str) -> Result<Self, Error> {
        if matches!(text, "anonymous" | "*") {
            return Ok(Self::anonymous());
        }
        if let Ok(account) = text.parse() {
            return Ok(Self::root(account));
        }
        if text.starts_with("arn:") {
            let arn: Arn = text.parse()?;
            return Self::from_arn(&arn).ok_or_else(|| {
                Error::name(format!(
                    "`{text}` is not the ARN of somebody who can make a request"
                ))
            });
        }
        let is_host = text.contains('.') && !text.contains(char::is_whitespace);
        let is_provider = PROVIDERS.contains(&text) || COGNITO.iter().any(|pool| text.starts_with(pool));
        if is_host && !is_provider && is_service(text) {
            return Ok(Self::service(text));
        }
        if is_host {
            return Ok(Self::plain(PrincipalKind::Federated, text));
        }
        Err(Error::name(format!(
            "`{text}` is not a caller: an ARN, an account id, a service such as `lambda.amazonaws.com`, or `anonymous`"
        )))
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
