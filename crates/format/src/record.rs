//! The shape of an Avro record: the part of Avro's type system that events use, parsed once, then only read.
//! It must not know event types or ids: those belong to [`Schema`](crate::Schema).

mod canonical;
mod names;
mod parse;
mod print;
mod value_type;

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::datum::Input;
use crate::decode::{Ignore, Printer, Strictness, walk};
use crate::encode::encode;
use crate::error::{Error, ErrorKind};
use crate::mismatch::Mismatch;
use names::Names;
pub(crate) use print::type_text;
pub use value_type::{FieldType, ValueType};

/// An Avro record schema, without an event type or an id: what the header of an object says of itself.
///
/// Fields may be `boolean`, `int`, `long`, `float`, `double`, `string`, arrays and records of these, and unions of one of them
/// with `null`. Everything else in Avro (bytes, fixed, enums, maps, wider unions, named references, logical types,
/// defaults other than null) is refused when the schema is parsed. Cloning is cheap.
#[derive(Clone)]
pub struct RecordSchema {
    record: Arc<Record>,
    text: Arc<str>,
}

impl RecordSchema {
    /// Parses the text of an `.avsc` file or of an object's header.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidSchema`], saying at which field, if it is not a record schema of the supported types.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let record = parse::record_schema(text)?;
        let text = print::compact(&record, print::Docs::Kept);
        Ok(Self {
            record: Arc::new(record),
            text: text.into(),
        })
    }

    /// The schema as compact JSON with its attributes in a fixed order: the same for any layout of the file it came from.
    ///
    /// This is what an object's header holds, so it is part of what an encoder version fixes
    /// ([`ocf::ENCODER_VERSION`](crate::ocf::ENCODER_VERSION)). Documentation and defaults are kept: readers use them.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What of the schema gives the bytes of an event their meaning: names, order, types and defaults, in the form of
    /// [`text`](Self::text), without documentation. Two schemas of one shape read each other's datums alike.
    ///
    /// ```
    /// use bucketline_format::RecordSchema;
    ///
    /// let bare = r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#;
    /// let documented = r#"{"type":"record","name":"View","doc":"A view.","fields":[{"name":"id","type":"string"}]}"#;
    /// assert_eq!(RecordSchema::parse(documented)?.shape(), bare);
    /// # Ok::<(), bucketline_format::Error>(())
    /// ```
    #[must_use]
    pub fn shape(&self) -> String {
        print::compact(&self.record, print::Docs::LeftOut)
    }

    /// The schema in Avro's Parsing Canonical Form, which every implementation of Avro prints alike.
    #[must_use]
    pub fn canonical_form(&self) -> String {
        canonical::form(&self.record)
    }

    /// SHA-256 of the [canonical form](Self::canonical_form): the fingerprint that Avro recommends where every bit counts.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_form()).into()
    }

    /// The record's name with its namespace.
    #[must_use]
    pub fn full_name(&self) -> String {
        self.record.full_name()
    }

    /// The fields, in the order in which they are written.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        self.record.fields()
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.record.field(name)
    }

    /// Appends the datum of one event, given as JSON text.
    ///
    /// Strict about what an event says, lenient about what it leaves out: fields may come in any order, a field that may be null
    /// may be absent, and everything else has to fit. The value of a union may stand alone or as Avro's JSON encoding writes it,
    /// `{"string": "x"}` (see [`MismatchReason`](crate::MismatchReason)). A `float` is rounded once, from
    /// its decimal text to the nearest 32-bit value. What is appended depends on the event's values alone, not on their order or spacing.
    ///
    /// # Errors
    ///
    /// A [`Mismatch`] that says what is wrong and where; `out` is then as it was.
    pub fn encode_event(&self, json: &str, out: &mut Vec<u8>) -> Result<(), Mismatch> {
        encode(&self.record, json, out)
    }

    /// A datum as compact JSON: fields in the schema's order, nulls included, numbers in the shortest form that reads back the same.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if the bytes are not exactly one datum of this schema, or hold a number that JSON cannot say.
    pub fn decode_event(&self, datum: &[u8]) -> Result<String, Error> {
        let mut input = Input::new(datum);
        let mut printer = Printer::default();
        walk(&self.record, &mut input, Strictness::Avro, &mut printer)?;
        nothing_left(&input)?;
        Ok(printer.into_json())
    }

    /// The length in bytes of the datum that `bytes` begin with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if they do not begin with one.
    pub fn datum_len(&self, bytes: &[u8]) -> Result<usize, Error> {
        let mut input = Input::new(bytes);
        walk(&self.record, &mut input, Strictness::Avro, &mut Ignore)?;
        Ok(input.position())
    }

    /// Checks that `datum` is exactly what [`RecordSchema::encode_event`] writes for some event; Avro allows other forms of the same values.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidDatum`] if it is not.
    pub fn validate(&self, datum: &[u8]) -> Result<(), Error> {
        let mut input = Input::new(datum);
        walk(&self.record, &mut input, Strictness::Canonical, &mut Ignore)?;
        nothing_left(&input)
    }
}

