//! Routes: which connectors take the events of a workspace and type. Worked out once per configuration; knows nothing of events.

mod forms;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use bucketline_format::transform::Transforms;
use bucketline_format::{Error, Schema, SchemaRegistry};

use crate::{ConnectorConfig, ConnectorId, WorkspaceId};
pub(crate) use forms::{Forms, MAX_FORMS};

/// The routes of all workspaces. What many share is kept once, so that ten thousand workspaces with a hundred event types each are a
/// few megabytes.
#[derive(Debug)]
pub(crate) struct Routes {
    types: HashMap<Arc<str>, EventKind>,
    workspaces: HashMap<WorkspaceId, Workspace>,
}

/// An event type, and the schema that its events are stored under.
#[derive(Debug)]
pub(crate) struct EventKind {
    /// A number for each, from 0.
    ordinal: usize,
    pub(crate) schema: Schema,
}

/// A workspace, and who takes its events.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// A number for each, from 0.
    ordinal: usize,
    /// The distinct sets of connectors.
    takers: Vec<Takers>,
    /// Which of them, by ordinal of the event type.
    by_type: Vec<usize>,
    /// By ordinal of the event type, worked out with the first event of it; empty where no connector changes anything.
    forms: Vec<OnceLock<Result<Forms, Error>>>,
}

/// The connectors that take the same events.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Takers {
    /// Their places in the configuration.
    pub(crate) places: Vec<usize>,
    pub(crate) ids: Vec<ConnectorId>,
    /// What each of them asks for.
    transforms: Vec<Transforms>,
}

impl Routes {
    /// The routes of these workspaces, and of those that the connectors name.
    pub(crate) fn new(
        schemas: &SchemaRegistry,
        workspaces: impl IntoIterator<Item = WorkspaceId>,
        connectors: &[ConnectorConfig],
    ) -> Self {
        let mut by_workspace: HashMap<WorkspaceId, Vec<(usize, &ConnectorConfig)>> =
            workspaces.into_iter().map(|id| (id, Vec::new())).collect();
        for (place, config) in connectors.iter().enumerate() {
            by_workspace
                .entry(config.workspace.clone())
                .or_default()
                .push((place, config));
        }
        let kinds = schemas
            .event_types()
            .iter()
            .filter_map(|kind| schemas.latest(kind));
        let kinds: Vec<&Schema> = kinds.collect();
        let workspaces = by_workspace.into_iter().enumerate();
        Self {
            workspaces: workspaces
                .map(|(ordinal, (id, own))| (id, Workspace::new(ordinal, &kinds, &own)))
                .collect(),
            types: kinds
                .into_iter()
                .enumerate()
                .map(|(ordinal, schema)| {
                    (
                        schema.event_type().to_shared(),
                        EventKind {
                            ordinal,
                            schema: schema.clone(),
                        },
                    )
                })
                .collect(),
        }
    }

    pub(crate) fn workspace(&self, id: &str) -> Option<(&WorkspaceId, &Workspace)> {
        self.workspaces.get_key_value(id)
    }

    pub(crate) fn workspaces(&self) -> impl Iterator<Item = &WorkspaceId> {
        self.workspaces.keys()
    }

    pub(crate) fn kind(&self, event_type: &str) -> Option<&EventKind> {
        self.types.get(event_type)
    }
}

impl Workspace {
    fn new(ordinal: usize, kinds: &[&Schema], connectors: &[(usize, &ConnectorConfig)]) -> Self {
        let mut takers: Vec<Takers> = Vec::new();
        let by_type = kinds.iter().map(|schema| {
            let taking = connectors
                .iter()
                .filter(|(_, config)| config.events.matches(schema.event_type()));
            let mut set = Takers::default();
            for (place, config) in taking {
                set.places.push(*place);
                set.ids.push(config.id.clone());
                set.transforms.push(config.transforms.clone());
            }
            takers.iter().position(|known| *known == set).unwrap_or_else(|| {
                takers.push(set);
                takers.len() - 1
            })
        });
        let by_type: Vec<usize> = by_type.collect();
        let changed = connectors.iter().any(|(_, config)| !config.transforms.is_empty());
        let forms = by_type.iter().filter(|_| changed).map(|_| OnceLock::new());
        Self {
            ordinal,
            takers,
            forms: forms.collect(),
            by_type,
        }
    }

    /// Who takes the events of a type.
    pub(crate) fn takers(&self, kind: &EventKind) -> Option<&Takers> {
        self.takers.get(*self.by_type.get(kind.ordinal)?)
    }

    /// The forms in which its events are stored; `None`: as they come, for all who take them.
    ///
    /// # Errors
    ///
    /// As [`Forms::new`].
    pub(crate) fn forms(&self, kind: &EventKind, takers: &Takers) -> Result<Option<&Forms>, &Error> {
        let Some(forms) = self.forms.get(kind.ordinal) else {
            return Ok(None);
        };
        let forms = forms.get_or_init(|| Forms::new(&kind.schema, &takers.transforms));
        forms.as_ref().map(Some)
    }

    /// What tells this workspace and type from all others.
    pub(crate) fn pair(&self, kind: &EventKind) -> (usize, usize) {
        (self.ordinal, kind.ordinal)
    }
}
