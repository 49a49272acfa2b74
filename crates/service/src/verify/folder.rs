//! All objects of one connector against what is expected of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use bucketline_connector::{ConnectorConfig, ObjectName};
use bucketline_format::SchemaRegistry;
use bucketline_sink::{Error, ErrorKind, Listed, Object, ObjectKey, Sink, SinkExt as _};
use tokio::task::JoinSet;

use super::event::{Multiset, Values};
use super::object::{self, Content, Fault};

/// Objects on their way at once: enough to hide the time that each takes, few enough to hold whole ones in memory.
pub(super) const AT_ONCE: usize = 8;
/// How many of each kind of trouble are named.
pub(super) const EXAMPLES: usize = 5;

/// What was found for one connector.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Findings {
    /// Events that have to be there.
    pub expected: u64,
    /// Objects below its folder.
    pub objects: u64,
    /// Bytes of these objects.
    pub bytes: u64,
    /// Events in them.
    pub found: u64,
    /// Events that are missing, and that nothing accounts for.
    pub lost: u64,
    /// Events that are missing since they were given up, as far as a ledger was [asked](super::Verification::accounted_by).
    pub given_up: u64,
    /// Events that are there more than once.
    pub doubled: u64,
    /// Events that nobody expected, and objects that are no connector's or another's.
    pub foreign: u64,
    /// Objects that could not be read for now: what is in them is not known.
    pub unread: u64,
    /// Events that were not found, where an object that could not be read may hold them.
    pub unproved: u64,
    /// Objects that are damaged or do not fit their own key.
    pub corrupt: u64,
    /// The first few of each kind.
    pub examples: Vec<Finding>,
}

/// One thing that is not as it has to be.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finding {
    /// Of which kind.
    pub kind: FindingKind,
    /// Where: a key, or an input and its line.
    pub place: String,
    /// What: an event's id, or what is wrong with an object.
    pub what: String,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FindingKind {
    /// An event is missing.
    Lost,
    /// An event is there more than once.
    Doubled,
    /// An event that nobody expected, or an object that is no connector's or another's.
    Foreign,
    /// An object is damaged, or does not fit its own key.
    Corrupt,
    /// An object could not be read, which proves nothing of it.
    Unread,
}

impl FindingKind {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Foreign => "foreign",
            Self::Corrupt => "corrupt",
            Self::Unread => "unread",
        }
    }
}

impl Findings {
    /// Whether everything is there exactly once, and nothing else.
    #[must_use]
    pub const fn holds(&self) -> bool {
        !self.is_wrong() && self.unread == 0
    }

    /// Whether something was seen that is not as it has to be.
    #[must_use]
    pub const fn is_wrong(&self) -> bool {
        self.lost > 0 || self.doubled > 0 || self.foreign > 0 || self.corrupt > 0
    }

    /// At most this many of those that are missing were given up, and are not lost.
    pub(super) fn account(&mut self, given_up: u64) {
        self.given_up = given_up.min(self.lost);
        self.lost -= self.given_up;
        if self.lost == 0 {
            // Which of them were given up, nothing tells: only that it was as many.
            self.examples.retain(|example| example.kind != FindingKind::Lost);
        }
    }

    pub(super) fn add(
        &mut self,
        kind: FindingKind,
        place: impl FnOnce() -> String,
        what: impl FnOnce() -> String,
    ) {
        *match kind {
            FindingKind::Lost => &mut self.lost,
            FindingKind::Doubled => &mut self.doubled,
            FindingKind::Foreign => &mut self.foreign,
            FindingKind::Corrupt => &mut self.corrupt,
            FindingKind::Unread => &mut self.unread,
        } += 1;
        if self
            .examples
            .iter()
            .filter(|example| example.kind == kind)
            .count()
            < EXAMPLES
        {
            self.examples.push(Finding {
                kind,
                place: place(),
                what: what(),
            });
        }
    }
}

/// The ranges of the objects of one queue: they tile, so no two of them may overlap.
type Ranges = BTreeMap<String, BTreeMap<u64, (u64, String)>>;

