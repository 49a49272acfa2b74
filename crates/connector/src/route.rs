//! Routes: which connectors take the events of a workspace and type. Worked out once per configuration; knows nothing of events.

use std::collections::HashMap;
use std::sync::Arc;

use bucketline_format::{Schema, SchemaRegistry};

use crate::{ConnectorConfig, ConnectorId, WorkspaceId};

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
}

/// The connectors that take the same events.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Takers {
    /// Their places in the configuration.
    pub(crate) places: Vec<usize>,
    pub(crate) ids: Vec<ConnectorId>,
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
            let (places, ids) = taking.map(|(place, config)| (*place, config.id.clone())).unzip();
            let set = Takers { places, ids };
            takers.iter().position(|known| *known == set).unwrap_or_else(|| {
                takers.push(set);
                takers.len() - 1
            })
        });
        let by_type = by_type.collect();
        Self {
            ordinal,
            takers,
            by_type,
        }
    }

    /// Who takes the events of a type.
    pub(crate) fn takers(&self, kind: &EventKind) -> Option<&Takers> {
        self.takers.get(*self.by_type.get(kind.ordinal)?)
    }

    /// What tells this workspace and type from all others.
    pub(crate) fn pair(&self, kind: &EventKind) -> (usize, usize) {
        (self.ordinal, kind.ordinal)
    }
}
