//! Callers that stand for all others: documents name finitely many, so a few of each kind tell all apart. What
//! each can have in its context, by AWS's rules.

mod names;

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::{AccountId, Arn, Context, DocumentKind, Operator, PolicySet, Principal, PrincipalKind};
use names::Names;

/// A caller with what is certain of its context.
#[derive(Clone, Debug)]
pub(super) struct Caller {
    pub(super) principal: Principal,
    /// Keys whose values follow from who it is.
    pub(super) fixed: Context,
    /// Whether it stands for others, whose names and perhaps accounts are not its own.
    stands_for: StandsFor,
    /// Whom the documents name, and whom it does therefore not stand for.
    names: Rc<Names>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StandsFor {
    Itself,
    OthersOfItsAccount,
    Strangers,
}

/// Callers for every way in which the documents can tell callers apart.
#[derive(Debug)]
pub(super) struct Callers {
    pub(super) all: Vec<Caller>,
    /// Whether they stand for really all others.
    pub(super) is_complete: bool,
    names: Rc<Names>,
}

/// Keys that only requests with credentials carry.
const OF_SIGNED_REQUESTS: [&str; 15] = [
    "aws:principalarn",
    "aws:principalaccount",
    "aws:username",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalisawsservice",
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:viaawsservice",
    "aws:calledvia",
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:tokenissuetime",
    "aws:federatedprovider",
    "aws:sourceidentity",
];

impl Caller {
    fn new(principal: Principal, stands_for: StandsFor, names: &Rc<Names>) -> Self {
        let certain = |key: &str| match stands_for {
            StandsFor::Itself => !matches!(key, "aws:viaawsservice"),
            StandsFor::OthersOfItsAccount => {
                matches!(
                    key,
                    "aws:principalaccount" | "aws:principaltype" | "aws:principalisawsservice"
                )
            }
            StandsFor::Strangers => matches!(key, "aws:principaltype" | "aws:principalisawsservice"),
        };
        let keys = principal.context_keys().into_iter();
        let mut fixed: Context = keys.filter(|(key, _)| certain(key)).collect();
        if principal.kind() == PrincipalKind::RoleSession {
            // The path of its role is known where a policy names the role.
            fixed.set("aws:principalarn", Vec::<String>::new());
        }
        Self {
            principal,
            fixed,
            stands_for,
            names: names.clone(),
        }
    }

    /// A value that this key of its requests may have, where it decides a test with these values: others have callers of
    /// their own, if it is one of them.
    pub(super) fn stand_in(&self, key: &str, operator: Operator, values: &[String]) -> Option<&'static str> {
        let is_account = self.principal.account().is_some();
        let stand_in = match (key, self.stands_for) {
            ("aws:principalaccount", StandsFor::Strangers) if is_account => "000000000000",
            ("aws:principalarn", StandsFor::Strangers | StandsFor::OthersOfItsAccount) if is_account => {
                "arn:aws:iam::000000000000:user/whom-nobody-names"
            }
            _ => return None,
        };
        let name = operator.test().as_str();
        let compares = (name.starts_with("String") || name.starts_with("Arn")) && !name.ends_with("Case");
        (compares && self.names.has_callers_for(key, values)).then_some(stand_in)
    }

    /// Whether requests of this caller never carry the key
    /// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>).
    pub(super) fn lacks(&self, key: &str) -> bool {
        use PrincipalKind as K;
        let is_tag = key.starts_with("aws:principaltag/");
        match self.principal.kind() {
            K::Anonymous => is_tag || OF_SIGNED_REQUESTS.contains(&key),
            K::Federated => matches!(key, "aws:principalarn" | "aws:principalaccount" | "aws:username"),
            K::Service => {
                is_tag
                    || matches!(
                        key,
                        "aws:username"
                            | "aws:principalarn"
                            | "aws:principalaccount"
                            | "aws:principalorgid"
                            | "aws:principalorgpaths"
                            | "aws:multifactorauthpresent"
                            | "aws:multifactorauthage"
                            | "aws:federatedprovider"
                    )
            }
            K::User | K::CanonicalUser | K::Account => key.starts_with("aws:principalservicename"),
            K::Root => is_tag || key == "aws:username" || key.starts_with("aws:principalservicename"),
            K::Role | K::RoleSession | K::FederatedUser => {
                key == "aws:username" || key.starts_with("aws:principalservicename")
            }
        }
    }

    /// Whether each of its requests carries the key, with whatever value.
    pub(super) fn always_has(&self, key: &str) -> bool {
        key == "aws:securetransport"
            || !self.fixed.get(key).is_empty()
            || self
                .principal
                .context_keys()
                .iter()
                .any(|(known, _)| *known == key)
    }

