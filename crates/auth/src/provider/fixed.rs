//! An access key that is at hand. Knows nothing of where it was read.

use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, future};

use crate::AccessKey;

/// Provides one access key, always.
///
/// ```
/// use bucketline_auth::{AccessKey, Fixed, ProvideCredentials, SecretAccessKey};
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let key = AccessKey::new("AKIAIOSFODNN7EXAMPLE".parse()?, SecretAccessKey::parse("wJalrXUtnFEMI")?);
/// let credentials = Fixed::new(&key).provide_credentials().await?;
/// assert_eq!(credentials.access_key_id(), "AKIAIOSFODNN7EXAMPLE");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Fixed(Credentials);

impl Fixed {
    /// Provides this key.
    #[must_use]
    pub fn new(key: &AccessKey) -> Self {
        Self(key.to_credentials("BucketlineFixed"))
    }
}

impl ProvideCredentials for Fixed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Ok(self.0.clone()))
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        Some(self.0.clone())
    }
}
