//! A value for every field, by its name.
//! Fields that are not named here are left out: they are rare enough to be null in a sample.

mod change;
mod event;
mod message;
mod origin;
mod person;

use super::scene::Scene;

/// Writes a field's value, or nothing where it has none.
pub(super) type Maker = fn(&mut Scene<'_>);

/// How a field of an event type is made; `None` if it never has a value.
pub(super) fn maker(event_type: &str, name: &str) -> Option<Maker> {
    event::maker(event_type, name)
        .or_else(|| person::maker(event_type, name))
        .or_else(|| origin::maker(name))
        .or_else(|| message::maker(name))
        .or_else(|| change::maker(event_type, name))
}
