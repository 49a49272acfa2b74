//! Reads the packed form: whole, or a service at a time.

use std::borrow::Cow;
use std::sync::Arc;

use super::HEAD;
use crate::action::{Keys, Levels};
use crate::{
    AccessLevel, Action, ActionResource, Catalog, ConditionKey, Error, ErrorKind, ResourceType, Service,
    Text, ValueType,
};

/// Reads everything, and keeps nothing of the text.
pub(crate) fn read(text: &str) -> Result<Catalog, Error> {
    let owned = |text: &str| Cow::Owned(text.to_owned());
    let index = Index::of(text)?;
    let mut catalog = Catalog::new(owned(index.date), owned(index.source), index.complete);
    for entry in index.entries()? {
        let service = service(entry.part, owned)?;
        if service.prefix != entry.prefix || service.arn_services().join(",") != entry.arn_services {
            return Err(bad(format!("the index's `{}` is another service", entry.prefix)));
        }
        catalog.insert(service);
    }
    Ok(catalog)
}

/// Reads the index alone.
#[cfg(feature = "embedded")]
pub(crate) fn read_lazily(text: &'static str) -> Result<Catalog, Error> {
    let index = Index::of(text)?;
    let mut catalog = Catalog::new(
        Cow::Borrowed(index.date),
        Cow::Borrowed(index.source),
        index.complete,
    );
    for entry in index.entries()? {
        catalog.insert_text(entry.prefix, entry.arn_services, entry.part);
    }
    Ok(catalog)
}

/// Reads the part of one service, which goes on pointing into its text.
pub(crate) fn read_service(text: &'static str) -> Result<Service, Error> {
    service(text, Cow::Borrowed)
}

struct Index<'t> {
    date: &'t str,
    complete: bool,
    source: &'t str,
    lines: &'t str,
    rest: &'t str,
}

impl<'t> Index<'t> {
    fn of(text: &'t str) -> Result<Self, Error> {
        let (head, rest) = text
            .split_once("\n\n")
            .ok_or_else(|| bad("there is no empty line after the index"))?;
        let field = |name: &str, lines: &'t str| {
            let (line, rest) = lines.split_once('\n').unwrap_or((lines, ""));
            let value = line.strip_prefix(name).and_then(|line| line.strip_prefix('\t'));
            value
                .map(|value| (value, rest))
                .ok_or_else(|| bad(format!("no `{name}` at its head")))
        };
        let lines = head
            .strip_prefix(HEAD)
            .and_then(|lines| lines.strip_prefix('\n'))
            .ok_or_else(|| bad(format!("it does not begin with `{HEAD}`")))?;
        let (date, lines) = field("date", lines)?;
        let (extent, lines) = field("extent", lines)?;
        let (source, lines) = field("source", lines)?;
        Ok(Self {
            date,
            complete: extent == "complete",
            source,
            lines,
            rest,
        })
    }

    fn entries(&self) -> Result<Vec<Entry<'t>>, Error> {
        let mut rest = self.rest;
        let mut entries = Vec::new();
        for line in self.lines.lines() {
            let entry = Entry::of(line, rest).ok_or_else(|| bad(format!("line `{line}` of the index")))?;
            rest = rest.get(entry.part.len()..).unwrap_or_default();
            entries.push(entry);
        }
        if rest.is_empty() {
            Ok(entries)
        } else {
            Err(bad("there is more than the index says"))
        }
    }
}

/// A line of the index, and what it speaks of.
struct Entry<'t> {
    prefix: &'t str,
    arn_services: &'t str,
    part: &'t str,
}

impl<'t> Entry<'t> {
    fn of(line: &'t str, rest: &'t str) -> Option<Self> {
        let mut fields = line.split('\t');
        let (prefix, length, arn_services) = (fields.next()?, fields.next()?, fields.next()?);
        Some(Self {
            prefix,
            arn_services,
            part: rest.get(..length.parse().ok()?)?,
        })
    }
}

fn bad(reason: impl Into<String>) -> Error {
    Error::new(ErrorKind::Packed, reason)
}

fn service<'t>(text: &'t str, keep: impl Fn(&'t str) -> Text) -> Result<Service, Error> {
    let mut part = Part {
        service: Service::default(),
        // Number 0 is the empty set.
        sets: vec![Keys::default()],
        keep,
    };
    for line in text.lines() {
        part.line(line).ok_or_else(|| bad(format!("line `{line}`")))?;
    }
    Ok(part.service)
}

struct Part<K> {
    service: Service,
    sets: Vec<Keys>,
    keep: K,
}

impl<'t, K: Fn(&'t str) -> Text> Part<K> {
    /// Nothing where the line cannot be read.
    fn line(&mut self, line: &'t str) -> Option<()> {
        let mut fields = line.split('\t');
        match fields.next()? {
            "S" => {
                self.service.prefix = (self.keep)(fields.next()?);
                self.service.name = (self.keep)(fields.next()?);
                self.service.resource_control = fields.next()? == "R";
            }
            "K" => {
                let word = fields.next()?;
                let letter = word.chars().next()?;
                let (value_type, _, _) = ValueType::ALL.iter().find(|(_, known, _)| *known == letter)?;
                self.service.condition_keys.push(ConditionKey {
                    key: (self.keep)(fields.next()?),
                    value_type: *value_type,
                    multivalued: word.ends_with('*'),
                });
            }
            "Q" => {
                let set = self.set(fields.next()?)?;
                self.sets.push(set);
            }
            "T" => {
                let name = (self.keep)(fields.next()?);
                let arns = fields.next()?.split(' ').map(&self.keep).collect();
                let keys = self.keys(fields.next()?)?;
                self.service
                    .resource_types
                    .push(ResourceType { name, arns, keys });
            }
            "A" => {
                let action = Action {
                    name: (self.keep)(fields.next()?),
                    levels: levels(fields.next()?)?,
                    resources: items(fields.next()?)
                        .map(|item| self.resource(item))
                        .collect::<Option<_>>()?,
                    keys: self.keys(fields.next()?)?,
                };
                self.service.actions.push(action);
            }
            _ => return None,
        }
        fields.next().is_none().then_some(())
    }

    /// `0-3,17`
    fn set(&self, list: &str) -> Option<Keys> {
        let mut keys: Vec<Text> = Vec::new();
        for item in items(list) {
            let (begin, end) = item.split_once('-').unwrap_or((item, item));
            let (begin, end): (usize, usize) = (begin.parse().ok()?, end.parse().ok()?);
            let run = self.service.condition_keys.get(begin..=end)?;
            keys.extend(run.iter().map(|key| key.key.clone()));
        }
        Some(Arc::from(keys))
    }

    fn keys(&self, number: &str) -> Option<Keys> {
        self.sets.get(number.parse::<usize>().ok()?).cloned()
    }

    /// `2!:5`
    fn resource(&self, item: &str) -> Option<ActionResource> {
        let (kind, keys) = item.split_once(':').unwrap_or((item, "0"));
        let required = kind.ends_with('!');
        let number: usize = kind.strip_suffix(['!', '?'])?.parse().ok()?;
        Some(ActionResource {
            name: self.service.resource_types.get(number)?.name.clone(),
            required,
            keys: self.keys(keys)?,
        })
    }
}

fn levels(letters: &str) -> Option<Levels> {
    letters.chars().try_fold(Levels::default(), |levels, letter| {
        let (level, _, _) = AccessLevel::ALL.iter().find(|(_, known, _)| *known == letter)?;
        Some(levels.with(*level))
    })
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').filter(|item| !item.is_empty())
}
