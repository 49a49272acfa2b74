//! One object checked by itself: its key, its metadata and its content have to tell the same story.

use std::collections::BTreeMap;

use bucketline_connector::{ConnectorConfig, ObjectName};
use bucketline_format::{EventType, Schema, SchemaId, SchemaRegistry, encoder_of_extension};
use bucketline_sink::Object;

use super::event::Values;

/// What an object holds, in the order of its events.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) name: ObjectName,
    /// The last position, as its metadata says.
    pub(super) last: u64,
    pub(super) events: Vec<Values>,
}

/// Why an object cannot be taken for one of ours, or not for a whole one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its key is none that this connector writes.
    Foreign(String),
    /// Its key is, but what is there is not what was written.
    Corrupt(String),
    /// It could not be read for now: what is there is not known.
    Unread(String),
}

/// The name of an object of this connector.
///
/// # Errors
/// [`Fault::Foreign`]: the key is of no object, or of another connector's.
pub(super) fn name(key: &str, connector: &ConnectorConfig) -> Result<ObjectName, Fault> {
    let foreign = |why: String| Err(Fault::Foreign(why));
    let name: ObjectName = match key.parse() {
        Ok(name) => name,
        Err(error) => return foreign(format!("its key is not one of an object: {error}")),
    };
    if name.folder != *connector.destination.folder() {
        return foreign(format!("its folder is `{}`", name.folder));
    }
    if name.connector != connector.id {
        return foreign(format!("it is of connector `{}`", name.connector));
    }
    if !connector.events.matches(&name.event_type) {
        return foreign(format!("the connector does not take `{}`", name.event_type));
    }
    Ok(name)
}

/// Reads an object whole.
///
/// # Errors
/// [`Fault::Corrupt`], with what does not fit.
pub(super) fn read(name: ObjectName, object: &Object, schemas: &SchemaRegistry) -> Result<Content, Fault> {
    let corrupt = |why: String| Fault::Corrupt(why);
    let written = SchemaId::new(name.schema).and_then(|id| schemas.get(&name.event_type, id));
    let newest = schemas.latest(&name.event_type);
    let (Some(written), Some(newest)) = (written, newest) else {
        return Err(corrupt(format!(
            "there is no schema `{}/{}`",
            name.event_type, name.schema
        )));
    };
    let datums = encoder_of_extension(name.extension)
        .and_then(|encoder| encoder.read(written.record(), &object.payload))
        .map_err(|error| corrupt(error.to_string()))?;
    let mut events = Vec::new();
    for datum in &datums {
        events.push(values(&name.event_type, written, newest, datum).map_err(corrupt)?);
    }
    if events.is_empty() {
        return Err(corrupt("it holds no event".to_owned()));
    }
    let last = metadata(&object.info.metadata, &name, events.len() as u64).map_err(corrupt)?;
    Ok(Content { name, last, events })
}

/// The values of an event, whatever schema it was written with.
fn values(event_type: &EventType, written: &Schema, newest: &Schema, datum: &[u8]) -> Result<Values, String> {
    if written.id() == newest.id() {
        return Ok(Values::of(event_type, datum));
    }
    let json = written.decode_event(datum).map_err(|error| error.to_string())?;
    let mut again = Vec::new();
    newest.encode_event(&json, &mut again).map_err(|error| {
        format!(
            "an event written with schema {} does not fit schema {}: {error}",
            written.id(),
            newest.id()
        )
    })?;
    Ok(Values::of(event_type, &again))
}

/// Whether what was put beside the object agrees with its key and its content; the last position it names.
fn metadata(metadata: &BTreeMap<String, String>, name: &ObjectName, events: u64) -> Result<u64, String> {
    let text = |key: &str| {
        metadata
            .get(key)
            .map(String::as_str)
            .ok_or_else(|| format!("its metadata has no `{key}`"))
    };
    let number = |key: &str| {
        text(key)?
            .parse::<u64>()
            .map_err(|_| format!("`{key}` of its metadata is not a number"))
    };
    let hex = |key: &str, digits: usize| {
        let value = text(key)?;
        let valid = value.len() == digits && value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if valid {
            Ok(())
        } else {
            Err(format!(
                "`{key}` of its metadata is not {digits} lower-case hex digits"
            ))
        }
    };
    if text("bl-version")? != "1" {
        return Err("`bl-version` of its metadata is not 1".to_owned());
    }
    hex("bl-lane", 32)?;
    hex("bl-digest", 64)?;
    let (first, last, count) = (number("bl-first")?, number("bl-last")?, number("bl-count")?);
    if count != events {
        return Err(format!("its metadata says {count} events, it holds {events}"));
    }
    if first != name.first {
        return Err(format!(
            "its metadata begins at position {first}, its key at {}",
            name.first
        ));
    }
    if last.checked_sub(first).is_none_or(|span| span < count - 1) {
        return Err(format!(
            "{count} events do not fit between positions {first} and {last}"
        ));
    }
    Ok(last)
}
