//! What the input's lines have to become: per connector, the multiset of the events that it takes.

use std::collections::HashSet;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bucketline_connector::{Admission, Admitted, ConnectorConfig, ConnectorId};
use bucketline_format::{EventType, SchemaRegistry};

use super::event::{self, Multiset, Values};
use super::folder::{EXAMPLES, FindingKind, Findings, still_missing};
use crate::input::{self, Line, Mark, Splitter, is_whole};
use crate::model::Installation;
use crate::{Error, Problem};

const READ_BYTES: usize = 262_144;

/// The inputs, and how their lines are judged: exactly as `run` judges them.
#[derive(Debug)]
pub(crate) struct Expected<'a> {
    admission: Admission,
    connectors: &'a [ConnectorConfig],
    inputs: Vec<&'a Path>,
}

/// What the inputs come to.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    /// Lines that become an event.
    pub(crate) accepted: u64,
    /// Lines that do not.
    pub(crate) rejected: u64,
    /// Per connector, in their order.
    pub(crate) events: Vec<Multiset>,
}

impl<'a> Expected<'a> {
    /// The events of these inputs.
    pub(crate) fn new(
        installation: &Installation,
        schemas: &SchemaRegistry,
        connectors: &'a [ConnectorConfig],
        inputs: &'a [PathBuf],
    ) -> Self {
        let workspaces = installation
            .workspaces
            .iter()
            .map(|workspace| workspace.id.clone());
        Self {
            admission: Admission::new(schemas, workspaces, connectors),
            connectors,
            inputs: once_each(inputs),
        }
    }

    /// Counts them, for all connectors at once.
    ///
    /// # Errors
    /// An input cannot be read.
    pub(crate) fn count(&self) -> Result<Counted, Error> {
        let mut counted = Counted {
            events: vec![Multiset::new(); self.connectors.len()],
            ..Counted::default()
        };
        self.each(|event| match event {
            None => counted.rejected += 1,
            Some(event) => {
                counted.accepted += 1;
                // Most connectors get the same: it is hashed once.
                let mut hashed: Option<(&[u8], Values)> = None;
                for (connector, events) in self.connectors.iter().zip(&mut counted.events) {
                    let Some(datum) = event.datum(&connector.id) else {
                        continue;
                    };
                    let values = match hashed {
                        Some((known, values)) if std::ptr::eq(known, datum) => values,
                        _ => event.hash(datum),
                    };
                    hashed = Some((datum, values));
                    events.entry(values).or_default().expected += 1;
                }
            }
        })?;
        Ok(counted)
    }

    /// Counts what is missing of one connector, and names the first few by reading the inputs again.
    ///
    /// # Errors
    /// As [`count`](Self::count).
    pub(crate) fn name_missing(
        &self,
        connector: &ConnectorId,
        events: &mut Multiset,
        findings: &mut Findings,
    ) -> Result<(), Error> {
        let missing: u64 = events
            .values()
            .map(|tally| u64::from(tally.expected.saturating_sub(tally.found)))
            .sum();
        if missing == 0 {
            return Ok(());
        }
        if findings.unread > 0 {
            findings.unproved = missing;
            return Ok(());
        }
        let mut named = 0;
        self.each(|event| {
            if named < EXAMPLES
                && let Some(event) = event
                && let Some(datum) = event.datum(connector)
                && still_missing(events, event.hash(datum))
            {
                named += 1;
                findings.add(
                    FindingKind::Lost,
                    || format!("{} line {}", event.input.display(), event.line.number),
                    || format!("event `{}` of type `{}`", event.id(datum), event.event_type()),
                );
            }
        })?;
        findings.lost = missing;
        Ok(())
    }

    fn each(&self, mut visit: impl FnMut(Option<Event<'_>>)) -> Result<(), Error> {
        let mut datum = Vec::new();
        for input in self.inputs.iter().copied() {
            lines(input, |line| {
                datum.clear();
                let admitted = line
                    .text
                    .as_ref()
                    .and_then(|text| self.admission.admit_line(text, &mut datum).ok());
                visit(admitted.map(|admitted| Event {
                    input,
                    line: &line,
                    admitted,
                    appended: &datum,
                }));
            })
            .map_err(|error| {
                Error::input(Problem::new(format!("the input cannot be read: {error}")).at(input.display()))
            })?;
        }
        Ok(())
    }
}

/// One line that becomes an event.
struct Event<'a> {
    input: &'a Path,
    line: &'a Line,
    admitted: Admitted<'a>,
    appended: &'a [u8],
}

impl<'a> Event<'a> {
    /// As a connector gets it, if it takes it.
    fn datum(&self, connector: &ConnectorId) -> Option<&'a [u8]> {
        self.admitted.datum_for(connector, self.appended)
    }

    fn hash(&self, datum: &[u8]) -> Values {
        Values::of(self.event_type(), datum)
    }

    fn id(&self, datum: &[u8]) -> String {
        event::id(self.admitted.schema(), datum)
    }

    fn event_type(&self) -> &EventType {
        self.admitted.schema().event_type()
    }
}

/// The inputs without those that are the same file again: `run` reads it once, too.
fn once_each(inputs: &[PathBuf]) -> Vec<&Path> {
    let mut seen = HashSet::new();
    let identity = |path: &Path| path.metadata().map(|file| (file.dev(), file.ino()));
    // One that cannot be looked at is not read either, which says why.
    let first = |path: &&Path| identity(path).map_or(true, |identity| seen.insert(identity));
    inputs.iter().map(PathBuf::as_path).filter(first).collect()
}

/// Every line of a file, in bounded memory.
fn lines(path: &Path, mut visit: impl FnMut(Line)) -> std::io::Result<()> {
    let mut file = input::text(path)?;
    let mut splitter = Splitter::new(Mark::default());
    let mut chunk = vec![0; READ_BYTES];
    loop {
        match file.read(&mut chunk) {
            Ok(0) => break,
            Ok(read) => {
                splitter.feed(chunk.get(..read).unwrap_or_default());
                while let Some(line) = splitter.next() {
                    visit(line);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    // As `run` does: what has no end yet is not judged.
    if let Some(line) = splitter.finish().filter(is_whole) {
        visit(line);
    }
    Ok(())
}
