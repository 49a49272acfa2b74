//! Compiled `Principal` and `NotPrincipal` elements. Knows nothing of what a match leads to.

use crate::document::{Effect, PrincipalElement, PrincipalType, Principals};
use crate::evaluate::principal::identity;
use crate::evaluate::{Principal, PrincipalKind};
use crate::{AccountId, Arn};

/// Through which of its names a `Principal` element meets a caller: what may be ignored elsewhere depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grants(u8);

impl Grants {
    pub(in crate::evaluate) const NONE: Self = Self(0);
    pub(in crate::evaluate) const ACCOUNT: Self = Self(1);
    pub(in crate::evaluate) const ROLE: Self = Self(2);
    pub(in crate::evaluate) const USER: Self = Self(4);
    /// The session's own ARN.
    pub(in crate::evaluate) const SESSION: Self = Self(8);
    pub(in crate::evaluate) const EVERYONE: Self = Self(16);
    /// A service or an identity provider.
    pub(in crate::evaluate) const OUTSIDE: Self = Self(32);

    pub(in crate::evaluate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(in crate::evaluate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(in crate::evaluate) fn meets(self, other: Self) -> bool {
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
            Self::Account(account) => found(caller.account() == Some(*account), Grants::ACCOUNT),
            Self::Service(name) => found(
                caller.kind() == PrincipalKind::Service && **name == *caller.as_str(),
                Grants::OUTSIDE,
            ),
            Self::Federated(name) => found(
                caller.kind() == PrincipalKind::Federated && **name == *caller.as_str(),
                Grants::OUTSIDE,
            ),
            Self::CanonicalUser(id) => found(caller.canonical_id() == Some(&**id), Grants::ACCOUNT),
            Self::Identity {
                kind,
                arn,
                partition,
                account,
                name,
            } => match (kind, caller.kind()) {
                (PrincipalKind::User, PrincipalKind::User) => found(**arn == *caller.as_str(), Grants::USER),
                (PrincipalKind::User, PrincipalKind::FederatedUser) => {
                    // Named through its user, the session keeps its limits, as a role's session does.
                    found(caller.asked_for_by() == Some(&**arn), Grants::ROLE)
                }
                (PrincipalKind::Role, PrincipalKind::Role) => found(**arn == *caller.as_str(), Grants::ROLE),
                // A session's ARN leaves out the role's path; role names are unique within an account without it.
                (PrincipalKind::Role, PrincipalKind::RoleSession) => found(
                    *account == caller.account()
                        && **name == *caller.name()
                        && **partition == *caller.partition(),
                    Grants::ROLE,
                ),
                (PrincipalKind::RoleSession, PrincipalKind::RoleSession)
                | (PrincipalKind::FederatedUser, PrincipalKind::FederatedUser) => {
                    found(**arn == *caller.as_str(), Grants::SESSION)
                }
                (PrincipalKind::Federated, PrincipalKind::Federated) => {
                    found(**arn == *caller.as_str(), Grants::OUTSIDE)
                }
                _ => Grants::NONE,
            },
        }
    }
}

/// A compiled `Principal` or `NotPrincipal` element.
#[derive(Clone, Debug)]
pub(crate) struct PrincipalMatcher {
    form: Form,
    entries: Box<[Entry]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Principal,
    /// `NotPrincipal` that grants: whoever an entry could mean is left out.
    AllowOthers,
    /// `NotPrincipal` that grants and has an entry that cannot be read. Whom it should leave out is not known, so it
    /// grants nothing.
    AllowNobody,
    /// `NotPrincipal` that denies. An account exempts itself alone and not everyone in it, and a role does not exempt its
    /// sessions unless these are listed too, which is why AWS asks for all the names of a caller
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html>,
    /// <https://aws.amazon.com/blogs/security/how-to-restrict-amazon-s3-bucket-access-to-a-specific-iam-role/>).
    DenyOthers,
}

impl PrincipalMatcher {
    pub(in crate::evaluate) fn compile(element: &PrincipalElement, effect: Effect) -> Self {
        let mut is_readable = true;
        let entries = match element.principals() {
            Principals::Everyone => [Entry::Everyone].into(),
            Principals::Named(groups) => {
                let named = groups
                    .iter()
                    .flat_map(|group| group.values.iter().map(|text| (group.kind, text)));
                let read = named.filter_map(|(kind, text)| {
                    let entry = Entry::compile(kind, text);
                    is_readable &= entry.is_some();
                    entry
                });
                read.collect()
            }
        };
        let form = match (element.is_negated(), effect) {
            (false, _) => Form::Principal,
            (true, Effect::Allow) if is_readable => Form::AllowOthers,
            (true, Effect::Allow) => Form::AllowNobody,
            (true, Effect::Deny) => Form::DenyOthers,
        };
        Self { form, entries }
    }

    /// Whether an entry of a `Principal` element can mean anybody.
    pub(crate) fn reads(kind: PrincipalType, text: &str) -> bool {
        Entry::compile(kind, text).is_some()
    }

    /// `bounded`: the caller has a permissions boundary. A `NotPrincipal` that denies reaches it then, whatever it lists
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>).
    pub(in crate::evaluate) fn meets(&self, caller: &Principal, bounded: bool) -> Grants {
        let all = || {
            let entries = self.entries.iter().map(|entry| entry.meets(caller));
            entries.fold(Grants::NONE, Grants::with)
        };
        match self.form {
            Form::Principal => all(),
            Form::AllowNobody => Grants::NONE,
            Form::AllowOthers if all().is_empty() => Grants::EVERYONE,
            Form::DenyOthers if bounded || !exempts(all(), caller.kind()) => Grants::EVERYONE,
            Form::AllowOthers | Form::DenyOthers => Grants::NONE,
        }
    }
}

/// Whether a `NotPrincipal` that denies spares a caller who is listed by these names.
fn exempts(listed: Grants, caller: PrincipalKind) -> bool {
    let everyone = Grants::EVERYONE;
    match caller {
        _ if listed.meets(everyone) => true,
        PrincipalKind::RoleSession => listed.meets(Grants::ROLE) && listed.meets(Grants::SESSION),
        PrincipalKind::FederatedUser => listed.meets(Grants::SESSION),
        PrincipalKind::Root | PrincipalKind::CanonicalUser => !listed.is_empty(),
        _ => listed.meets(Grants::USER.with(Grants::ROLE).with(Grants::OUTSIDE)),
    }
}
