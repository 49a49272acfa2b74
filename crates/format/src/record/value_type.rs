//! What a field's values are, for those who write the type down in another language.

use super::{Field, Kind, Type};

/// The type of a field, or of a list's items.
#[derive(Debug, Clone, Copy)]
pub struct FieldType<'a>(&'a Type);

/// What a value is when it is not null.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum ValueType<'a> {
    /// True or false.
    Boolean,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Long,
    /// A number of 32 bits.
    Float,
    /// A number of 64 bits.
    Double,
    /// A text.
    String,
    /// A list of these.
    Array(FieldType<'a>),
    /// A record of these.
    Record(&'a [Field]),
}

impl Field {
    /// The field's type.
    #[must_use]
    pub const fn field_type(&self) -> FieldType<'_> {
        FieldType(&self.avro_type)
    }
}

impl<'a> FieldType<'a> {
    /// Whether a value may be null.
    #[must_use]
    pub const fn is_nullable(&self) -> bool {
        self.0.null.is_some()
    }

    /// What a value is when it is not null.
    #[must_use]
    pub fn value(&self) -> ValueType<'a> {
        match &self.0.kind {
            Kind::Boolean => ValueType::Boolean,
            Kind::Int => ValueType::Int,
            Kind::Long => ValueType::Long,
            Kind::Float => ValueType::Float,
            Kind::Double => ValueType::Double,
            Kind::String => ValueType::String,
            Kind::Array(item) => ValueType::Array(FieldType(item)),
            Kind::Record(record) => ValueType::Record(&record.fields),
        }
    }
}
