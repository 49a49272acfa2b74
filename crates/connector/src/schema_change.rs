//! A schema whose file was changed under its id: what that means, in words. Knows no log.

use std::fmt;

use bucketline_format::Schema;

/// A schema whose file differs from what the log has pinned under its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaChange {
    event_type: String,
    id: u32,
    /// The event type and the change of the shape, if it is one.
    shape: Option<Shape>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    /// The event type that the id is pinned for.
    pinned_for: String,
    changes: Vec<String>,
}

impl SchemaChange {
    /// Only documentation differs.
    pub(crate) fn text(schema: &Schema) -> Self {
        Self {
            event_type: schema.event_type().to_string(),
            id: schema.id().get(),
            shape: None,
        }
    }

    /// The bytes of an event mean something else in each.
    pub(crate) fn shape(schema: &Schema, pinned: &Schema) -> Self {
        let mut changes: Vec<String> = schema
            .record()
            .changes_since(pinned.record())
            .iter()
            .map(ToString::to_string)
            .collect();
        if changes.is_empty() {
            changes.push("the order of its fields, or a default".to_owned());
        }
        Self {
            event_type: schema.event_type().to_string(),
            id: schema.id().get(),
            shape: Some(Shape {
                pinned_for: pinned.event_type().to_string(),
                changes,
            }),
        }
    }

    /// The event type of the file.
    pub fn event_type(&self) -> &str {
        &self.event_type
    }

    /// The schema's id.
    pub fn schema_id(&self) -> u32 {
        self.id
    }

    /// Whether new events of the type are refused: with the file's schema their bytes would mean something else than those that are
    /// stored under the same id.
    pub fn refuses_events(&self) -> bool {
        self.shape.is_some()
    }
}

impl fmt::Display for SchemaChange {
    /// What differs, what follows, and what to do.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            event_type,
            id,
            shape,
        } = self;
        match shape {
            None => write!(
                f,
                "the documentation in `{event_type}/{id}.avsc` differs from that of the schema {id} that the spool has kept, which \
                 objects go on to be written with"
            ),
            Some(Shape { pinned_for, changes }) => write!(
                f,
                "`{event_type}/{id}.avsc` is not the schema {id} of `{pinned_for}` that the spool has kept ({}): new events of \
                 `{event_type}` are refused, held ones are delivered with the kept schema; bring the file back as it was, and give \
                 the changed schema an id of its own",
                changes.join("; ")
            ),
        }
    }
}
