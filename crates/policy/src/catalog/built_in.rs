//! The embedded data: read from its compact form, once.

use std::sync::LazyLock;

use super::compact::{LEVELS, NONE};
use super::{Action, ActionResource, Catalog, ConditionKey, ResourceType, Service, generated, invalid};
use crate::error::Error;

pub(super) fn catalog() -> &'static Catalog {
    // INVARIANT: a test reads the embedded text and finds nothing wrong with it, so the default is never taken.
    static CATALOG: LazyLock<Catalog> = LazyLock::new(|| parse(generated::COMPACT).unwrap_or_default());
    &CATALOG
}

pub(super) fn parse(text: &str) -> Result<Catalog, Error> {
    let mut catalog = Catalog::default();
    let mut service = Service::default();
    let mut keys: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let bad = || invalid(format!("line `{line}`"));
        let (kind, rest) = line.split_once(' ').ok_or_else(bad)?;
        match kind {
            "S" => {
                insert(&mut catalog, std::mem::take(&mut service));
                rest.clone_into(&mut service.prefix);
                keys.clear();
            }
            "R" => {
                let (name, arn) = rest.split_once(' ').ok_or_else(bad)?;
                let resource = ResourceType {
                    name: name.to_owned(),
                    arn: arn.to_owned(),
                };
                service.resource_types.insert(name.to_owned(), resource);
            }
            "K" => {
                let (value_type, key) = rest.split_once(' ').ok_or_else(bad)?;
                keys.push(key.to_owned());
                let known = ConditionKey {
                    key: key.to_owned(),
                    value_type: value_type.to_owned(),
                };
                service.condition_keys.insert(key.to_ascii_lowercase(), known);
            }
            "A" => {
                let action = action(rest, &keys).ok_or_else(bad)?;
                service.actions.insert(action.name.to_ascii_lowercase(), action);
            }
            _ => return Err(bad()),
        }
    }
    insert(&mut catalog, service);
    Ok(catalog)
}

fn insert(catalog: &mut Catalog, service: Service) {
    if !service.prefix.is_empty() {
        catalog
            .services
            .insert(service.prefix.to_ascii_lowercase(), service);
    }
}

fn action(text: &str, keys: &[String]) -> Option<Action> {
    let mut words = text.split(' ');
    let name = words.next()?.to_owned();
    let level = |c| {
        LEVELS
            .iter()
            .find(|(known, _)| *known == c)
            .map(|(_, level)| *level)
    };
    let access = words.next()?.chars().map(level).collect::<Option<_>>()?;
    let resources = items(words.next()?).map(|item| {
        let name = item.strip_suffix(['!', '?'])?.to_owned();
        Some(ActionResource {
            name,
            required: item.ends_with('!'),
        })
    });
    let resources = resources.collect::<Option<_>>()?;
    let key = |number: &str| keys.get(number.parse::<usize>().ok()?).cloned();
    let keys = items(words.next()?).map(key).collect::<Option<_>>()?;
    Some(Action {
        name,
        access,
        resources,
        keys,
    })
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|item| *item != NONE)
}
