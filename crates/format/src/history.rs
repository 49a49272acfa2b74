//! How schemas came one after another: each version beside the one before it, and all of it as a changelog.
//! Whether a change was meant is not known here.

use std::fmt::Write as _;

use crate::evolution::Change;
use crate::registry::SchemaRegistry;
use crate::resolution::{Compatibility, Unresolved};
use crate::schema::Schema;

/// A schema beside the version of its event type before it.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    earlier: Option<&'a Schema>,
    later: &'a Schema,
}

impl<'a> Step<'a> {
    /// The step between two schemas of a type, whether they follow one another or not.
    #[must_use]
    pub const fn between(earlier: &'a Schema, later: &'a Schema) -> Self {
        Self {
            earlier: Some(earlier),
            later,
        }
    }

    /// The version before it; none for the first of its type.
    #[must_use]
    pub const fn earlier(&self) -> Option<&'a Schema> {
        self.earlier
    }

    /// The schema.
    #[must_use]
    pub const fn later(&self) -> &'a Schema {
        self.later
    }

    /// What has changed; nothing for the first version.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        match self.earlier {
            Some(earlier) => self.later.record().changes_since(earlier.record()),
            None => Vec::new(),
        }
    }

    /// Where the two versions do not go together as they have to.
    #[must_use]
    pub fn unresolved(&self, level: Compatibility) -> Vec<Unresolved> {
        match self.earlier {
            Some(earlier) => self.later.record().unresolved(earlier.record(), level),
            None => Vec::new(),
        }
    }
}

impl SchemaRegistry {
    /// Every schema as a step from the one before it, in the order of their ids, which is the order in which they came.
    #[must_use]
    pub fn history(&self) -> Vec<Step<'_>> {
        let of_type = |event_type| {
            let versions = self.versions(event_type);
            let earlier = std::iter::once(None).chain(versions.iter().map(Some));
            earlier
                .zip(versions)
                .map(|(earlier, later)| Step { earlier, later })
        };
        let mut steps: Vec<Step<'_>> = self.event_types().iter().flat_map(of_type).collect();
        steps.sort_by_key(|step| step.later.id());
        steps
    }

    /// What became of the schemas, the newest first, as Markdown.
    ///
    /// ```
    /// use bucketline_format::SchemaRegistry;
    ///
    /// let registry = SchemaRegistry::from_files([
    ///     ("shop.View/1.avsc", r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#),
    ///     ("shop.View/3.avsc", r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"},
    ///         {"name":"page","type":["null","string"],"default":null}]}"#),
    /// ])?;
    /// assert_eq!(
    ///     registry.changelog(),
    ///     "## 3: shop.View\n\nSince 1:\n\n- optional field `page` added\n\n## 1: shop.View\n\nA new event type, with 1 field.\n"
    /// );
    /// # Ok::<(), bucketline_format::Error>(())
    /// ```
    #[must_use]
    pub fn changelog(&self) -> String {
        let mut text = String::new();
        for step in self.history().iter().rev() {
            if !text.is_empty() {
                text.push('\n');
            }
            // Writing to a `String` cannot fail.
            _ = writeln!(text, "## {}: {}\n", step.later.id(), step.later.event_type());
            let Some(earlier) = step.earlier else {
                let fields = step.later.fields().len();
                let s = if fields == 1 { "" } else { "s" };
                _ = writeln!(text, "A new event type, with {fields} field{s}.");
                continue;
            };
            let changes = step.changes();
            if changes.is_empty() {
                _ = writeln!(
                    text,
                    "Since {}, nothing that a reader sees but the documentation.",
                    earlier.id()
                );
                continue;
            }
            _ = writeln!(text, "Since {}:\n", earlier.id());
            for change in changes {
                let breaking = if change.is_breaking() {
                    "**breaking**: "
                } else {
                    ""
                };
                _ = writeln!(text, "- {breaking}{change}");
            }
        }
        text
    }
}
