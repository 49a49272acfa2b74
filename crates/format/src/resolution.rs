//! Whether what was written with one schema can be read with another: Avro's schema resolution, worked out before there is any data.
//! Source: Avro's specification, "Schema Resolution". Knows no event types; what the registry asks for beyond it, it knows itself.

use std::fmt;

use crate::record::{Kind, Record, RecordSchema, Type, type_text};

/// How two versions of a schema have to go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Compatibility {
    /// Readers with the later version can read what was written with the earlier one.
    Backward,
    /// Readers with the earlier version can read what is written with the later one.
    Forward,
    /// Both.
    Full,
}

/// A place where a reader cannot take what a writer may have written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unresolved {
    /// The direction: [`Compatibility::Backward`] or [`Compatibility::Forward`].
    pub direction: Compatibility,
    /// The field's path; empty for the record itself.
    pub field: String,
    /// Why: a lower-case fragment.
    pub reason: String,
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.direction {
            Compatibility::Forward => f.write_str("earlier readers cannot read later events: ")?,
            _ => f.write_str("later readers cannot read earlier events: ")?,
        }
        match self.field.as_str() {
            "" => f.write_str(&self.reason),
            field => write!(f, "`{field}` {}", self.reason),
        }
    }
}

impl RecordSchema {
    /// Where this version and an earlier one do not go together as they have to; nowhere: they do.
    ///
    /// ```
    /// use bucketline_format::{Compatibility, RecordSchema};
    ///
    /// let earlier = RecordSchema::parse(r#"{"type":"record","name":"E","fields":[{"name":"n","type":"int"}]}"#)?;
    /// let later = RecordSchema::parse(r#"{"type":"record","name":"E","fields":[{"name":"n","type":"long"}]}"#)?;
    /// // An int can be read as a long, and not the other way round.
    /// assert_eq!(later.unresolved(&earlier, Compatibility::Backward), []);
    /// let forward = later.unresolved(&earlier, Compatibility::Full);
    /// assert_eq!(forward[0].to_string(), r#"earlier readers cannot read later events: `n` is written as `"long"` and read as `"int"`"#);
    /// # Ok::<(), bucketline_format::Error>(())
    /// ```
    #[must_use]
    pub fn unresolved(&self, earlier: &Self, level: Compatibility) -> Vec<Unresolved> {
        let mut found = Vec::new();
        if level != Compatibility::Forward {
            Resolution::new(Compatibility::Backward, &mut found).records(earlier.record(), self.record(), "");
        }
        if level != Compatibility::Backward {
            Resolution::new(Compatibility::Forward, &mut found).records(self.record(), earlier.record(), "");
        }
        found
    }
}

struct Resolution<'f> {
    direction: Compatibility,
    found: &'f mut Vec<Unresolved>,
}

impl<'f> Resolution<'f> {
    const fn new(direction: Compatibility, found: &'f mut Vec<Unresolved>) -> Self {
        Self { direction, found }
    }

    fn fault(&mut self, field: &str, reason: String) {
        self.found.push(Unresolved {
            direction: self.direction,
            field: field.to_owned(),
            reason,
        });
    }

    fn records(&mut self, written: &Record, read: &Record, within: &str) {
        if written.name() != read.name() {
            let field = within.trim_end_matches('.');
            let reason = format!(
                "is a record `{}` where a record `{}` is read",
                written.name(),
                read.name()
            );
            return self.fault(field, reason);
        }
        for field in read.fields() {
            let path = format!("{within}{}", field.name());
            match written.field(field.name()) {
                Some(same) => self.types(same.avro_type(), field.avro_type(), &path),
                None if field.has_default() => {}
                None => self.fault(&path, "is not written, and has no default".to_owned()),
            }
        }
    }

    fn types(&mut self, written: &Type, read: &Type, path: &str) {
        if written.null_branch().is_some() && read.null_branch().is_none() {
            self.fault(path, "may be written as null, and is not read as one".to_owned());
        }
        match (written.kind(), read.kind()) {
            (Kind::Record(written), Kind::Record(read)) => self.records(written, read, &format!("{path}.")),
            (Kind::Array(written), Kind::Array(read)) => self.types(written, read, &format!("{path}[]")),
            (from, to) if takes(from, to) => {}
            _ => self.fault(
                path,
                format!(
                    "is written as `{}` and read as `{}`",
                    type_text(written),
                    type_text(read)
                ),
            ),
        }
    }
}

/// Whether a plain value of one kind is read as the other: the same, or a wider number.
const fn takes(written: &Kind, read: &Kind) -> bool {
    matches!(
        (written, read),
        (Kind::Boolean, Kind::Boolean)
            | (Kind::String, Kind::String)
            | (Kind::Int, Kind::Int | Kind::Long | Kind::Float | Kind::Double)
            | (Kind::Long, Kind::Long | Kind::Float | Kind::Double)
            | (Kind::Float, Kind::Float | Kind::Double)
            | (Kind::Double, Kind::Double)
    )
}
