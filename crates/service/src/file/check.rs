//! From the file as written to the checked configuration. Finds every problem, not only the first; reads no other file
//! and no environment variable.

mod access_points;
mod connectors;
mod destinations;
mod encryption;
mod exports;
mod grants;
mod notify;
mod quota;
mod segments;
mod spool;
mod transforms;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use bucketline_connector::{Label, WorkspaceId};
use bucketline_format::SchemaId;

use self::notify::MailServerIs;
use super::place::{Places, Source};
use super::raw::{self, Text};
use super::{ConfigFile, duration};
use crate::Problem;
use crate::model::{
    AllowedChange, Checks, Delivery, Installation, Integration, ModelPath, Schemas, Vendor, Workspace,
};

/// An object is written at this many events (reference: 15,000 events or 5 minutes, whichever is first).
const SEAL_EVENTS: u64 = 15_000;
/// An object grows to this many events behind a backlog, so a threshold beyond it could never be met.
const MOST_EVENTS: u64 = 100_000;
const SEAL_AGE: Duration = Duration::from_secs(5 * 60);
/// A broken grant shows within a day.
const CHECK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// What auditors ask for: keys are replaced four times a year.
const KEY_AGE: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Checks a whole file.
///
/// # Errors
/// Every problem, in the order of the file.
pub(super) fn check(source: &Source, file: raw::File) -> Result<ConfigFile, Vec<Problem>> {
    let mut checker = Checker {
        source,
        problems: Vec::new(),
        places: Places::default(),
    };
    let vendor = checker.vendor(file.vendor);
    let spool = checker.spool(file.spool);
    let delivery = checker.delivery(file.delivery);
    let checks = checker.checks(file.checks);
    let schemas = checker.schemas(file.schemas);
    let workspaces = checker.workspaces(file.workspace);
    let grants = checker.grants(
        file.grant,
        vendor.as_ref().and_then(|vendor| vendor.account.as_ref()),
    );
    let connectors = checker.connectors(file.connector, vendor.as_ref(), &workspaces, &grants);
    let segments = checker.segments(file.segment, &workspaces);
    let data_exports = checker.data_exports(file.data_export, &workspaces, &grants);
    let exports = checker.exports(file.exports, &grants, &spool.dir);
    checker.access_points(&data_exports, &connectors);
    let connectors: Vec<_> = connectors.into_iter().map(|(_, connector)| connector).collect();
    checker.export_overlaps(&connectors, &data_exports, exports.as_ref(), &workspaces);
    let mail_server = match &file.mail {
        Some(_) => MailServerIs::There,
        None => MailServerIs::Missing,
    };
    let mail = file.mail.map(|mail| checker.mail(mail));
    let notify = file
        .notify
        .map(|notify| checker.notify(notify, &workspaces, &spool.dir, mail_server));
    match (vendor, exports, valid(mail), valid(notify)) {
        (Some(vendor), Some((_, exports)), Some(mail), Some(notify)) if checker.problems.is_empty() => {
            let grants = grants.into_values().flatten().collect();
            let workspaces = workspaces.into_values().flatten().collect();
            let installation = Installation {
                vendor,
                spool,
                delivery,
                checks,
                schemas,
                workspaces,
                grants,
                connectors,
                segments,
                data_exports: data_exports.into_iter().map(|(_, export)| export).collect(),
                exports,
                mail,
                notify,
            };
            Ok(ConfigFile {
                installation,
                places: checker.places,
            })
        }
        _ => {
            checker.problems.sort_by_key(|(at, _)| *at);
            Err(checker.problems.into_iter().map(|(_, problem)| problem).collect())
        }
    }
}

/// An optional value that was given and cannot be used is no value; one that was not given is none.
fn valid<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    match given {
        None => Some(None),
        Some(None) => None,
        Some(Some(value)) => Some(Some(value)),
    }
}

/// What was declared under each id; nothing where the declaration itself has a problem, so that what refers to it does
/// not bring a second one.
type Declared<T> = BTreeMap<String, Option<T>>;

struct Checker<'a> {
    source: &'a Source,
    /// Each with where it stands, since the sections are not checked in the order of the file.
    problems: Vec<(usize, Problem)>,
    places: Places,
}

