//! The check that a connector without events gets. A trait, so that what is looked after knows nothing of stores.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use bucketline_check::{Report, Settings};

use crate::Error;
use crate::model::Installation;
use crate::variables::Variables;
use crate::wire::{self, Occasion, Selection};

/// How long a check may take: a store that does not answer holds up nobody else's.
pub(super) const LONGEST: Duration = Duration::from_secs(5 * 60);

/// Checks a connector, without asking its role for what it has to refuse.
#[async_trait]
pub trait Revalidation: Debug + Send + Sync + 'static {
    /// What was seen; nothing of a connector without a bucket.
    ///
    /// # Errors
    ///
    /// It could not be begun, for a reason of our own.
    async fn check(&self, connector: &str) -> Result<Option<Report>, Error>;
}

/// By the connectors of an installation, with production's own settings.
#[derive(Clone, Debug)]
pub struct InstallationChecks {
    installation: Installation,
    variables: Variables,
}

impl InstallationChecks {
    /// Of this installation.
    #[must_use]
    pub const fn new(installation: Installation, variables: Variables) -> Self {
        Self {
            installation,
            variables,
        }
    }
}

#[async_trait]
impl Revalidation for InstallationChecks {
    async fn check(&self, connector: &str) -> Result<Option<Report>, Error> {
        let selection = Selection::Connector(connector.to_owned());
        let settings = Settings::default().without_negative_probe();
        let checked = wire::check(
            &self.installation,
            &self.variables,
            &selection,
            &settings,
            Occasion::Timer,
        )
        .await?;
        if let Some(error) = checked.unkept {
            tracing::warn!(%error, "what a check found out is not kept");
        }
        Ok(checked.reports.0.into_iter().next())
    }
}
