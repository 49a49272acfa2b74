//! Lists of actions in fewer characters, by the catalogue of the day. Knows no statement.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;

/// The list with a pattern for those of its actions that together are all with one beginning.
pub(super) fn shortened(catalog: &Catalog, actions: &[String]) -> Vec<String> {
    let mut by_service: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut others: Vec<String> = Vec::new();
    for action in actions {
        match action.split_once(':') {
            Some((service, name)) if !action.contains(['*', '?']) && catalog.service(service).is_some() => {
                by_service
                    .entry(service.to_ascii_lowercase())
                    .or_default()
                    .insert(name.to_owned());
            }
            _ => others.push(action.clone()),
        }
    }
    for (service, names) in by_service {
        let known: Vec<String> = catalog
            .service(&service)
            .into_iter()
            .flat_map(|service| service.actions().map(|action| action.name().to_owned()))
            .collect();
        others.extend(
            of_service(&known, names)
                .into_iter()
                .map(|name| format!("{service}:{name}")),
        );
    }
    others.sort();
    others.dedup();
    others
}

fn of_service(known: &[String], listed: BTreeSet<String>) -> Vec<String> {
    let is_listed = |name: &str| listed.iter().any(|own| own.eq_ignore_ascii_case(name));
    let mut written = Vec::new();
    let mut left: BTreeSet<String> = listed.clone();
    while let Some(name) = left.pop_first() {
        let ends = name.char_indices().map(|(at, _)| at).chain([name.len()]);
        // The shortest beginning that only listed actions have.
        let beginning = ends.filter_map(|end| name.get(..end)).find(|head| {
            let same = |other: &&String| starts_with(other, head);
            known.iter().filter(same).all(|other| is_listed(other))
        });
        match beginning {
            Some(head) if left.iter().any(|other| starts_with(other, head)) => {
                left.retain(|other| !starts_with(other, head));
                written.push(format!("{head}*"));
            }
            _ => written.push(name),
        }
    }
    written
}

fn starts_with(name: &str, head: &str) -> bool {
    name.get(..head.len())
        .is_some_and(|own| own.eq_ignore_ascii_case(head))
}

#[cfg(test)]
mod tests {
    use super::of_service;

    fn names(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_beginning_stands_for_all_that_have_it() {
        let known = names("GetA GetAb GetB ListA PutA");
        let of = |listed: &str| of_service(&known, names(listed).into_iter().collect());
        assert_eq!(of("GetA GetAb"), ["GetA*"]);
        assert_eq!(of("GetA GetB"), ["GetA", "GetB"]);
        assert_eq!(of("GetA GetAb GetB PutA"), ["G*", "PutA"]);
        assert_eq!(of("GetA GetAb GetB ListA PutA"), ["*"]);
        assert_eq!(of("geta getab"), ["geta*"]);
        assert_eq!(of("Unknown GetA"), ["GetA", "Unknown"]);
    }
}
