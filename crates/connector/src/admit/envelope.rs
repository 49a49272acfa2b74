//! The envelope of a line: which workspace, which type, and the event's own text. Does not look into the event.

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;

use bucketline_format::MismatchReason;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer as _};
use serde_json::value::RawValue;

use super::{RejectReason, Rejection};

/// How much of an unknown key is kept, in characters: it is the customer's data.
const SHOWN: usize = 64;

pub(super) struct Envelope<'a> {
    pub(super) workspace: Cow<'a, str>,
    pub(super) event_type: Cow<'a, str>,
    /// The exact text of the event.
    pub(super) event: &'a str,
    /// The number that its producer gave it.
    pub(super) sequence: Option<u64>,
}

impl<'a> Envelope<'a> {
    pub(super) fn parse(text: &'a str) -> Result<Self, Rejection> {
        let in_event = Cell::new(false);
        let mut json = serde_json::Deserializer::from_str(text);
        let seen = json
            .deserialize_map(Keys { in_event: &in_event })
            .and_then(|seen| json.end().map(|()| seen))
            .map_err(|_| match in_event.get() {
                true => Rejection::at(RejectReason::Mismatch(MismatchReason::NotJson), "event"),
                false => Rejection::of(RejectReason::NotAnEnvelope),
            })?;
        if let Some(key) = seen.unknown {
            return Err(Rejection::at(RejectReason::UnknownEnvelopeKey, &key));
        }
        let missing = |name| Rejection::at(RejectReason::NotAnEnvelope, name);
        if let Some(name) = seen.twice {
            return Err(missing(name));
        }
        Ok(Self {
            workspace: seen.workspace.ok_or_else(|| missing("workspace"))?.0,
            event_type: seen.event_type.ok_or_else(|| missing("event_type"))?.0,
            event: seen.event.ok_or_else(|| missing("event"))?.get(),
            sequence: seen.sequence,
        })
    }
}

/// The keys that were there, so that what is wrong with them can be told.
#[derive(Default)]
struct Seen<'a> {
    workspace: Option<Text<'a>>,
    event_type: Option<Text<'a>>,
    event: Option<&'a RawValue>,
    sequence: Option<u64>,
    twice: Option<&'static str>,
    unknown: Option<String>,
}

/// A string, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

struct Keys<'c> {
    /// Whether the event's own text is being read: if it ends there, that is what is broken.
    in_event: &'c Cell<bool>,
}

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = Seen<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an envelope")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Seen<'de>, A::Error> {
        let mut seen = Seen::default();
        while let Some(Text(key)) = map.next_key()? {
            let again = match &*key {
                "workspace" => seen.workspace.replace(map.next_value()?).map(|_| "workspace"),
                "event_type" => seen.event_type.replace(map.next_value()?).map(|_| "event_type"),
                "event" => {
                    self.in_event.set(true);
                    let again = seen.event.replace(map.next_value()?).map(|_| "event");
                    self.in_event.set(false);
                    again
                }
                "sequence" => seen.sequence.replace(map.next_value()?).map(|_| "sequence"),
                unknown => {
                    seen.unknown
                        .get_or_insert_with(|| unknown.escape_debug().take(SHOWN).collect());
                    map.next_value::<IgnoredAny>()?;
                    None
                }
            };
            seen.twice = seen.twice.or(again);
        }
        Ok(seen)
    }
}