impl Checker<'_> {
    fn problem(&mut self, span: &Range<usize>, what: impl Into<String>, advice: &str) {
        let mut problem = Problem::new(what).at(self.source.place(span));
        if !advice.is_empty() {
            problem = problem.advice(advice);
        }
        self.problems.push((span.start, problem));
    }

    /// A value of a type that checks itself.
    fn parse<T>(&mut self, text: &Text, key: &str, advice: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        match text.get_ref().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(&text.span(), format!("`{key}` cannot be used: {error}"), advice);
                None
            }
        }
    }

    fn duration(&mut self, text: Option<&Text>, key: &str) -> Option<Duration> {
        let text = text?;
        duration::parse(text.get_ref())
            .map_err(|error| {
                self.problem(
                    &text.span(),
                    format!("`{key}` cannot be used: `{}` is {error}", text.get_ref()),
                    "",
                );
            })
            .ok()
    }

    /// A path relative to the file.
    fn path(&mut self, text: Option<&Text>, default: &str) -> PathBuf {
        if let Some(text) = text
            && text.get_ref().is_empty()
        {
            self.problem(
                &text.span(),
                "a path is empty",
                "write a path relative to this file, or an absolute one",
            );
        }
        self.source
            .folder()
            .join(text.map_or(default, |text| text.get_ref().as_str()))
    }

    fn vendor(&mut self, vendor: Option<raw::Vendor>) -> Option<Vendor> {
        let (account, credentials, cluster, zone) = vendor.map_or((None, None, None, None), |v| {
            (v.account_id, v.credentials, v.cluster, v.zone)
        });
        let account = account.map(|text| self.parse(&text, "account_id", ""));
        let credentials = credentials
            .map(|c| self.access_key(ModelPath::vendor(), c.access_key_id.as_ref(), c.secret_access_key));
        let cluster = self.label(cluster.as_ref(), "cluster", "prod-01");
        let zone = self.label(zone.as_ref(), "zone", "a");
        Some(Vendor {
            account: valid(account)?,
            credentials: valid(credentials)?,
            cluster: cluster?,
            zone: zone?,
        })
    }

    /// A part of objects' names.
    fn label(&mut self, text: Option<&Text>, key: &str, default: &str) -> Option<Label> {
        match text {
            Some(text) => self.parse(text, key, "it is part of every object's name"),
            None => default.parse().ok(),
        }
    }

    fn schemas(&mut self, schemas: Option<raw::Schemas>) -> Schemas {
        let Some(schemas) = schemas else {
            return Schemas::default();
        };
        let mut allowed: Vec<AllowedChange> = Vec::new();
        for change in schemas.allow_breaking {
            let (schema, span) = (SchemaId::new(*change.schema.get_ref()), change.schema.span());
            let again = allowed.iter().any(|known| Some(known.schema) == schema);
            if again || schema.is_none() {
                let what = format!("the schema `{}` cannot be allowed here", change.schema.get_ref());
                self.problem(
                    &span,
                    what,
                    "write the number of its file, from 1 on, and each once",
                );
            }
            if change.reason.get_ref().trim().is_empty() {
                self.problem(
                    &change.reason.span(),
                    "`reason` is empty",
                    "say why readers may be broken",
                );
            }
            allowed.extend(schema.map(|schema| AllowedChange {
                schema,
                reason: change.reason.into_inner(),
            }));
        }
        Schemas {
            dir: schemas.dir.map(|dir| self.path(Some(&dir), "")),
            allowed,
        }
    }

    fn delivery(&mut self, delivery: Option<raw::Delivery>) -> Delivery {
        let (events, age) = delivery.map_or((None, None), |d| (d.events, d.age));
        if let Some(events) = &events
            && !(1..=MOST_EVENTS).contains(events.get_ref())
        {
            self.problem(
                &events.span(),
                format!(
                    "`events` cannot be used: `{}` is not between 1 and {MOST_EVENTS}",
                    events.get_ref()
                ),
                "it is the number of events at which an object is written (15000 unless set)",
            );
        }
        Delivery {
            events: events.map_or(SEAL_EVENTS, toml::Spanned::into_inner),
            age: self.duration(age.as_ref(), "age").unwrap_or(SEAL_AGE),
        }
    }

    fn checks(&mut self, checks: Option<raw::Checks>) -> Checks {
        let (every, key_age) = checks.map_or((None, None), |c| (c.every, c.key_age));
        let every = self.duration(every.as_ref(), "every").unwrap_or(CHECK_EVERY);
        let key_age = self.duration(key_age.as_ref(), "key_age").unwrap_or(KEY_AGE);
        // Nought is never.
        Checks {
            every: (!every.is_zero()).then_some(every),
            key_age: (!key_age.is_zero()).then_some(key_age),
        }
    }

    fn workspaces(&mut self, workspaces: Vec<raw::Workspace>) -> Declared<Workspace> {
        let mut declared = Declared::new();
        for workspace in workspaces {
            let id = self.parse::<WorkspaceId>(&workspace.id, "id", "");
            let integrations = self.integrations(workspace.integrations.as_deref());
            let path = ModelPath::workspace(workspace.id.get_ref().as_str()).value("api_key");
            let mut api_keys = Vec::new();
            for key in [workspace.api_key, workspace.previous_api_key]
                .into_iter()
                .flatten()
            {
                self.places.note(path.clone(), self.source.place(&key.span()));
                api_keys.extend(self.keeper(key));
            }
            let checked = id.map(|id| Workspace {
                id,
                integrations,
                api_keys,
            });
            self.declare(&mut declared, &workspace.id, "workspace", checked);
        }
        declared
    }

    fn integrations(&mut self, names: Option<&[Text]>) -> Vec<Integration> {
        let Some(names) = names else {
            return vec![Integration::Currents, Integration::DataExport];
        };
        names
            .iter()
            .filter_map(|name| match name.get_ref().as_str() {
                "currents" => Some(Integration::Currents),
                "data_export" => Some(Integration::DataExport),
                other => {
                    let what = format!("`{other}` is not an integration");
                    self.problem(&name.span(), what, "write `currents`, `data_export` or both");
                    None
                }
            })
            .collect()
    }

    /// Notes an id, unless it is taken.
    fn declare<T>(&mut self, declared: &mut Declared<T>, id: &Text, what: &str, checked: Option<T>) {
        if declared.contains_key(id.get_ref()) {
            let text = format!("a second {what} with the id `{}`", id.get_ref());
            self.problem(&id.span(), text, "ids are unique: rename or remove one of them");
        } else {
            declared.insert(id.get_ref().clone(), checked);
        }
    }

    /// Whether what is referred to exists, whatever state it is in.
    fn refers<T>(&mut self, declared: &Declared<T>, id: &Text, what: &str) {
        if !declared.contains_key(id.get_ref()) {
            let text = format!("there is no {what} `{}`", id.get_ref());
            let advice = match declared
                .keys()
                .map(|known| format!("`{known}`"))
                .collect::<Vec<_>>()
            {
                known if known.is_empty() => format!("add a `[[{what}]]` section with that id"),
                known => format!("known: {}", known.join(", ")),
            };
            self.problem(&id.span(), text, &advice);
        }
    }
}
