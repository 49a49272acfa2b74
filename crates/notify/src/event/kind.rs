//! The names of the things that people are told of: a closed list. Knows nothing of what is told with them.

use std::fmt;
use std::str::FromStr;

use crate::{Error, ErrorKind};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What happened. The names are those of the `type` member of a webhook's payload.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[$doc])* $variant,)*
        }

        impl EventKind {
            /// All of them, in the order of the documentation.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name, as `connector.blocked`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A connector was checked and started.
    ConnectorLaunched = "connector.launched",
    /// Deliveries fail or lag, and are tried on.
    ConnectorDegraded = "connector.degraded",
    /// Nothing can be delivered until somebody acts: `cause` and `turn` say what and who.
    ConnectorBlocked = "connector.blocked",
    /// A connector that was degraded, blocked or dropping delivers again.
    ConnectorRecovered = "connector.recovered",
    /// Held events come near the retention: `percent` of it has passed, `loss_at` is when the first would be dropped.
    ConnectorWarned = "connector.warned",
    /// Events were given up: `dropped` says how many and why.
    ConnectorDropped = "connector.dropped",
    /// A connector holds its events, as somebody asked.
    ConnectorPaused = "connector.paused",
    /// A connector has ended.
    ConnectorStopped = "connector.stopped",
    /// A check of credentials and rights failed.
    CheckFailed = "check.failed",
    /// A check of credentials and rights passed.
    CheckPassed = "check.passed",
    /// A grant's credentials end at `expires_at`, or are older than they should be.
    GrantExpiring = "grant.expiring",
    /// A grant has new credentials.
    GrantRotated = "grant.rotated",
    /// No event can come into `hour` any more, and all that came is settled.
    HourCompleted = "hour.completed",
    /// An export's files are in place and verified.
    ExportCompleted = "export.completed",
    /// An export ended without its files.
    ExportFailed = "export.failed",
    /// An event type has a new schema.
    SchemaChanged = "schema.changed",
}

impl EventKind {
    /// Whether it says what state its subject is in now, so that saying it again tells nothing new.
    /// The others happen: each is told once.
    #[must_use]
    pub fn is_state(self) -> bool {
        !matches!(
            self,
            Self::GrantRotated
                | Self::HourCompleted
                | Self::ExportCompleted
                | Self::ExportFailed
                | Self::SchemaChanged
        )
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for EventKind {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let kind = Self::ALL.iter().find(|kind| kind.name() == text);
        kind.copied().ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|kind| format!("`{kind}`")).collect();
            let message = format!(
                "`{}` is no event; known: {}",
                text.escape_debug(),
                known.join(", ")
            );
            Error::new(ErrorKind::InvalidConfig, message)
        })
    }
}

impl serde::Serialize for EventKind {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for EventKind {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for kind in EventKind::ALL {
            assert_eq!(kind.name().parse::<EventKind>().unwrap(), *kind);
        }
        let error = "connector.exploded".parse::<EventKind>().unwrap_err();
        assert!(error.to_string().contains("`connector.blocked`"), "{error}");
    }
}
