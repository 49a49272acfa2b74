//! Writes the packed form.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::HEAD;
use crate::action::Keys;
use crate::{AccessLevel, Action, Catalog, Service, ValueType};

// Writing to a string cannot fail, so what `write!` answers is dropped throughout.
pub(crate) fn print(catalog: &Catalog) -> String {
    let extent = if catalog.is_complete() { "complete" } else { "" };
    let mut index = format!(
        "{HEAD}\ndate\t{}\nextent\t{extent}\nsource\t{}\n",
        catalog.date(),
        catalog.source()
    );
    let mut parts = String::new();
    for service in catalog.services() {
        let part = part(service);
        let _ = writeln!(
            index,
            "{}\t{}\t{}",
            service.prefix,
            part.len(),
            service.arn_services().join(",")
        );
        parts.push_str(&part);
    }
    format!("{index}\n{parts}")
}

fn part(service: &Service) -> String {
    let mut sets = Sets::new(service);
    let mut body = String::new();
    for kind in &service.resource_types {
        let arns: Vec<&str> = kind.arns().collect();
        let _ = writeln!(
            body,
            "T\t{}\t{}\t{}",
            kind.name,
            arns.join(" "),
            sets.number(&kind.keys)
        );
    }
    for action in &service.actions {
        let levels: String = AccessLevel::ALL
            .iter()
            .filter(|(level, _, _)| action.has_access(*level))
            .map(|(_, letter, _)| *letter)
            .collect();
        let resources = resources(service, action, &mut sets);
        let keys = sets.number(&action.keys);
        let _ = writeln!(body, "A\t{}\t{levels}\t{resources}\t{keys}", action.name);
    }
    let control = if service.resource_control { "R" } else { "" };
    let mut head = format!("S\t{}\t{}\t{control}\n", service.prefix, service.name);
    for key in &service.condition_keys {
        let letter = ValueType::ALL
            .iter()
            .find(|(known, _, _)| *known == key.value_type);
        let letter = letter.map_or('U', |(_, letter, _)| *letter);
        let many = if key.multivalued { "*" } else { "" };
        let _ = writeln!(head, "K\t{letter}{many}\t{}", key.key);
    }
    head + &sets.lines + &body
}

fn resources(service: &Service, action: &Action, sets: &mut Sets<'_>) -> String {
    let one = |resource: &crate::ActionResource| {
        let at = service
            .resource_types
            .iter()
            .position(|kind| kind.name == resource.name)?;
        let mark = if resource.required { '!' } else { '?' };
        Some(match sets.number(&resource.keys) {
            0 => format!("{at}{mark}"),
            keys => format!("{at}{mark}:{keys}"),
        })
    };
    let items: Vec<String> = action.resources.iter().filter_map(one).collect();
    items.join(",")
}

/// The sets of keys met so far, and their lines.
struct Sets<'s> {
    service: &'s Service,
    known: HashMap<Vec<usize>, usize>,
    lines: String,
}

impl<'s> Sets<'s> {
    fn new(service: &'s Service) -> Self {
        Self {
            service,
            known: HashMap::new(),
            lines: String::new(),
        }
    }

    fn number(&mut self, keys: &Keys) -> usize {
        let place = |key: &crate::Text| {
            self.service
                .condition_keys
                .iter()
                .position(|known| known.key == *key)
        };
        let mut numbers: Vec<usize> = keys.iter().filter_map(place).collect();
        numbers.sort_unstable();
        numbers.dedup();
        if numbers.is_empty() {
            return 0;
        }
        let next = self.known.len() + 1;
        let line = ranges(&numbers);
        *self.known.entry(numbers).or_insert_with(|| {
            let _ = writeln!(self.lines, "Q\t{line}");
            next
        })
    }
}

/// `0-3,17`
fn ranges(numbers: &[usize]) -> String {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == number => *end = number,
            _ => runs.push((number, number)),
        }
    }
    let run = |(begin, end): (usize, usize)| {
        if begin == end {
            begin.to_string()
        } else {
            format!("{begin}-{end}")
        }
    };
    runs.into_iter().map(run).collect::<Vec<_>>().join(",")
}
