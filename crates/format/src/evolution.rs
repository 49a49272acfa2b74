//! How one version of a schema differs from an earlier one, and whether readers survive it.
//! Compares shapes alone; which versions belong together is the registry's knowledge.

use std::fmt;

use crate::record::{Kind, Record, RecordSchema, Type, type_text};

/// One difference between two versions of a schema.
///
/// Readers find fields by name, so a field's place is no difference; nor is its documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A field that old events do not have, but readers of the new version may leave out: `null` first, and null by default.
    AddedOptional {
        /// The field's path.
        field: String,
    },
    /// A field without which readers of the new version cannot read old events.
    AddedRequired {
        /// The field's path.
        field: String,
    },
    /// A field that readers of the old version may depend on is gone.
    Removed {
        /// The field's path.
        field: String,
    },
    /// A field's type is another one. A field that may now be null is one of these: readers of the old version cannot read a null.
    Retyped {
        /// The field's path.
        field: String,
        /// Its type in the earlier version, as a schema writes it.
        from: String,
        /// Its type in the later version.
        to: String,
    },
}

impl Change {
    /// Whether somebody's reader may break: anything but an added optional field.
    #[must_use]
    pub const fn is_breaking(&self) -> bool {
        !matches!(self, Self::AddedOptional { .. })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddedOptional { field } => write!(f, "optional field `{field}` added"),
            Self::AddedRequired { field } => write!(f, "field `{field}` added without null as its default"),
            Self::Removed { field } => write!(f, "field `{field}` removed"),
            Self::Retyped { field, from, to } => write!(f, "field `{field}` changed from `{from}` to `{to}`"),
        }
    }
}

impl RecordSchema {
    /// What has changed since an earlier version: fields gone or changed in the earlier one's order, then fields added.
    ///
    /// ```
    /// use bucketline_format::RecordSchema;
    ///
    /// let earlier = RecordSchema::parse(r#"{"type":"record","name":"E","fields":[{"name":"id","type":"string"}]}"#)?;
    /// let later = RecordSchema::parse(r#"{"type":"record","name":"E","fields":[
    ///     {"name":"id","type":"string"}, {"name":"plan","type":["null","string"],"default":null}]}"#)?;
    /// let changes = later.changes_since(&earlier);
    /// assert_eq!(changes.iter().map(|change| change.to_string()).collect::<Vec<_>>(), ["optional field `plan` added"]);
    /// assert!(!changes.iter().any(|change| change.is_breaking()));
    /// assert!(earlier.changes_since(&later).iter().any(|change| change.is_breaking()));
    /// # Ok::<(), bucketline_format::Error>(())
    /// ```
    #[must_use]
    pub fn changes_since(&self, earlier: &Self) -> Vec<Change> {
        let mut changes = Vec::new();
        records(earlier.record(), self.record(), "", &mut changes);
        changes
    }
}

fn records(earlier: &Record, later: &Record, within: &str, changes: &mut Vec<Change>) {
    for old in earlier.fields() {
        let field = format!("{within}{}", old.name());
        match later.field(old.name()) {
            None => changes.push(Change::Removed { field }),
            Some(new) => types(old.avro_type(), new.avro_type(), field, changes),
        }
    }
    for new in later
        .fields()
        .iter()
        .filter(|new| earlier.field(new.name()).is_none())
    {
        let field = format!("{within}{}", new.name());
        changes.push(if new.has_default() {
            Change::AddedOptional { field }
        } else {
            Change::AddedRequired { field }
        });
    }
}

/// Types that differ only inside a record differ in its fields; any other difference is one of the field itself.
fn types(earlier: &Type, later: &Type, field: String, changes: &mut Vec<Change>) {
    match (earlier.kind(), later.kind()) {
        _ if earlier.null_branch() != later.null_branch() => {}
        (Kind::Record(old), Kind::Record(new)) if old.name() == new.name() => {
            return records(old, new, &format!("{field}."), changes);
        }
        (Kind::Array(old), Kind::Array(new)) => return types(old, new, format!("{field}[]"), changes),
        (old, new)
            if std::mem::discriminant(old) == std::mem::discriminant(new)
                && !matches!(old, Kind::Record(_)) =>
        {
            return;
        }
        _ => {}
    }
    changes.push(Change::Retyped {
        field,
        from: type_text(earlier),
        to: type_text(later),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(fields: &str) -> RecordSchema {
        RecordSchema::parse(&format!(r#"{{"type":"record","name":"E","fields":[{fields}]}}"#)).unwrap()
    }

    fn changes(earlier: &str, later: &str) -> Vec<String> {
        schema(later)
            .changes_since(&schema(earlier))
            .iter()
            .map(Change::to_string)
            .collect()
    }

    const A: &str = r#"{"name":"a","type":"string"}"#;
    const B: &str = r#"{"name":"b","type":["null","int"],"default":null}"#;

    #[test]
    fn only_an_added_field_with_null_for_default_keeps_readers_whole() {
        let both = format!("{A},{B}");
        let turned = format!("{B},{A}");
        assert_eq!(changes(&both, &turned), Vec::<String>::new());
        assert_eq!(changes(A, &turned), ["optional field `b` added"]);
        assert_eq!(changes(&both, A), ["field `b` removed"]);
        assert_eq!(changes(B, &both), ["field `a` added without null as its default"]);
        let no_default = r#"{"name":"b","type":["null","int"]}"#;
        assert_eq!(
            changes(A, &format!("{A},{no_default}")),
            ["field `b` added without null as its default"]
        );
        let nullable = r#"{"name":"a","type":["null","string"],"default":null}"#;
        assert_eq!(
            changes(A, nullable),
            [r#"field `a` changed from `"string"` to `["null","string"]`"#]
        );
        let documented = r#"{"name":"a","type":"string","doc":"New words."}"#;
        assert_eq!(changes(A, documented), Vec::<String>::new());
    }

    #[test]
    fn differences_inside_records_and_arrays_are_named_where_they_are() {
        let list = |items: &str| format!(r#"{{"name":"l","type":{{"type":"array","items":{items}}}}}"#);
        let record = |fields: &str| format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#);
        assert_eq!(
            changes(&list("\"int\""), &list("\"long\"")),
            [r#"field `l[]` changed from `"int"` to `"long"`"#]
        );
        let (old, new) = (list(&record(A)), list(&record(&format!("{A},{B}"))));
        assert_eq!(changes(&old, &new), ["optional field `l[].b` added"]);
        let renamed = new.replace("\"R\"", "\"S\"");
        assert!(
            changes(&new, &renamed)
                .iter()
                .all(|change| change.starts_with("field `l[]` changed"))
        );
        assert_eq!(changes(&new, &renamed).len(), 1);
    }
}
