//! One row as it came: names in their order, values as they were written, so that no number changes on its way.

use std::fmt;
use std::sync::Arc;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// One value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Cell {
    /// A text.
    Text(String),
    /// A JSON value, as it was written: `12.50` stays `12.50`.
    Json(Box<RawValue>),
}

/// One row: names and values, in the order in which they came.
///
/// ```
/// use bucketline_export::{Cell, Row};
///
/// let row: Row = serde_json::from_str(r#"{"id": "u1", "spent": 12.50}"#)?;
/// assert_eq!(row.names().collect::<Vec<_>>(), ["id", "spent"]);
/// assert!(matches!(row.get("spent"), Some(Cell::Json(value)) if value.get() == "12.50"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Row(Vec<(Arc<str>, Cell)>);

impl Row {
    /// The value of that name; the last one, where it is there twice.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Cell> {
        self.0
            .iter()
            .rev()
            .find(|(other, _)| &**other == name)
            .map(|(_, cell)| cell)
    }

    /// As [`get`](Self::get), quick where the name is the `place`-th.
    pub(crate) fn get_near(&self, place: usize, name: &str) -> Option<&Cell> {
        match self.0.get(place) {
            Some((other, cell)) if &**other == name => Some(cell),
            _ => self.get(name),
        }
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| &**name)
    }

    /// Names and values.
    pub fn cells(&self) -> impl Iterator<Item = (&str, &Cell)> {
        self.0.iter().map(|(name, cell)| (&**name, cell))
    }
}

impl FromIterator<(Arc<str>, Cell)> for Row {
    fn from_iter<I: IntoIterator<Item = (Arc<str>, Cell)>>(cells: I) -> Self {
        Self(cells.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Row;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut members: M) -> Result<Row, M::Error> {
                let mut cells = Vec::new();
                while let Some((name, value)) = members.next_entry::<String, Box<RawValue>>()? {
                    cells.push((name.into(), Cell::Json(value)));
                }
                Ok(Row(cells))
            }
        }

        deserializer.deserialize_map(Members)
    }
}
