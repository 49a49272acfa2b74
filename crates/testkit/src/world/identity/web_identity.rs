//! Tokens of identity providers, which STS exchanges for sessions. Their signatures are not looked at: those are good that were
//! made known.

use std::time::SystemTime;

use super::Identities;

/// Whom a token of an identity provider is of.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebIdentity {
    /// The provider, as its ARN has it behind `oidc-provider/`: `token.actions.githubusercontent.com`.
    pub provider: String,
    /// Whom it vouches for: the claim `sub`.
    pub subject: String,
    /// For whom it is: the claim `aud`.
    pub audience: String,
    /// Until when.
    pub expires: SystemTime,
}

impl WebIdentity {
    /// One that is good until then, for STS.
    #[must_use]
    pub fn new(provider: impl Into<String>, subject: impl Into<String>, expires: SystemTime) -> Self {
        Self {
            provider: provider.into(),
            subject: subject.into(),
            audience: "sts.amazonaws.com".to_owned(),
            expires,
        }
    }
}

impl Identities {
    pub(crate) fn add_web_identity(&mut self, token: &str, identity: WebIdentity) {
        self.web_identities.insert(token.to_owned(), identity);
    }

    pub(crate) fn web_identity(&self, token: &str) -> Option<WebIdentity> {
        self.web_identities.get(token).cloned()
    }
}
