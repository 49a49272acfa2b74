//! Callers, and which `Principal` elements they are. Knows nothing of what a match leads to.

use std::fmt;
use std::str::FromStr;

use crate::document::{Effect, PrincipalElement, PrincipalType, Principals};
use crate::{AccountId, Arn, Error};

/// Who makes a request.
///
/// ```
/// use bucketline_policy::{Principal, PrincipalKind};
/// let caller: Principal = "arn:aws:sts::123456789012:assumed-role/Export/job-7".parse()?;
/// assert_eq!(caller.kind(), PrincipalKind::RoleSession);
/// assert_eq!("lambda.amazonaws.com".parse::<Principal>()?.kind(), PrincipalKind::Service);
/// assert_eq!("anonymous".parse::<Principal>()?, Principal::anonymous());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    kind: PrincipalKind,
    /// The ARN, the service's name, the provider's name, or `anonymous`.
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
        let text = format!("arn:aws:iam::{account}:root");
        Self {
            account: Some(account),
            partition: "aws".into(),
            ..Self::plain(PrincipalKind::Root, &text)
        }
    }

    /// An AWS service, such as `lambda.amazonaws.com`.
    pub fn service(name: &str) -> Self {
        Self::plain(PrincipalKind::Service, name)
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

    /// The ARN, service name, provider name or `anonymous`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The caller's account; services, providers and anonymous callers have none.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// Whether this is a role that a service owns, which organization policies do not touch.
    pub(super) fn is_service_linked(&self) -> bool {
        match self.kind {
            PrincipalKind::Role => self.text.contains(":role/aws-service-role/"),
            PrincipalKind::RoleSession => self.name.starts_with("AWSServiceRoleFor"),
            _ => false,
        }
    }

    pub(super) fn context_keys(&self) -> Vec<(&'static str, String)> {
        let Some(account) = self.account else {
            return Vec::new();
        };
        let mut keys = vec![("aws:principalaccount", account.to_string())];
        let arn = match self.kind {
            PrincipalKind::RoleSession => format!("arn:{}:iam::{account}:role/{}", self.partition, self.name),
            _ => self.text.to_string(),
        };
        keys.push(("aws:principalarn", arn));
        let kind = match self.kind {
            PrincipalKind::Root => "Account",
            PrincipalKind::User => "User",
            PrincipalKind::FederatedUser => "FederatedUser",
            _ => "AssumedRole",
        };
        keys.push(("aws:principaltype", kind.to_owned()));
        if self.kind == PrincipalKind::User {
            keys.push(("aws:username", self.name.to_string()));
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
            account: arn.account(),
            partition: arn.partition().into(),
            name: name.into(),
            ..Self::plain(kind, arn.as_str())
        })
    }
}

