//! A whole access key: id, secret, and the session token of temporary ones; read from what people have in hand.
//! Knows nothing of files or variables: it is given their text.

mod csv;

use aws_credential_types::Credentials;

use crate::secret::strip_bom;
use crate::{AccessKeyId, Error, SecretAccessKey, SessionToken};

/// An access key: long-lived (id and secret) or temporary (with a session token).
///
/// ```
/// use bucketline_auth::AccessKey;
///
/// // As the AWS console lets it be downloaded once, Windows line ends and all.
/// let csv = "Access key ID,Secret access key\r\nAKIAIOSFODNN7EXAMPLE,wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\r\n";
/// let key = AccessKey::from_aws_csv(csv)?;
/// assert_eq!(key.id().as_str(), "AKIAIOSFODNN7EXAMPLE");
/// assert!(!format!("{key:?}").contains("wJalr"));
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    id: AccessKeyId,
    secret: SecretAccessKey,
    session_token: Option<SessionToken>,
}

impl AccessKey {
    /// A long-lived key.
    #[must_use]
    pub fn new(id: AccessKeyId, secret: SecretAccessKey) -> Self {
        Self {
            id,
            secret,
            session_token: None,
        }
    }

    /// The same key with the token that makes it a temporary one.
    #[must_use]
    pub fn with_session_token(mut self, token: SessionToken) -> Self {
        self.session_token = Some(token);
        self
    }

    /// Reads the file that the AWS console lets one download when a key is made.
    ///
    /// Understood are all its shapes over the years: `Access key ID,Secret access key`; the longer ones with user
    /// name, password and sign-in link; and `AWSAccessKeyId=...`/`AWSSecretKey=...` lines. A byte order mark, CRLF and
    /// quoted fields are fine.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where the text is none of these, or holds no key or several.
    pub fn from_aws_csv(text: &str) -> Result<Self, Error> {
        match csv::read(text)?.as_slice() {
            [key] => Ok(key.clone()),
            [] => Err(Error::invalid("the CSV file has a heading but no key below it")),
            keys => Err(
                Error::invalid(format!("the CSV file has {} keys in it", keys.len()))
                    .with_remedy("name the one to use by its access key id"),
            ),
        }
    }

    /// Reads the text in which a secret is stored: the secret alone, or AWS's downloaded CSV.
    ///
    /// `id` is the access key id as configured, if it is. A CSV that holds another key than that is refused: it
    /// is the file of a key that was replaced, or of another user.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig) where the text is no secret, where a CSV does not hold the
    /// key asked for, or where there is neither an id nor a CSV to learn it from. No secret is repeated.
    pub fn from_secret_text(id: Option<&AccessKeyId>, text: &str) -> Result<Self, Error> {
        if csv::looks_like_csv(text) {
            let Some(id) = id else {
                return Self::from_aws_csv(text);
            };
            let keys = csv::read(text)?;
            return keys.iter().find(|key| key.id == *id).cloned().ok_or_else(|| {
                let held: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
                Error::invalid(format!(
                    "the CSV file holds the key `{}`, configured is `{id}`",
                    held.join("`, `")
                ))
                .with_remedy("use the file that belongs to that key, or leave `access_key_id` out")
            });
        }
        let secret = SecretAccessKey::parse(text)?;
        let id = id.cloned().ok_or_else(|| {
            Error::invalid("there is a secret but no access key id")
                .with_remedy("set `access_key_id`, or give the CSV file that AWS made: it holds both")
        })?;
        Ok(Self::new(id, secret))
    }

    /// The public half.
    #[must_use]
    pub fn id(&self) -> &AccessKeyId {
        &self.id
    }

    /// The secret half.
    #[must_use]
    pub fn secret(&self) -> &SecretAccessKey {
        &self.secret
    }

    /// The token of temporary credentials.
    #[must_use]
    pub fn session_token(&self) -> Option<&SessionToken> {
        self.session_token.as_ref()
    }

    /// The key as the SDK's credentials, without an expiry. `provider` names where it came from in the SDK's logs.
    #[must_use]
    pub fn to_credentials(&self, provider: &'static str) -> Credentials {
        Credentials::new(
            self.id.as_str(),
            self.secret.expose(),
            self.session_token.as_ref().map(|token| token.expose().to_owned()),
            None,
            provider,
        )
    }
}

#[cfg(test)]
mod tests;
