//! Whether a configuration fits what a log holds. Knows no log and changes nothing.

use std::collections::{HashMap, HashSet};

use bucketline_format::{Schema, SchemaId, SchemaRegistry, encoder, newest_encoder};
use bucketline_spool::Generation;

use crate::config::ConnectorConfig;
use crate::error::{Error, ErrorKind};
use crate::folder_path::FolderRegistry;
use crate::route::MAX_FORMS;
use crate::shard::{Fold, LaneState};
use crate::{ObjectName, WorkspaceId};

/// How many connectors, and how many pairs of workspace and event type, one frame can name.
const MAX_NAMES: usize = u16::MAX as usize;

/// Whether a configuration agrees with itself.
///
/// # Errors
///
/// `Config` or `FolderConflict`.
pub(crate) fn check_connectors(connectors: &[ConnectorConfig]) -> Result<(), Error> {
    let config_error = |message| Err(Error::new(ErrorKind::Config, message));
    if connectors.len() > MAX_NAMES {
        return config_error(format!(
            "{} connectors are more than {MAX_NAMES}",
            connectors.len()
        ));
    }
    if let Some((workspace, forms)) = most_forms(connectors)
        && forms > MAX_FORMS
    {
        return config_error(format!(
            "the connectors of workspace `{workspace}` have {forms} different transformations, and an event can be stored in \
             {MAX_FORMS} forms; give several of them the same ones"
        ));
    }
    let mut folders = FolderRegistry::new();
    let mut ids = HashSet::new();
    for config in connectors {
        let named = format!("connector `{}` ({})", config.name, config.id);
        if !ids.insert(&config.id) {
            return config_error(format!(
                "{named}: another connector has the same id; give it one of its own"
            ));
        }
        let folder = config.destination.folder();
        let longest = ObjectName::longest_key(folder, &config.cluster, &config.zone);
        if longest > bucketline_sink::ObjectKey::MAX_LEN {
            return config_error(format!(
                "{named}: keys below folder `{folder}` could have {longest} bytes, and S3 allows 1024; shorten the folder"
            ));
        }
        folders
            .claim(&config.destination.store(), folder, &named)
            .map_err(|conflict| {
                Error::new(
                    ErrorKind::FolderConflict,
                    format!("{named}: {conflict}; give one of them another folder"),
                )
            })?;
    }
    Ok(())
}

/// The workspace whose connectors differ most in what they ask for, and how many different things that is.
fn most_forms(connectors: &[ConnectorConfig]) -> Option<(&WorkspaceId, usize)> {
    let mut forms: HashMap<&WorkspaceId, HashSet<String>> = HashMap::new();
    for config in connectors {
        let of_workspace = forms.entry(&config.workspace).or_default();
        of_workspace.insert(config.transforms.canonical());
    }
    let counted = forms
        .into_iter()
        .map(|(workspace, forms)| (workspace, forms.len()));
    counted.max_by_key(|(_, forms)| *forms)
}

/// Whether what connectors transform is in the event types that they take, and can take what is put in its place.
///
/// # Errors
///
/// `Config`.
pub(crate) fn check_transforms(
    connectors: &[ConnectorConfig],
    schemas: &SchemaRegistry,
) -> Result<(), Error> {
    let newest: Vec<&Schema> = schemas
        .event_types()
        .iter()
        .filter_map(|kind| schemas.latest(kind))
        .collect();
    // Many connectors of an installation ask for the same.
    let mut seen = HashSet::new();
    for config in connectors.iter().filter(|config| !config.transforms.is_empty()) {
        if !seen.insert((config.transforms.canonical(), config.events.to_string())) {
            continue;
        }
        let taken = newest
            .iter()
            .filter(|schema| config.events.matches(schema.event_type()));
        if let Some(unfit) = config.transforms.unfit(taken.copied()).first() {
            return Err(Error::new(
                ErrorKind::Config,
                format!(
                    "connector `{}` ({}): its transformations cannot be made: {}; {}",
                    config.name, config.id, unfit.what, unfit.advice
                ),
            ));
        }
    }
    Ok(())
}

/// Whether all that is held can be delivered under this configuration.
///
/// # Errors
///
/// `MissingSchema`, or `Spool` for what only a newer version can deliver.
pub(crate) fn check_held(
    fold: &Fold,
    connectors: &[ConnectorConfig],
    schemas: &SchemaRegistry,
) -> Result<(), Error> {
    let configured: HashSet<&str> = connectors.iter().map(|config| config.id.as_str()).collect();
    for lane in fold.all_lanes().filter(|lane| lane.events > 0) {
        let Some(held_for) = fold.generations.get(lane.generation).map(|state| &state.record) else {
            continue;
        };
        if !configured.contains(held_for.connector.as_str()) {
            continue; // Orphaned: held, and shown.
        }
        check_buildable(fold, lane, held_for, schemas)?;
    }
    Ok(())
}

fn check_buildable(
    fold: &Fold,
    lane: &LaneState,
    generation: &Generation,
    schemas: &SchemaRegistry,
) -> Result<(), Error> {
    let key = &lane.key;
    let of_today = |id| schemas.get(&*key.event_type, id).is_some();
    let known = fold.schemas.get(key.schema).is_some() || SchemaId::new(key.schema).is_some_and(of_today);
    if !known {
        return Err(Error::new(
            ErrorKind::MissingSchema,
            format!(
                "{} events of type `{}` are held under schema {}, which is not there any more; put \
                 `{}/{}.avsc` back until they are delivered",
                lane.events, key.event_type, key.schema, key.event_type, key.schema
            ),
        ));
    }
    let newer = |what: String| {
        let kind = bucketline_spool::ErrorKind::NewerVersion;
        Err(Error::from(bucketline_spool::Error::new(kind, what)))
    };
    let buildable = match &lane.seal {
        Some(sealed) => encoder(
            &sealed.seal.format,
            &sealed.seal.codec,
            sealed.seal.encoder_version,
        )
        .map_err(|error| format!("object `{}` was sealed, and {error}", sealed.seal.key)),
        None => newest_encoder(&generation.format, &generation.codec).map_err(|error| {
            format!(
                "events are held for connector `{}`, and {error}",
                generation.connector
            )
        }),
    };
    if let Err(what) = buildable {
        return newer(what);
    }
    Ok(())
}
