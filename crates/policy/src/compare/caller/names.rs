//! Whom documents name, by kind: everybody else is alike to them. Knows no caller.

use std::collections::BTreeSet;

use crate::document::{ConditionBlock, ConditionTest, ConditionValue, PrincipalType, Principals};
use crate::{AccountId, Arn, PolicySet, PrincipalMatcher, Statement};

/// So many accounts, and so many identities, are taken from conditions.
const FROM_CONDITIONS: usize = 12;

/// What `Principal` elements and conditions on the caller name, by kind.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) accounts: Vec<(String, AccountId)>,
    pub(super) users: Vec<Arn>,
    pub(super) roles: Vec<Arn>,
    pub(super) sessions: Vec<Arn>,
    pub(super) federated_users: Vec<Arn>,
    pub(super) services: BTreeSet<String>,
    pub(super) providers: BTreeSet<String>,
    pub(super) canonical_users: BTreeSet<String>,
    pub(super) is_readable: bool,
}

impl Names {
    pub(super) fn of<'p>(sets: impl IntoIterator<Item = &'p PolicySet>) -> Self {
        let mut names = Self {
            is_readable: true,
            ..Self::default()
        };
        let documents = sets.into_iter().flat_map(PolicySet::documents);
        let statements: Vec<&Statement> = documents.flat_map(|d| d.statements().iter()).collect();
        let groups = statements
            .iter()
            .filter_map(|statement| match statement.principal()?.principals() {
                Principals::Everyone => None,
                Principals::Named(groups) => Some(groups),
            })
            .flatten();
        for (kind, name) in groups.flat_map(|group| group.values().iter().map(|name| (group.kind(), name))) {
            match kind {
                PrincipalType::Service => drop(names.services.insert(name.clone())),
                PrincipalType::Federated => drop(names.providers.insert(name.clone())),
                PrincipalType::CanonicalUser => drop(names.canonical_users.insert(name.clone())),
                PrincipalType::Aws if name == "*" => {}
                PrincipalType::Aws => names.aws(name),
            }
        }
        let tests = statements.iter().flat_map(|statement| statement.conditions());
        for test in tests.flat_map(ConditionBlock::tests) {
            names.condition(test);
        }
        names
    }

    /// Accounts and identities may be named by a condition on the caller as well. Beyond a few they are callers like others.
    fn condition(&mut self, test: &ConditionTest) {
        let literal = |text: &&str| !text.contains(['*', '?', '$']);
        let mut values = test.values().iter().map(ConditionValue::as_str).filter(literal);
        let is_about = |key: &str| test.key().eq_ignore_ascii_case(key);
        if is_about("aws:PrincipalAccount") {
            for account in values.filter_map(|text| text.parse().ok()) {
                if self.accounts.len() < FROM_CONDITIONS {
                    self.account("aws", account);
                }
            }
        } else if is_about("aws:PrincipalArn") {
            let is_identity = |text: &&str| text.contains(":user/") || text.contains(":role/");
            while let Some(text) = values.find(is_identity) {
                let is_readable = PrincipalMatcher::reads(PrincipalType::Aws, text);
                if is_readable && self.users.len() + self.roles.len() < FROM_CONDITIONS {
                    self.aws(text);
                }
            }
        }
    }

    /// Whether these are accounts or ARNs of identities, for each of which there are callers of its own.
    pub(super) fn has_callers_for(&self, key: &str, values: &[String]) -> bool {
        let is_named = |text: &String| match key {
            "aws:principalaccount" => self.accounts.iter().any(|(_, known)| known.as_ref() == text),
            "aws:principalarn" => self
                .users
                .iter()
                .chain(&self.roles)
                .any(|arn| arn.as_str() == text),
            _ => false,
        };
        values.iter().all(is_named)
    }

    fn aws(&mut self, name: &str) {
        if !PrincipalMatcher::reads(PrincipalType::Aws, name) {
            // The id of an identity, for instance: who that is cannot be known.
            self.is_readable = false;
            return;
        }
        if let Ok(account) = name.parse::<AccountId>() {
            return self.account("aws", account);
        }
        let Ok(arn) = name.parse::<Arn>() else {
            return;
        };
        if let Some(account) = arn.account() {
            self.account(arn.partition(), account);
        }
        let list = match arn.resource().split('/').next() {
            Some("user") => &mut self.users,
            Some("role") => &mut self.roles,
            Some("assumed-role") => &mut self.sessions,
            Some("federated-user") => &mut self.federated_users,
            _ => return,
        };
        if !list.contains(&arn) {
            list.push(arn);
        }
    }

    fn account(&mut self, partition: &str, account: AccountId) {
        let pair = (partition.to_owned(), account);
        if !self.accounts.contains(&pair) {
            self.accounts.push(pair);
        }
    }

    /// An account that no element names.
    pub(super) fn stranger(&self) -> &'static str {
        ["111122223333", "444455556666", "777788889999", "123412341234"]
            .into_iter()
            .find(|account| !self.accounts.iter().any(|(_, known)| known.as_ref() == *account))
            .unwrap_or("432143214321")
    }
}
