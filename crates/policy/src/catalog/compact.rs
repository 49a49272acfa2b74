//! The compact text form of a catalogue: a line for each thing, keys by number. A fifth of the JSON's size.
//!
//! ```text
//! S s3                                  a service; what follows belongs to it
//! R bucket arn:${Partition}:s3:::...    a resource type
//! K String s3:prefix                    a condition key, numbered from 0
//! A PutObject W object?,point! 3,17     an action: access levels, resource types (! required), keys by number
//! ```

use std::fmt::Write as _;

use super::{AccessLevel, Catalog};

pub(super) const LEVELS: [(char, AccessLevel); 5] = [
    ('L', AccessLevel::List),
    ('R', AccessLevel::Read),
    ('T', AccessLevel::Tagging),
    ('W', AccessLevel::Write),
    ('P', AccessLevel::PermissionsManagement),
];

/// Stands for an empty list.
pub(super) const NONE: &str = "-";

pub(super) fn print(catalog: &Catalog) -> String {
    let mut text = String::new();
    for service in catalog.services() {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "S {}", service.prefix);
        for resource in service.resource_types.values() {
            let _ = writeln!(text, "R {} {}", resource.name, resource.arn);
        }
        for key in service.condition_keys.values() {
            let _ = writeln!(text, "K {} {}", key.value_type, key.key);
        }
        for action in service.actions.values() {
            let levels: String = LEVELS
                .iter()
                .filter(|(_, l)| action.access.contains(l))
                .map(|(c, _)| *c)
                .collect();
            let resources = action
                .resources
                .iter()
                .map(|r| format!("{}{}", r.name, if r.required { '!' } else { '?' }));
            let number = |key: &String| service.condition_keys.values().position(|k| k.key == *key);
            let keys = action.keys.iter().filter_map(number).map(|n| n.to_string());
            let _ = writeln!(
                text,
                "A {} {levels} {} {}",
                action.name,
                list(resources),
                list(keys)
            );
        }
    }
    text
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<String> = items.collect();
    if items.is_empty() {
        NONE.to_owned()
    } else {
        items.join(",")
    }
}
