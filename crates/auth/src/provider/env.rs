//! An access key in the variables that every AWS tool reads. Is given an environment, and reads none itself.

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};

use crate::{AccessKey, AccessKeyId, EnvironmentVariables, Error, ErrorKind, SecretAccessKey, SessionToken};

const ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

/// Provides the access key in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, for a temporary one,
/// `AWS_SESSION_TOKEN`.
///
/// Not loaded where the first two are absent; an error where one is there and the other is not.
#[derive(Clone, Debug)]
pub struct FromEnvironment(Result<AccessKey, Error>);

impl FromEnvironment {
    /// Reads the variables, once.
    #[must_use]
    pub fn new(environment: &EnvironmentVariables) -> Self {
        Self(read(environment))
    }
}

impl ProvideCredentials for FromEnvironment {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(match &self.0 {
            Ok(key) => Ok(key.to_credentials("BucketlineEnvironment")),
            Err(error) => Err(CredentialsError::from(error.clone())),
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.0
            .as_ref()
            .ok()
            .map(|key| key.to_credentials("BucketlineEnvironment"))
    }
}

fn read(environment: &EnvironmentVariables) -> Result<AccessKey, Error> {
    let missing = |name: &str, other: &str| {
        Error::invalid(format!("`{other}` is set and `{name}` is not")).with_remedy("set both or neither")
    };
    let (id, secret) = match (environment.get(ID), environment.get(SECRET)) {
        (Some(id), Some(secret)) => (id, secret),
        (Some(_), None) => return Err(missing(SECRET, ID)),
        (None, Some(_)) => return Err(missing(ID, SECRET)),
        (None, None) => {
            return Err(Error::new(
                ErrorKind::NotLoaded,
                format!("`{ID}` and `{SECRET}` are not set"),
            ));
        }
    };
    let id: AccessKeyId = id.trim().parse().map_err(|error: Error| error.with_subject(ID))?;
    let secret = SecretAccessKey::parse(secret).map_err(|error| error.with_subject(SECRET))?;
    let temporary = id.is_temporary();
    let key = AccessKey::new(id, secret);
    match environment.get(TOKEN) {
        Some(token) => Ok(
            key.with_session_token(SessionToken::parse(token).map_err(|error| error.with_subject(TOKEN))?)
        ),
        None if temporary => Err(Error::invalid(format!(
            "`{ID}` is a temporary key (ASIA...) and `{TOKEN}` is not set"
        ))
        .with_remedy("set the token that was made together with the key")),
        None => Ok(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(pairs: &[(&str, &str)]) -> Error {
        read(&EnvironmentVariables::from_pairs(pairs.iter().copied())).unwrap_err()
    }

    #[test]
    fn nothing_set_is_not_loaded_and_half_of_it_is_wrong() {
        assert_eq!(error(&[]).kind(), ErrorKind::NotLoaded);
        assert_eq!(error(&[(ID, ""), (SECRET, "")]).kind(), ErrorKind::NotLoaded);
        let half = error(&[(ID, "AKIAIOSFODNN7EXAMPLE")]);
        assert_eq!(half.kind(), ErrorKind::InvalidConfig);
        assert!(half.to_string().contains(SECRET));
        assert_eq!(error(&[(SECRET, "x")]).kind(), ErrorKind::InvalidConfig);
    }

    #[test]
    fn a_temporary_key_without_its_token_is_named() {
        let error = error(&[(ID, "ASIAIOSFODNN7EXAMPLE"), (SECRET, "x")]);
        assert!(error.to_string().contains(TOKEN), "{error}");
    }

    #[test]
    fn a_malformed_value_names_its_variable() {
        let error = error(&[(ID, "AKIAIOSFODNN7EXAMPLE"), (SECRET, "CANARY x")]).to_string();
        assert!(error.starts_with(SECRET) && !error.contains("CANARY"), "{error}");
    }

    #[test]
    fn all_three_are_read() {
        let key = read(&EnvironmentVariables::from_pairs([
            (ID, "ASIAIOSFODNN7EXAMPLE"),
            (SECRET, "secret\n"),
            (TOKEN, "token"),
        ]))
        .unwrap();
        assert_eq!(
            (key.secret().expose(), key.session_token().unwrap().expose()),
            ("secret", "token")
        );
    }
}