/// What an identity's ARN names, and its name without path or session.
fn identity(arn: &Arn) -> Option<(PrincipalKind, &str)> {
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
const PROVIDERS: [&str; 4] = [
    "cognito-identity.amazonaws.com",
    "accounts.google.com",
    "graph.facebook.com",
    "www.amazon.com",
];

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
        if PROVIDERS.contains(&text) {
            return Ok(Self::plain(PrincipalKind::Federated, text));
        }
        if text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn") {
            return Ok(Self::service(text));
        }
        if text.contains('.') && !text.contains(char::is_whitespace) {
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

/// Through which of its names a `Principal` element meets a caller: what may be ignored elsewhere depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Grants(u8);

impl Grants {
    pub(super) const NONE: Self = Self(0);
    pub(super) const ACCOUNT: Self = Self(1);
    pub(super) const ROLE: Self = Self(2);
    pub(super) const USER: Self = Self(4);
    /// The session's own ARN.
    pub(super) const SESSION: Self = Self(8);
    pub(super) const EVERYONE: Self = Self(16);
    /// A service or an identity provider.
    pub(super) const OUTSIDE: Self = Self(32);

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

#[derive(Clone, Debug)]
enum Entry {
    Everyone,
    Account(AccountId),
    Identity {
        kind: PrincipalKind,
        arn: Box<str>,
        partition: Box<str>,
        account: Option<AccountId>,
        name: Box<str>,
    },
    Service(Box<str>),
    Federated(Box<str>),
    CanonicalUser(Box<str>),
}

impl Entry {
    /// `None` for what can never match: partial wildcards, groups, ids of deleted identities.
    fn compile(kind: PrincipalType, text: &str) -> Option<Self> {
        match kind {
            PrincipalType::Aws if text == "*" => Some(Self::Everyone),
            PrincipalType::Aws => {
                if let Ok(account) = text.parse() {
                    return Some(Self::Account(account));
                }
                let arn: Arn = text.parse().ok().filter(|arn: &Arn| !arn.has_wildcard())?;
                match identity(&arn)? {
                    (PrincipalKind::Root, _) => arn.account().map(Self::Account),
                    (kind, name) => Some(Self::Identity {
                        kind,
                        arn: text.into(),
                        partition: arn.partition().into(),
                        account: arn.account(),
                        name: name.into(),
                    }),
                }
            }
            PrincipalType::Service => Some(Self::Service(text.into())),
            PrincipalType::Federated => Some(Self::Federated(text.into())),
            PrincipalType::CanonicalUser => Some(Self::CanonicalUser(text.into())),
        }
    }

    fn meets(&self, caller: &Principal) -> Grants {
        let found = |matches: bool, grants: Grants| if matches { grants } else { Grants::NONE };
        match self {
            Self::Everyone => Grants::EVERYONE,
            Self::Account(account) => found(caller.account == Some(*account), Grants::ACCOUNT),
            Self::Service(name) => found(
                caller.kind == PrincipalKind::Service && *name == caller.text,
                Grants::OUTSIDE,
            ),
            Self::Federated(name) => found(
                caller.kind == PrincipalKind::Federated && *name == caller.text,
                Grants::OUTSIDE,
            ),
            Self::CanonicalUser(id) => found(caller.canonical_user.as_ref() == Some(id), Grants::ACCOUNT),
            Self::Identity {
                kind,
                arn,
                partition,
                account,
                name,
            } => match (kind, caller.kind) {
                (PrincipalKind::User, PrincipalKind::User) => found(*arn == caller.text, Grants::USER),
                (PrincipalKind::User, PrincipalKind::FederatedUser) => {
                    // Named through its user, the session keeps its limits, as a role's session does.
                    found(caller.federated_by.as_ref() == Some(arn), Grants::ROLE)
                }
                (PrincipalKind::Role, PrincipalKind::Role) => found(*arn == caller.text, Grants::ROLE),
                // A session's ARN leaves out the role's path; role names are unique within an account without it.
                (PrincipalKind::Role, PrincipalKind::RoleSession) => found(
                    *account == caller.account && *name == caller.name && *partition == caller.partition,
                    Grants::ROLE,
                ),
                (PrincipalKind::RoleSession, PrincipalKind::RoleSession)
                | (PrincipalKind::FederatedUser, PrincipalKind::FederatedUser) => {
                    found(*arn == caller.text, Grants::SESSION)
                }
                (PrincipalKind::Federated, PrincipalKind::Federated) => {
                    found(*arn == caller.text, Grants::OUTSIDE)
                }
                _ => Grants::NONE,
            },
        }
    }
}

/// A compiled `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug)]
pub(super) struct PrincipalMatcher {
    form: Form,
    entries: Box<[Entry]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Principal,
    /// `NotPrincipal` that grants: whoever an entry could mean is left out.
    AllowOthers,
    /// `NotPrincipal` that denies. An account exempts itself alone and not everyone in it, which is why AWS asks for the
    /// account *and* the user to be listed
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>).
    DenyOthers,
}

impl PrincipalMatcher {
    pub(super) fn compile(element: &PrincipalElement, effect: Effect) -> Self {
        let entries = match element.principals() {
            Principals::Everyone => [Entry::Everyone].into(),
            Principals::Named(groups) => groups
                .iter()
                .flat_map(|group| {
                    group
                        .values
                        .iter()
                        .filter_map(|text| Entry::compile(group.kind, text))
                })
                .collect(),
        };
        let form = match (element.is_negated(), effect) {
            (false, _) => Form::Principal,
            (true, Effect::Allow) => Form::AllowOthers,
            (true, Effect::Deny) => Form::DenyOthers,
        };
        Self { form, entries }
    }

    /// `bounded`: the caller has a permissions boundary. A `NotPrincipal` that denies reaches it then, whatever it lists
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).
    pub(super) fn meets(&self, caller: &Principal, bounded: bool) -> Grants {
        let mut grants = Grants::NONE;
        for entry in &self.entries {
            let is_self_alone = self.form == Form::DenyOthers && matches!(entry, Entry::Account(_));
            if !is_self_alone || caller.kind == PrincipalKind::Root {
                grants = grants.with(entry.meets(caller));
            }
        }
        match self.form {
            Form::Principal => grants,
            Form::DenyOthers if bounded => Grants::EVERYONE,
            Form::AllowOthers | Form::DenyOthers if grants.is_empty() => Grants::EVERYONE,
            Form::AllowOthers | Form::DenyOthers => Grants::NONE,
        }
    }
}
