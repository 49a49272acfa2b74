//! A schema of an event type: its id, its type, and the shape of its records.
//! Knows nothing of other schemas; the registry does.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::event_type::EventType;
use crate::mismatch::Mismatch;
use crate::record::{Field, RecordSchema};

/// The number of a schema, from 1, out of one sequence over all event types.
///
/// A segment of object keys. The highest of a type is the one that events are written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SchemaId(NonZeroU32);

impl SchemaId {
    /// The id of this number, unless it is 0.
    #[must_use]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZeroU32::new(number) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl TryFrom<u32> for SchemaId {
    type Error = Error;

    fn try_from(number: u32) -> Result<Self, Error> {
        Self::new(number).ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidSchemaId,
                "`0` is not a schema id: they start at 1",
            )
        })
    }
}

impl From<SchemaId> for u32 {
    fn from(id: SchemaId) -> Self {
        id.get()
    }
}

impl FromStr for SchemaId {
    type Err = Error;

    /// Decimal digits without sign or leading zeros, so that an id has one spelling.
    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| digits).map(Self).ok_or_else(|| {
            let shown: String = text.chars().take(32).collect();
            let message = format!(
                "`{}` is not a schema id: it must be a whole number from 1 on",
                shown.escape_debug()
            );
            Error::new(ErrorKind::InvalidSchemaId, message)
        })
    }
}

impl fmt::Display for SchemaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One version of an event type's schema. Cloning is cheap.
///
/// ```
/// use bucketline_format::{Schema, SchemaId};
///
/// let schema = Schema::parse(
///     "shop.Purchase".parse()?,
///     "7".parse()?,
///     r#"{"type": "record", "name": "Purchase", "fields": [
///         {"name": "id", "type": "string"},
///         {"name": "price", "type": "float"},
///         {"name": "coupon", "type": ["null", "string"], "default": null}
///     ]}"#,
/// )?;
/// let mut datum = Vec::new();
/// schema.encode_event(r#"{"price": 9.5, "id": "a1"}"#, &mut datum)?;
/// assert_eq!(schema.decode_event(&datum)?, r#"{"id":"a1","price":9.5,"coupon":null}"#);
///
/// let refused = schema.encode_event(r#"{"id": "a1", "price": "9.5"}"#, &mut datum).unwrap_err();
/// assert_eq!(refused.to_string(), "`event.price`: value has the wrong type");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    event_type: EventType,
    id: SchemaId,
    record: RecordSchema,
}

impl Schema {
    /// Parses the text of an `.avsc` file as schema `id` of `event_type`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSchema`] if it is not a record schema of the supported types (see [`RecordSchema`]), or the record is
    /// of another event type: its name has to be the type's last segment, and its namespace, if any, has to end with the others.
    pub fn parse(event_type: EventType, id: SchemaId, avsc: &str) -> Result<Self, Error> {
        let record = RecordSchema::parse(avsc)?;
        let full_name = record.full_name();
        let belongs = match full_name.rsplit_once('.') {
            None => full_name == event_type.last_segment(),
            Some(_) => full_name
                .strip_suffix(event_type.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
        };
        if !belongs {
            let message = format!(
                "the record is named `{full_name}`, which is not a name of event type `{event_type}`"
            );
            return Err(Error::new(ErrorKind::InvalidSchema, message));
        }
        Ok(Self {
            event_type,
            id,
            record,
        })
    }

    /// The event type it describes.
    #[must_use]
    pub const fn event_type(&self) -> &EventType {
        &self.event_type
    }

    /// Its number.
    #[must_use]
    pub const fn id(&self) -> SchemaId {
        self.id
    }

    /// The shape of its records.
    #[must_use]
    pub const fn record(&self) -> &RecordSchema {
        &self.record
    }

    /// The text that goes into an object's header: see [`RecordSchema::text`].
    #[must_use]
    pub fn text(&self) -> &str {
        self.record.text()
    }

    /// The fields, in the order in which they are written.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        self.record.fields()
    }

    /// Appends the datum of one event, given as JSON text: see [`RecordSchema::encode_event`].
    ///
    /// # Errors
    ///
    /// A [`Mismatch`] that says what is wrong and where; `out` is then as it was.
    pub fn encode_event(&self, json: &str, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        self.record.encode_event(json, out)
    }

    /// A datum as compact JSON: see [`RecordSchema::decode_event`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if the bytes are not exactly one datum of this schema.
    pub fn decode_event(&self, datum: &[u8]) -> Result<String, Error> {
        self.record.decode_event(datum)
    }

    /// Checks that `datum` is exactly what [`Schema::encode_event`] writes for some event: see [`RecordSchema::validate`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if it is not.
    pub fn validate(&self, datum: &[u8]) -> Result<(), Error> {
        self.record.validate(datum)
    }
}
