//! What is found while an installation runs, as values: for the log, for people, and for whoever is notified.

use std::fmt;
use std::time::{Duration, SystemTime};

use bucketline_auth::AccessKeyId;
use bucketline_check::Report;

use crate::wire::why;

/// Something that was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum UpkeepEvent {
    /// The file of a grant's key has changed: it is read anew, and the connectors that use it are tried at once.
    KeyReplaced {
        /// The grant.
        grant: String,
        /// The connectors.
        connectors: Vec<String>,
    },
    /// A connector that had nothing to deliver would not be able to.
    CheckFailed {
        /// The connector.
        connector: String,
        /// What was seen.
        report: Box<Report>,
    },
    /// One that would not have been able to deliver would be again.
    CheckPassed {
        /// The connector.
        connector: String,
    },
    /// A connector could not be checked, for a reason of our own.
    CheckNotMade {
        /// The connector.
        connector: String,
        /// Why.
        why: String,
    },
    /// A connector's credentials could not be renewed, and end soon.
    CredentialExpiring {
        /// The connector.
        connector: String,
        /// The grant.
        grant: String,
        /// When they end.
        expires: SystemTime,
        /// How long that is.
        left: Duration,
    },
    /// A grant's access key has not been replaced for long.
    KeyOlderThan {
        /// The grant.
        grant: String,
        /// The key.
        key: AccessKeyId,
        /// For how long it has been known at least.
        age: Duration,
    },
}

impl UpkeepEvent {
    /// Its name, for logs and programs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::KeyReplaced { .. } => "key_replaced",
            Self::CheckFailed { .. } => "check_failed",
            Self::CheckPassed { .. } => "check_passed",
            Self::CheckNotMade { .. } => "check_not_made",
            Self::CredentialExpiring { .. } => "credential_expiring",
            Self::KeyOlderThan { .. } => "key_older_than",
        }
    }

    /// Whether somebody has to do something.
    #[must_use]
    pub const fn is_trouble(&self) -> bool {
        !matches!(self, Self::KeyReplaced { .. } | Self::CheckPassed { .. })
    }
}

impl fmt::Display for UpkeepEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyReplaced { grant, .. } => {
                write!(
                    f,
                    "the key of grant `{grant}` was replaced in its file, and is used from now on"
                )
            }
            Self::CheckFailed { connector, report } => write!(
                f,
                "connector `{connector}` has had nothing to deliver, and could not: {}; `bucketline check --connector \
                 {connector}` says what to do",
                why(report)
            ),
            Self::CheckPassed { connector } => write!(f, "connector `{connector}` could deliver again"),
            Self::CheckNotMade { connector, why } => {
                write!(f, "connector `{connector}` could not be checked: {why}")
            }
            Self::CredentialExpiring {
                connector,
                grant,
                left,
                ..
            } => write!(
                f,
                "the credentials of connector `{connector}` end in {} s and cannot be renewed: look at grant `{grant}`",
                left.as_secs()
            ),
            Self::KeyOlderThan { grant, key, age } => write!(
                f,
                "the key `{key}` of grant `{grant}` has been used for {} days: `bucketline keys rotate --grant {grant}` \
                 replaces it",
                age.as_secs() / 86_400
            ),
        }
    }
}

/// Who hears of what is found. Called from the tasks that find it: it must not wait.
pub trait UpkeepObserver: fmt::Debug + Send + Sync + 'static {
    /// Something was found.
    fn found(&self, event: UpkeepEvent);
}
