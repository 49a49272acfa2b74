//! What is written down, one JSON object a line. A new member or record is added; none changes its meaning.

use serde::{Deserialize, Serialize};

use crate::{Event, Timestamp};

/// One thing that is remembered over restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Record {
    /// An event is to be told to these channels.
    Accepted {
        /// What happened.
        event: Event,
        /// When it was taken.
        at: Timestamp,
        /// Whom to tell, by name.
        channels: Vec<String>,
    },
    /// A message still waits (written where the records are made shorter).
    Waiting {
        /// What happened.
        event: Event,
        /// Whom to tell.
        channel: String,
        /// When it was taken.
        accepted_at: Timestamp,
        /// How often it was tried.
        attempts: u32,
        /// When it is tried next.
        due: Timestamp,
    },
    /// A channel took a message.
    Sent {
        /// The message.
        id: String,
        /// The channel.
        channel: String,
    },
    /// A channel did not take a message; it is tried again.
    Failed {
        /// The message.
        id: String,
        /// The channel.
        channel: String,
        /// How often it was tried.
        attempts: u32,
        /// When it is tried next.
        due: Timestamp,
    },
    /// A message is not tried any more.
    GivenUp {
        /// The message.
        id: String,
        /// The channel.
        channel: String,
        /// Why.
        why: String,
    },
    /// What was said last of a subject.
    Told {
        /// Of whom.
        slot: String,
        /// What.
        saying: String,
    },
    /// A message that was told, so that it is not told again.
    Known {
        /// The message.
        id: String,
    },
}