    /// The caller in whose name this context could be, where it stands for others.
    pub(super) fn adapted(&self, context: &Context) -> Vec<Principal> {
        let mut all = vec![self.principal.clone()];
        if self.stands_for == StandsFor::Itself {
            return all;
        }
        let only = |key: &str| match context.get(key) {
            [only] => Some(only.as_str()),
            _ => None,
        };
        let partition = self.principal.partition();
        let account = only("aws:principalaccount")
            .and_then(|text| text.parse::<AccountId>().ok())
            .filter(|_| self.stands_for == StandsFor::Strangers)
            .or_else(|| self.principal.account());
        if let Some(account) = account {
            let name = only("aws:username").unwrap_or("somebody");
            let rest = match self.principal.kind() {
                PrincipalKind::Root => Some("iam::{account}:root".to_owned()),
                PrincipalKind::User => Some(format!("iam::{{account}}:user/{name}")),
                PrincipalKind::RoleSession => Some("sts::{account}:assumed-role/somerole/session".to_owned()),
                PrincipalKind::FederatedUser => Some("sts::{account}:federated-user/somebody".to_owned()),
                _ => None,
            };
            let text =
                rest.map(|rest| format!("arn:{partition}:{}", rest.replace("{account}", account.as_ref())));
            all.extend(text.and_then(|text| text.parse().ok()));
        }
        if let Some(named) = only("aws:principalarn").and_then(|text| text.parse::<Principal>().ok()) {
            match (named.kind(), named.account(), named.role_arn()) {
                (PrincipalKind::Role, Some(account), Some(arn)) => {
                    let name = arn.rsplit('/').next().unwrap_or_default();
                    let text = format!(
                        "arn:{}:sts::{account}:assumed-role/{name}/session",
                        named.partition()
                    );
                    all.extend(text.parse().ok());
                }
                _ => all.push(named),
            }
        }
        all
    }
}

/// Whether no request of this caller carries the key, in lower case.
pub(crate) fn never_has(principal: &Principal, key: &str) -> bool {
    Caller::new(principal.clone(), StandsFor::Itself, &Rc::default()).lacks(key)
}