fn nothing_left(input: &Input<'_>) -> Result<(), Error> {
    match input.remaining() {
        0 => Ok(()),
        more => Err(Error::new(
            ErrorKind::InvalidDatum,
            format!("not a datum of its schema: {more} bytes too many"),
        )),
    }
}

impl fmt::Debug for RecordSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordSchema")
            .field("name", &self.full_name())
            .field("fields", &self.fields().len())
            .finish()
    }
}

impl PartialEq for RecordSchema {
    /// Equal if their texts are.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for RecordSchema {}

/// A field of a record.
#[derive(Debug, Clone)]
pub struct Field {
    name: String,
    /// The name as JSON mostly has it: between its quotes, with the colon after it.
    key: String,
    doc: Option<String>,
    pii: Option<bool>,
    avro_type: Type,
    default_null: bool,
}

impl Field {
    /// The field's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn key(&self) -> &[u8] {
        self.key.as_bytes()
    }

    /// What the schema says the field means.
    #[must_use]
    pub fn doc(&self) -> Option<&str> {
        self.doc.as_deref()
    }

    /// Whether its value is about a person: its attribute `"pii"` says so; where it has none, its documentation does, with the
    /// sentence `Personal data.` or the mark `[PII]`.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        let documented = |doc: &str| doc.contains("Personal data.") || doc.contains("[PII]");
        self.pii.unwrap_or_else(|| self.doc().is_some_and(documented))
    }

    /// Whether the field may be null, and so may be absent from an event.
    #[must_use]
    pub const fn is_nullable(&self) -> bool {
        self.avro_type.null.is_some()
    }

    /// Whether it is a text, or may be one.
    pub(crate) const fn is_text(&self) -> bool {
        matches!(self.avro_type.kind, Kind::String)
    }

    /// The field's type as a schema writes it, such as `["null","string"]`.
    #[must_use]
    pub fn type_text(&self) -> String {
        type_text(&self.avro_type)
    }

    /// Whether readers take null where an event was written without the field.
    pub(crate) const fn has_default(&self) -> bool {
        self.default_null
    }

    pub(crate) const fn avro_type(&self) -> &Type {
        &self.avro_type
    }
}

/// A value's type: what it is when it is not null, and how null is written if it may be.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    null: Option<NullBranch>,
    kind: Kind,
}

/// Which branch of a union of two is null.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NullBranch {
    First,
    Second,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Boolean,
    Int,
    Long,
    Float,
    Double,
    String,
    Array(Box<Type>),
    Record(Box<Record>),
}

impl Type {
    pub(crate) const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// The byte that selects null, 0 or 2, if the value may be null. The other branch's byte is this one with bit 2 flipped.
    pub(crate) const fn null_branch(&self) -> Option<u8> {
        match self.null {
            None => None,
            Some(NullBranch::First) => Some(0),
            Some(NullBranch::Second) => Some(2),
        }
    }
}

/// A record: at least one field, no two of one name.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    name: String,
    namespace: Option<String>,
    doc: Option<String>,
    fields: Vec<Field>,
    names: Names,
}

impl Record {
    pub(crate) fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(self.index_of(name.as_bytes(), 0)?)
    }

    /// The index of the field of this name; `likely` is looked at first.
    pub(crate) fn index_of(&self, name: &[u8], likely: usize) -> Option<usize> {
        if self
            .fields
            .get(likely)
            .is_some_and(|field| field.name.as_bytes() == name)
        {
            return Some(likely);
        }
        let index = self.names.find(name, |index| {
            self.fields
                .get(index)
                .is_some_and(|field| field.name.as_bytes() == name)
        })?;
        Some(index)
    }

    pub(crate) fn full_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}.{}", self.name),
            None => self.name.clone(),
        }
    }
}
