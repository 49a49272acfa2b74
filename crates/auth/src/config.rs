//! A grant as a configuration writes it down: plain data, unknown keys refused, no secret ever inside.
//! Knows no file format, and makes no client.

mod secret_source;

pub use secret_source::SecretSource;

use std::fmt;
use std::path::Path;

use serde::Deserialize;

use crate::{AccessKey, AccessKeyId, EnvironmentVariables, Error, ExternalId, RoleArn};

/// One customer's named credentials, which any number of that customer's connectors may use.
///
/// ```
/// use bucketline_auth::config::{GrantConfig, GrantKind};
///
/// let grant: GrantConfig = toml::from_str(r#"
///     id = "globex-role"
///     type = "assume_role"
///     role_arn = "arn:aws:iam::111122223333:role/export"
///     external_id = "bl-0192f3b4"
/// "#)?;
/// let GrantKind::AssumeRole(role) = &grant.kind else { panic!() };
/// assert_eq!(role.role_arn.account().as_str(), "111122223333");
/// # Ok::<(), toml::de::Error>(())
/// ```
///
/// Readers that quote the offending line in their errors (`toml`'s `Display` does) would quote a secret that someone
/// wrote there by mistake: print the message and the place alone.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
#[non_exhaustive]
pub struct GrantConfig {
    /// The name by which connectors speak of it: 1 to 64 of `[A-Za-z0-9._-]`.
    pub id: String,
    /// Which of the two ways in it is.
    pub kind: GrantKind,
}

/// The two ways into a customer's account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GrantKind {
    /// `type = "access_key"`: the key of a user that the customer made.
    AccessKey(AccessKeyConfig),
    /// `type = "assume_role"`: a role that the customer made, guarded by an external ID.
    AssumeRole(AssumeRoleConfig),
}

/// An access key, its secret kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AccessKeyConfig {
    /// The id. May be left out where the secret is AWS's CSV, which holds both.
    #[serde(default)]
    pub access_key_id: Option<AccessKeyId>,
    /// Where the secret is.
    pub secret_access_key: SecretSource,
}

/// A role and the external ID that was made for it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssumeRoleConfig {
    /// The role.
    pub role_arn: RoleArn,
    /// The external ID.
    pub external_id: ExternalId,
}

impl AccessKeyConfig {
    /// The key: reads its secret from the environment given, or from a file (a relative path starts at `folder`, where
    /// the configuration lies).
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig), naming the variable or file, where there is none, where it holds no
    /// secret, or where it is a CSV of another key.
    pub fn load(&self, environment: &EnvironmentVariables, folder: &Path) -> Result<AccessKey, Error> {
        let text = self.secret_access_key.read(environment, folder)?;
        AccessKey::from_secret_text(self.access_key_id.as_ref(), &text)
            .map_err(|error| error.with_subject(self.secret_access_key.to_string()))
    }
}

/// What may be written, of either kind: so that a key of the other kind is answered in words of our own, and errors in a
/// value keep their place in the file (serde's tagged enums lose it).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    r#type: Kind,
    access_key_id: Option<AccessKeyId>,
    secret_access_key: Option<SecretSource>,
    role_arn: Option<RoleArn>,
    external_id: Option<ExternalId>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    AccessKey,
    AssumeRole,
}

impl TryFrom<Written> for GrantConfig {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let Written {
            id,
            r#type,
            access_key_id,
            secret_access_key,
            role_arn,
            external_id,
        } = written;
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if !(1..=64).contains(&id.len()) || !id.chars().all(allowed) {
            return Err(Error::invalid(format!("`{id}` is no id of a grant"))
                .with_remedy("use 1 to 64 letters, digits and `._-`"));
        }
        let lacks = |key: &str| Error::invalid(format!("grant `{id}` lacks `{key}`"));
        let foreign = |key: &str, kind: &str| {
            Error::invalid(format!(
                "grant `{id}` has `{key}`, which belongs to `type = \"{kind}\"`"
            ))
            .with_remedy("leave it out or change the type: a grant is one or the other")
        };
        let kind = match r#type {
            Kind::AccessKey => {
                if role_arn.is_some() {
                    return Err(foreign("role_arn", "assume_role"));
                }
                if external_id.is_some() {
                    return Err(foreign("external_id", "assume_role"));
                }
                GrantKind::AccessKey(AccessKeyConfig {
                    access_key_id,
                    secret_access_key: secret_access_key.ok_or_else(|| {
                        lacks("secret_access_key")
                            .with_remedy("write `{ env = \"NAME\" }` or `{ file = \"path\" }`")
                    })?,
                })
            }
            Kind::AssumeRole => {
                if access_key_id.is_some() {
                    return Err(foreign("access_key_id", "access_key"));
                }
                if secret_access_key.is_some() {
                    return Err(foreign("secret_access_key", "access_key"));
                }
                GrantKind::AssumeRole(AssumeRoleConfig {
                    role_arn: role_arn.ok_or_else(|| lacks("role_arn"))?,
                    external_id: external_id.ok_or_else(|| {
                        lacks("external_id").with_remedy(
                            "use the one made for this grant: without it anyone who knows the \
                             role's ARN could have us use it",
                        )
                    })?,
                })
            }
        };
        Ok(Self { id, kind })
    }
}

impl fmt::Display for GrantKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessKey(_) => "access_key",
            Self::AssumeRole(_) => "assume_role",
        })
    }
}

#[cfg(test)]
mod tests;
