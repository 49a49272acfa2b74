//! All schemas of an installation.
//! It must not read the disk: the caller hands it paths and texts.

use std::collections::HashMap;
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::event_type::EventType;
use crate::evolution::Change;
use crate::schema::{Schema, SchemaId};

/// The schemas of all event types, by type and id.
///
/// Ids are unique over all types. Of a type, the schema with the highest id is the one that events are written with;
/// the others are kept for what was written earlier.
///
/// ```
/// use bucketline_format::SchemaRegistry;
///
/// let registry = SchemaRegistry::from_files([
///     ("schemas/shop.View/1.avsc", r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#),
///     ("schemas/shop.View/3.avsc", r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"},
///         {"name":"page","type":["null","string"],"default":null}]}"#),
/// ])?;
/// let schema = registry.latest("shop.View").ok_or("not there")?;
/// assert_eq!(schema.id().get(), 3);
/// assert!(registry.latest("shop.Purchase").is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct SchemaRegistry {
    /// Ascending by id, never empty.
    versions: HashMap<EventType, Vec<Schema>>,
    /// Ascending.
    event_types: Vec<EventType>,
}

impl SchemaRegistry {
    /// A registry of these schemas.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`], naming both, if two have one id.
    pub fn new(schemas: Vec<Schema>) -> Result<Self, Error> {
        let mut holders: HashMap<SchemaId, EventType> = HashMap::new();
        let mut versions: HashMap<EventType, Vec<Schema>> = HashMap::new();
        for schema in schemas {
            if let Some(holder) = holders.insert(schema.id(), schema.event_type().clone()) {
                let message = format!(
                    "schema id {} is used by both `{holder}` and `{}`; ids are unique over all event types",
                    schema.id(),
                    schema.event_type()
                );
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            versions
                .entry(schema.event_type().clone())
                .or_default()
                .push(schema);
        }
        for schemas in versions.values_mut() {
            schemas.sort_by_key(Schema::id);
        }
        let mut event_types: Vec<EventType> = versions.keys().cloned().collect();
        event_types.sort();
        Ok(Self {
            versions,
            event_types,
        })
    }

    /// A registry of files named `<event type>/<schema id>.avsc`, given as path and text; only the last two parts of a path count.
    ///
    /// # Errors
    ///
    /// Any error of a name, an id or a schema, with the path in front; [`ErrorKind::Conflict`] if two files have one id.
    pub fn from_files<P, T>(files: impl IntoIterator<Item = (P, T)>) -> Result<Self, Error>
    where
        P: AsRef<Path>,
        T: AsRef<str>,
    {
        let schemas = files.into_iter().map(|(path, text)| {
            let path = path.as_ref();
            schema_of_file(path, text.as_ref()).map_err(|error| error.within(path.display()))
        });
        Self::new(schemas.collect::<Result<_, _>>()?)
    }

    /// The schema that events of this type are written with: the one with the highest id.
    #[must_use]
    pub fn latest(&self, event_type: impl AsRef<str>) -> Option<&Schema> {
        self.versions.get(event_type.as_ref())?.last()
    }

    /// One version of a type's schema.
    #[must_use]
    pub fn get(&self, event_type: impl AsRef<str>, id: SchemaId) -> Option<&Schema> {
        self.versions
            .get(event_type.as_ref())?
            .iter()
            .find(|schema| schema.id() == id)
    }

    /// All versions of a type's schema, ascending by id; empty if the type is unknown.
    #[must_use]
    pub fn versions(&self, event_type: impl AsRef<str>) -> &[Schema] {
        self.versions.get(event_type.as_ref()).map_or(&[], Vec::as_slice)
    }

    /// The changes from one version of a type to the next that may break somebody's reader, with the id of the later version.
    ///
    /// Ascending by type and id. A registry with such changes is in order; whether they were meant is for the caller to ask.
    pub fn breaking_changes(&self) -> impl Iterator<Item = (&EventType, SchemaId, Change)> {
        self.event_types.iter().flat_map(|event_type| {
            let versions = self.versions(event_type);
            versions
                .iter()
                .zip(versions.iter().skip(1))
                .flat_map(move |(earlier, later)| {
                    let changes = later.record().changes_since(earlier.record()).into_iter();
                    changes
                        .filter(Change::is_breaking)
                        .map(move |change| (event_type, later.id(), change))
                })
        })
    }

    /// The known event types, ascending.
    #[must_use]
    pub fn event_types(&self) -> &[EventType] {
        &self.event_types
    }
}

fn schema_of_file(path: &Path, text: &str) -> Result<Schema, Error> {
    let misnamed = || {
        Error::new(
            ErrorKind::InvalidSchema,
            "not named `<event type>/<schema id>.avsc`",
        )
    };
    let id = path
        .file_name()
        .and_then(|name| name.to_str()?.strip_suffix(".avsc"))
        .ok_or_else(misnamed)?;
    let event_type = path
        .parent()
        .and_then(|parent| parent.file_name()?.to_str())
        .ok_or_else(misnamed)?;
    Schema::parse(event_type.parse()?, id.parse()?, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: &str = r#"{"type":"record","name":"View","fields":[{"name":"id","type":"string"}]}"#;

    #[test]
    fn an_id_belongs_to_one_schema() {
        let error =
            SchemaRegistry::from_files([("a.View/3.avsc", VIEW), ("b.View/3.avsc", VIEW)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert!(
            error.to_string().contains("`a.View`") && error.to_string().contains("`b.View`"),
            "{error}"
        );
    }

    #[test]
    fn the_highest_number_wins_not_the_longest_text() {
        let files = [("a.View/10.avsc", VIEW), ("a.View/9.avsc", VIEW)];
        let registry = SchemaRegistry::from_files(files).unwrap();
        assert_eq!(registry.latest("a.View").unwrap().id().get(), 10);
        assert_eq!(registry.versions("a.View").len(), 2);
        assert_eq!(
            registry
                .get("a.View", SchemaId::new(9).unwrap())
                .unwrap()
                .id()
                .get(),
            9
        );
    }

    #[test]
    fn misnamed_files_are_named_in_the_error() {
        for path in [
            "3.avsc",
            "a.View/x.avsc",
            "a.View/03.avsc",
            "a.View/0.avsc",
            "a.View/3.json",
            "a b/3.avsc",
            "a.Other/3.avsc",
        ] {
            let error = SchemaRegistry::from_files([(path, VIEW)]).unwrap_err();
            assert!(error.to_string().starts_with(path), "{error}");
        }
    }
}