impl Callers {
    pub(super) fn of<'p>(kind: DocumentKind, sets: impl IntoIterator<Item = &'p PolicySet>) -> Self {
        let names = Rc::new(Names::of(sets));
        let mut callers = Self {
            all: Vec::new(),
            is_complete: true,
            // To identity policies all callers are strangers.
            names: if kind == DocumentKind::Identity {
                Rc::default()
            } else {
                names.clone()
            },
        };
        let account = names.stranger();
        let strangers: &[String] = &[
            format!("arn:aws:iam::{account}:user/somebody"),
            format!("arn:aws:sts::{account}:assumed-role/somerole/session"),
            format!("arn:aws:sts::{account}:federated-user/somebody"),
            format!("arn:aws:iam::{account}:root"),
        ];
        // No identity policy can be attached to the root user.
        let strangers = strangers.get(..if kind == DocumentKind::Identity { 3 } else { 4 });
        for text in strangers.unwrap_or_default() {
            callers.add(text.parse().ok(), StandsFor::Strangers);
        }
        if kind == DocumentKind::Identity {
            return callers;
        }
        callers.is_complete = names.is_readable;
        for service in &names.services {
            callers.add(Some(Principal::service(service)), StandsFor::Itself);
        }
        for provider in &names.providers {
            callers.add(Some(Principal::federated(provider)), StandsFor::Itself);
        }
        for (partition, account) in &names.accounts {
            callers.of_account(partition, *account, &names);
        }
        callers.add(
            Some(Principal::service("unnamed.amazonaws.com")),
            StandsFor::Strangers,
        );
        callers.add(
            Some(Principal::federated("unnamed.example.com")),
            StandsFor::Strangers,
        );
        callers.add(Some(Principal::anonymous()), StandsFor::Itself);
        callers.with_canonical_users(&names.canonical_users);
        callers
    }

    /// Leaves those to whom identity policies can be attached.
    pub(super) fn with_policies_of_their_own(&mut self) {
        self.all.retain(|caller| {
            caller.principal.account().is_some() && caller.principal.kind() != PrincipalKind::Root
        });
    }

    /// Leaves those whom no document names, and of identity providers those that anybody can have an account with.
    pub(super) fn whom_nobody_named(&mut self) {
        self.all.retain(|caller| match caller.principal.kind() {
            PrincipalKind::Anonymous => true,
            PrincipalKind::Federated => is_open_to_all(caller.principal.as_str()),
            PrincipalKind::Service | PrincipalKind::CanonicalUser => false,
            _ => caller.stands_for == StandsFor::Strangers && caller.principal.canonical_id().is_none(),
        });
        // An id that means nobody in particular cannot mean everybody.
        self.is_complete = true;
        self.all
            .sort_by_key(|caller| caller.principal.kind() != PrincipalKind::Anonymous);
    }

    fn add(&mut self, principal: Option<Principal>, stands_for: StandsFor) {
        let Some(principal) = principal else {
            self.is_complete = false;
            return;
        };
        if !self.all.iter().any(|known| known.principal == principal) {
            let caller = Caller::new(principal, stands_for, &self.names);
            self.all.push(caller);
        }
    }

    /// Everybody of an account whom the documents name, and others whom they do not.
    fn of_account(&mut self, partition: &str, account: AccountId, names: &Names) {
        use StandsFor::{Itself, OthersOfItsAccount as Others};
        let own = |list: &[Arn]| -> Vec<Arn> {
            let list = list.iter();
            list.filter(|arn| arn.account() == Some(account) && arn.partition() == partition)
                .cloned()
                .collect()
        };
        let parse = |service: &str, rest: &str| {
            format!("arn:{partition}:{service}::{account}:{rest}")
                .parse::<Principal>()
                .ok()
        };
        let (users, roles, sessions, federated) = (
            own(&names.users),
            own(&names.roles),
            own(&names.sessions),
            own(&names.federated_users),
        );
        let mut federated: Vec<Option<Principal>> =
            federated.iter().map(|arn| arn.as_str().parse().ok()).collect();
        federated.push(parse("sts", "federated-user/unnamed"));
        for user in &users {
            self.add(user.as_str().parse().ok(), Itself);
        }
        self.add(parse("iam", "user/unnamed"), Others);
        let mut paths: Vec<(String, Option<&Arn>)> = Vec::new();
        for role in &roles {
            let name = role.resource().rsplit('/').next().unwrap_or_default().to_owned();
            paths.push((name, Some(role)));
        }
        for session in &sessions {
            let name = session
                .resource()
                .split('/')
                .nth(1)
                .unwrap_or_default()
                .to_owned();
            if !paths.iter().any(|(known, _)| *known == name) {
                paths.push((name, None));
            }
            self.add(session.as_str().parse().ok(), Itself);
        }
        for (name, role) in &paths {
            self.add(parse("sts", &format!("assumed-role/{name}/unnamed")), Itself);
            self.add(parse("iam", &format!("role/{name}")), Itself);
            let same = paths.iter().filter(|(other, _)| other == name).count();
            if let Some(role) = role {
                self.add(role.as_str().parse().ok(), Itself);
                if same == 1 {
                    self.know_path(name, role);
                }
            }
        }
        self.add(parse("sts", "assumed-role/unnamed/unnamed"), Others);
        self.add(parse("iam", "role/unnamed"), Others);
        self.add(parse("iam", "root"), Itself);
        for session in federated {
            let Some(session) = session else {
                self.is_complete = false;
                continue;
            };
            for user in &users {
                self.add(Some(session.clone().federated_by(user)), Others);
            }
            self.add(Some(session), Others);
        }
    }

    fn know_path(&mut self, name: &str, role: &Arn) {
        for caller in &mut self.all {
            let is_of_role = caller.principal.kind() == PrincipalKind::RoleSession
                && caller.principal.account() == role.account()
                && caller.principal.partition() == role.partition()
                && caller.principal.as_str().split('/').nth(1) == Some(name);
            if is_of_role {
                caller.fixed.set("aws:principalarn", [role.as_str()]);
            }
        }
    }

    /// A canonical user id says nothing about who else a caller of its account is.
    fn with_canonical_users(&mut self, ids: &BTreeSet<String>) {
        let known = self.all.clone();
        for id in ids {
            self.add(Some(Principal::canonical_user(id)), StandsFor::Itself);
            for caller in known.iter().filter(|caller| caller.principal.account().is_some()) {
                let mut caller = caller.clone();
                caller.principal = caller.principal.with_canonical_user(id);
                self.all.push(caller);
            }
        }
    }
}

/// Whether anybody can have an identity of this provider.
fn is_open_to_all(provider: &str) -> bool {
    let host = provider
        .rsplit_once("oidc-provider/")
        .map_or(provider, |(_, host)| host);
    matches!(
        host,
        "accounts.google.com"
            | "graph.facebook.com"
            | "www.amazon.com"
            | "appleid.apple.com"
            | "token.actions.githubusercontent.com"
            | "gitlab.com"
            | "app.terraform.io"
    ) || host.starts_with("cognito-identity")
}
