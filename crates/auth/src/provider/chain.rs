//! The first of several providers that is configured. Knows of each only whether it was loaded.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};

use crate::sts::Sts;
use crate::{EnvironmentVariables, Error, ErrorKind, FromEnvironment, WebIdentity};

/// Asks providers in turn: one that is *not loaded* gives way to the next, one that *fails* ends the search.
///
/// So a mistyped secret is an error, and never silently answered with some other identity. Where none is loaded, the
/// error says what each of them said.
pub struct Chain {
    links: Vec<Link>,
    /// The link that answered last: only it may stand in when a call is interrupted.
    winner: AtomicUsize,
}

struct Link {
    name: &'static str,
    provider: Arc<dyn ProvideCredentials>,
}

impl Chain {
    /// A chain without providers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            links: Vec::new(),
            winner: AtomicUsize::new(usize::MAX),
        }
    }

    /// The program's own default: the `AWS_*` variables, else the web identity token file.
    #[must_use]
    pub fn from_environment(environment: &EnvironmentVariables, sts: Arc<dyn Sts>) -> Self {
        Self::new()
            .then("environment", FromEnvironment::new(environment))
            .then("web identity", WebIdentity::from_environment(sts, environment))
    }

    /// Asks `provider` where those before it are not loaded. `name` is how errors speak of it.
    #[must_use]
    pub fn then(mut self, name: &'static str, provider: impl ProvideCredentials + 'static) -> Self {
        self.links.push(Link {
            name,
            provider: Arc::new(provider),
        });
        self
    }

    /// Credentials of the first provider that is loaded.
    ///
    /// # Errors
    ///
    /// The error of the provider that failed, or [`NotLoaded`](ErrorKind::NotLoaded) with what each said.
    ///
    /// # Cancel safety
    ///
    /// Safe: nothing is kept between calls.
    pub async fn credentials(&self) -> Result<Credentials, Error> {
        let mut said = Vec::new();
        for (at, link) in self.links.iter().enumerate() {
            match link
                .provider
                .provide_credentials()
                .await
                .map_err(Error::from_provider)
            {
                Ok(credentials) => {
                    self.winner.store(at, Ordering::Relaxed);
                    return Ok(credentials);
                }
                Err(error) if error.kind() == ErrorKind::NotLoaded => {
                    // The words for all of them stand before the list.
                    let why = error
                        .message()
                        .trim_start_matches("no credentials are configured");
                    let why = match why.trim_start_matches(": ") {
                        "" => "there are none",
                        why => why,
                    };
                    said.push(format!("{}: {why}", link.name));
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(
            ErrorKind::NotLoaded,
            format!("no credentials are configured ({})", said.join("; ")),
        )
        .with_remedy("set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or configure credentials"))
    }
}

impl ProvideCredentials for Chain {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.credentials().await.map_err(CredentialsError::from) })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.links
            .get(self.winner.load(Ordering::Relaxed))?
            .provider
            .fallback_on_interrupt()
    }
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.links.iter().map(|link| link.name))
            .finish()
    }
}
