//! Whom a trust policy could mean, told without asking it: of callers, it is asked about these alone; a service is taken at its name.

use std::collections::HashSet;

use crate::document::{Effect, PrincipalType, Principals};
use crate::{AccountId, PolicySet};

/// What the allowing statements of a trust policy name.
#[derive(Debug, Default)]
pub(super) struct Trust {
    /// Anybody of the account whose own policies allow it.
    is_open: bool,
    arns: HashSet<String>,
    services: HashSet<String>,
}

impl Trust {
    pub(super) fn of(set: &PolicySet, account: AccountId) -> Self {
        let mut trust = Self::default();
        let statements = set
            .documents()
            .iter()
            .flat_map(|document| document.statements().iter());
        for statement in statements.filter(|statement| statement.effect() == Effect::Allow) {
            let Some(element) = statement.principal() else {
                continue;
            };
            match element.principals() {
                _ if element.is_negated() => trust.is_open = true,
                Principals::Everyone => trust.is_open = true,
                Principals::Named(groups) => {
                    for group in groups {
                        let names = group.values().iter().cloned();
                        match group.kind() {
                            PrincipalType::Service => trust.services.extend(names),
                            PrincipalType::Aws => trust.arns.extend(names),
                            _ => {}
                        }
                    }
                }
            }
        }
        let is_account = |name: &String| {
            name == "*" || name == account.as_ref() || name.ends_with(&format!("::{account}:root"))
        };
        trust.is_open |= trust.arns.iter().any(is_account);
        trust
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    pub(super) fn named(&self) -> impl Iterator<Item = &str> {
        self.arns.iter().map(String::as_str)
    }

    pub(super) fn names(&self, service: &str) -> bool {
        self.services.contains(service)
    }
}
