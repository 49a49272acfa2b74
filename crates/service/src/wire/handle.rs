//! A connector's credentials, as whoever looks after them sees them: when they end, whether they can be renewed, whether the
//! file that they come from has changed. Shows none.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use aws_credential_types::provider::ProvideCredentials;
use bucketline_auth::{CacheStatus, Cached};

use crate::upkeep::Stamp;

/// A connector's credentials, without their values.
#[derive(Clone)]
pub struct CredentialHandle {
    connector: String,
    grant: String,
    /// With what it was when it was read.
    file: Option<(PathBuf, Stamp)>,
    cache: Arc<dyn Cache>,
}

/// What holds credentials, whatever they come from.
pub(super) trait Cache: Send + Sync {
    fn forget(&self);
    fn status(&self) -> CacheStatus;
}

impl<P: ProvideCredentials + 'static> Cache for Cached<P> {
    fn forget(&self) {
        self.invalidate();
    }

    fn status(&self) -> CacheStatus {
        Self::status(self)
    }
}

impl CredentialHandle {
    pub(super) fn new(
        connector: &str,
        grant: &str,
        file: Option<(PathBuf, Stamp)>,
        cache: Arc<dyn Cache>,
    ) -> Self {
        Self {
            connector: connector.to_owned(),
            grant: grant.to_owned(),
            file,
            cache,
        }
    }

    /// The connector, by its id.
    #[must_use]
    pub fn connector(&self) -> &str {
        &self.connector
    }

    /// The grant, by its id.
    #[must_use]
    pub fn grant(&self) -> &str {
        &self.grant
    }

    /// Fetches anew with the next request, pauses after failures forgotten.
    pub fn renew(&self) {
        self.cache.forget();
    }

    /// How they stand.
    #[must_use]
    pub fn status(&self) -> CacheStatus {
        self.cache.status()
    }

    /// What its file was when it was read; nothing of what comes from no file.
    pub(crate) fn stamp(&self) -> Option<Stamp> {
        self.file.as_ref().map(|(_, stamp)| *stamp)
    }

    /// What its file is now.
    pub(crate) fn stamp_now(&self) -> Option<Stamp> {
        self.file.as_ref().map(|(path, _)| Stamp::of(path))
    }
}

impl fmt::Debug for CredentialHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialHandle")
            .field("connector", &self.connector)
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}
