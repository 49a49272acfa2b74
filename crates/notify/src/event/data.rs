//! The particulars of an event: a closed set of members, each bounded. Knows nothing of channels.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The longest text in an event, in characters: an answer of AWS, a remedy.
const MAX_TEXT: usize = 1_000;
/// The longest name in an event, in characters.
const MAX_NAME: usize = 300;

/// Whose turn it is to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(clippy::exhaustive_enums, reason = "a closed list that scripts match on")]
pub enum Turn {
    /// The customer's, in their account.
    Customer,
    /// Ours.
    Us,
    /// Nobody's but AWS's: it is tried again.
    Aws,
}

/// What AWS answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AwsAnswer {
    /// The error code, as `AccessDenied`.
    pub code: String,
    /// The call that was refused, as `s3:PutObject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// What AWS's support asks for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl AwsAnswer {
    /// An answer with this error code.
    pub fn new(code: impl AsRef<str>) -> Self {
        Self {
            code: bounded(code.as_ref(), MAX_NAME),
            ..Self::default()
        }
    }

    /// The call that was refused.
    #[must_use]
    pub fn action(mut self, action: impl AsRef<str>) -> Self {
        self.action = Some(bounded(action.as_ref(), MAX_NAME));
        self
    }

    /// What AWS's support asks for.
    #[must_use]
    pub fn request_id(mut self, id: impl AsRef<str>) -> Self {
        self.request_id = Some(bounded(id.as_ref(), MAX_NAME));
        self
    }
}

/// What was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Dropped {
    /// How many events.
    pub count: u64,
    /// Their size as stored, in bytes.
    pub bytes: u64,
    /// Why, as the ledger says it: `retention`, `quota`, ...
    pub reason: String,
}

impl Dropped {
    /// `count` events of `bytes` bytes, for this reason.
    pub fn new(count: u64, bytes: u64, reason: impl AsRef<str>) -> Self {
        Self {
            count,
            bytes,
            reason: bounded(reason.as_ref(), MAX_NAME),
        }
    }
}

macro_rules! particulars {
    ($($(#[$doc:meta])* $field:ident: $type:ty $(=> $text:ident)?,)*) => {
        /// What is told of an event, beside whom it concerns. Each member is left out where it is not known.
        ///
        /// Texts are cut at 1,000 characters, names at 300; a payload stays under 20,000 bytes.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[non_exhaustive]
        pub struct EventData {
            $($(#[$doc])*
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub $field: Option<$type>,)*
        }

        impl EventData {
            $(particulars!(@setter $(#[$doc])* $field $type $(=> $text)?);)*
        }
    };
    (@setter $(#[$doc:meta])* $field:ident $type:ty => $text:ident) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, text: impl AsRef<str>) -> Self {
            self.$field = Some($text(text.as_ref()));
            self
        }
    };
    (@setter $(#[$doc:meta])* $field:ident $type:ty) => {
        $(#[$doc])*
        #[must_use]
        pub fn $field(mut self, value: $type) -> Self {
            self.$field = Some(value);
            self
        }
    };
}

particulars! {
    /// The subject's name, as people know it.
    name: String => as_name,
    /// Why, from a closed list: `auth`, `bucket`, `encryption`, `conflict`, `quota`, ...
    cause: String => as_name,
    /// Whose turn it is.
    turn: Turn,
    /// What is wrong, in a sentence.
    what: String => as_text,
    /// What to do next.
    remedy: String => as_text,
    /// What AWS answered.
    aws: AwsAnswer,
    /// Since when.
    since: Timestamp,
    /// How many events wait.
    pending: u64,
    /// When the first of what waits will be dropped if nobody acts.
    loss_at: Timestamp,
    /// How much of the retention has passed for the oldest of what waits, in percent.
    percent: u8,
    /// What was given up.
    dropped: Dropped,
    /// When credentials end.
    expires_at: Timestamp,
    /// An hour of UTC, as `2026-11-26-14`.
    hour: String => as_name,
    /// The revision of that hour's marker, from 0.
    revision: u32,
    /// How many events, or rows.
    rows: u64,
    /// How many objects.
    objects: u64,
    /// Their size, in bytes.
    bytes: u64,
    /// The key that an export's files begin with.
    object_prefix: String => as_name,
    /// The id of a schema.
    schema_id: u32,
    /// A page that shows more, or the file itself.
    url: String => as_text,
}

fn as_name(text: &str) -> String {
    bounded(text, MAX_NAME)
}

fn as_text(text: &str) -> String {
    bounded(text, MAX_TEXT)
}

/// At most `max` characters of `text`, on one line: what a store or a person wrote cannot add lines to a log or mail.
pub(super) fn bounded(text: &str, max: usize) -> String {
    let mut short: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(max)
        .collect();
    if text.chars().nth(max).is_some() {
        short.pop();
        short.push('\u{2026}');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Event, EventKind, Subject};

    #[test]
    fn the_largest_payload_stays_under_20_000_bytes() {
        let long = "\u{1f980}\"".repeat(2_000);
        let data = EventData::default()
            .name(&long)
            .cause(&long)
            .turn(Turn::Customer)
            .what(&long)
            .remedy(&long)
            .aws(AwsAnswer::new(&long).action(&long).request_id(&long))
            .since(Timestamp::default())
            .pending(u64::MAX)
            .dropped(Dropped::new(u64::MAX, u64::MAX, &long))
            .hour(&long)
            .object_prefix(&long)
            .url(&long);
        let event = Event::new(
            EventKind::ConnectorBlocked,
            Subject::connector(&long),
            Timestamp::default(),
        )
        .data(data);
        assert!(event.payload().len() < 20_000, "{}", event.payload().len());
    }

    #[test]
    fn a_text_cannot_add_lines() {
        let data = EventData::default().what("gone\r\nBcc: everybody@example.com");
        assert_eq!(data.what.as_deref(), Some("gone  Bcc: everybody@example.com"));
    }
}