/// Lists a connector's folder, reads every object in it and counts its events off.
///
/// # Errors
/// The store's, for a call that was refused or failed: what was not read proves nothing.
pub(crate) async fn read(
    connector: &ConnectorConfig,
    sink: &Arc<dyn Sink>,
    schemas: &Arc<SchemaRegistry>,
    events: &mut Multiset,
) -> Result<Findings, Error> {
    let mut findings = Findings {
        expected: events.values().map(|tally| u64::from(tally.expected)).sum(),
        ..Findings::default()
    };
    let listed = sink
        .list_all(&format!("{}/", connector.destination.folder()))
        .await?;
    let mut ranges = Ranges::new();
    let mut reading = JoinSet::new();
    for listed in listed {
        findings.objects += 1;
        findings.bytes += listed.size;
        let (name, key) = match named(&listed, connector) {
            Ok(named) => named,
            Err(fault) => {
                note(&mut findings, &listed.key, fault);
                continue;
            }
        };
        while reading.len() >= AT_ONCE {
            take(&mut reading, &mut findings, &mut ranges, events).await;
        }
        let sink = Arc::clone(sink);
        let schemas = Arc::clone(schemas);
        reading.spawn(async move {
            let content = match sink.get(&key).await {
                Ok(object) => whole(name, &object, listed.size, &schemas),
                Err(error) => Err(unread(&error)),
            };
            (key.to_string(), content)
        });
    }
    while !reading.is_empty() {
        take(&mut reading, &mut findings, &mut ranges, events).await;
    }
    overlaps(&mut findings, ranges);
    Ok(findings)
}

fn named(listed: &Listed, connector: &ConnectorConfig) -> Result<(ObjectName, ObjectKey), Fault> {
    let name = object::name(&listed.key, connector)?;
    let key = listed
        .key
        .parse()
        .map_err(|error: Error| Fault::Foreign(error.to_string()))?;
    Ok((name, key))
}

fn whole(name: ObjectName, object: &Object, listed: u64, schemas: &SchemaRegistry) -> Result<Content, Fault> {
    let length = object.payload.len() as u64;
    if length != listed {
        return Err(Fault::Corrupt(format!(
            "{listed} bytes are listed, {length} came"
        )));
    }
    object::read(name, object, schemas)
}

type Reading = JoinSet<(String, Result<Content, Fault>)>;

/// What an object that was listed and could not be read stands for.
fn unread(error: &Error) -> Fault {
    match error.kind() {
        // On this machine's own disk. Through a network, an answer that never comes whole is no proof of damage.
        ErrorKind::Corrupt if error.request_id().is_none() => Fault::Corrupt(error.to_string()),
        ErrorKind::NotFound => Fault::Corrupt("it was listed, and is not there any more".to_owned()),
        _ => Fault::Unread(error.to_string()),
    }
}

/// Takes the next object that was read.
async fn take(reading: &mut Reading, findings: &mut Findings, ranges: &mut Ranges, events: &mut Multiset) {
    let (key, content) = match reading.join_next().await {
        None => return,
        Some(Ok(read)) => read,
        // Only a mistake of ours ends a task like this; it must not pass for an object that is in order.
        Some(Err(error)) => {
            let what = || format!("the task that read it ended: {error}");
            findings.add(FindingKind::Unread, || "an object".to_owned(), what);
            return;
        }
    };
    match content {
        Ok(content) => {
            count(findings, &key, &content, events);
            let lane = key
                .rsplit_once('+')
                .map_or(key.as_str(), |(lane, _)| lane)
                .to_owned();
            ranges
                .entry(lane)
                .or_default()
                .insert(content.name.first, (content.last, key));
        }
        Err(fault) => note(findings, &key, fault),
    }
}

fn count(findings: &mut Findings, key: &str, content: &Content, events: &mut Multiset) {
    findings.found += content.events.len() as u64;
    for (at, values) in content.events.iter().enumerate() {
        let what = || format!("event {} of {} in it", at + 1, content.events.len());
        match events.get_mut(values) {
            None => findings.add(
                FindingKind::Foreign,
                || key.to_owned(),
                || format!("{} is in no input", what()),
            ),
            Some(tally) => {
                tally.found += 1;
                if tally.found > tally.expected {
                    findings.add(
                        FindingKind::Doubled,
                        || key.to_owned(),
                        || format!("{} was there before", what()),
                    );
                }
            }
        }
    }
}

fn note(findings: &mut Findings, key: &str, fault: Fault) {
    let (kind, what) = match fault {
        Fault::Foreign(what) => (FindingKind::Foreign, what),
        Fault::Corrupt(what) => (FindingKind::Corrupt, what),
        Fault::Unread(what) => (FindingKind::Unread, what),
    };
    findings.add(kind, || key.to_owned(), || what);
}

/// Two objects of a queue whose ranges overlap cannot both be right.
fn overlaps(findings: &mut Findings, ranges: Ranges) {
    for objects in ranges.into_values() {
        let mut before: Option<(u64, String)> = None;
        for (first, (last, key)) in objects {
            if let Some((end, other)) = &before
                && first <= *end
            {
                findings.add(
                    FindingKind::Corrupt,
                    || key.clone(),
                    || format!("its range overlaps that of `{other}`"),
                );
            }
            before = Some((last, key));
        }
    }
}

/// An event that is expected and was not found, wherever it is still missing.
pub(super) fn still_missing(events: &mut Multiset, values: Values) -> bool {
    match events.get_mut(&values) {
        Some(tally) if tally.found < tally.expected => {
            tally.found += 1;
            true
        }
        _ => false,
    }
}
