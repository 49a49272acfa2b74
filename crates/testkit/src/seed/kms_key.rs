//! A KMS key in a seed.

use serde::Deserialize;

use super::text::Text;
use crate::authorize::Policy;
use crate::error::{Error, ErrorKind};
use crate::world::{Identities, KmsKey as Key, KmsKeyState};

/// A KMS key. Keys that are not in a seed are unknown to S3.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KmsKey {
    arn: String,
    #[serde(default)]
    state: KmsKeyState,
    policy: Option<Text>,
}

impl KmsKey {
    /// An enabled key, by its ARN. Its policy is the one that KMS gives to keys made without: it leaves the decision to
    /// the policies of its account's users and roles.
    #[must_use]
    pub fn new(arn: impl Into<String>) -> Self {
        Self {
            arn: arn.into(),
            state: KmsKeyState::Enabled,
            policy: None,
        }
    }

    /// Disables the key.
    #[must_use]
    pub fn disabled(mut self) -> Self {
        self.state = KmsKeyState::Disabled;
        self
    }

    /// Sets the key policy, as JSON text.
    #[must_use]
    pub fn policy(mut self, document: impl Into<String>) -> Self {
        self.policy = Some(Text::Inline(document.into()));
        self
    }

    #[cfg(feature = "seed-file")]
    pub(super) fn texts(
        &mut self,
        with: &mut dyn FnMut(&mut Text) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.policy.iter_mut().try_for_each(with)
    }

    pub(super) fn build(self, account: &str, identities: &mut Identities) -> Result<(), Error> {
        let arn = self.arn;
        let is_in_account = arn.starts_with("arn:") && arn.split(':').nth(4) == Some(account);
        if !is_in_account || !arn.contains(":key/") {
            return Err(Error::new(
                ErrorKind::Seed,
                format!("`{arn}` is not the ARN of a key of account `{account}`"),
            ));
        }
        let of = format!("policy of KMS key `{arn}`");
        let policy = match self.policy {
            Some(text) => text.policy(&of)?,
            None => Policy::parse(&of, &default_policy(identities.partition(account), account))?,
        };
        identities.add_kms_key(
            &arn,
            Key {
                account: account.to_owned(),
                state: self.state,
                policy,
            },
        )
    }
}

impl From<&str> for KmsKey {
    /// An enabled key, by its ARN.
    fn from(arn: &str) -> Self {
        Self::new(arn)
    }
}

/// Source: "Default key policy", KMS developer guide.
fn default_policy(partition: &str, account: &str) -> String {
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Sid": "EnableIAMUserPermissions", "Effect": "Allow", "Principal": {{"AWS": "arn:{partition}:iam::{account}:root"}}, "Action": "kms:*", "Resource": "*"}}}}"#
    )
}
