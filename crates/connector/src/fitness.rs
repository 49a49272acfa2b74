//! Whether a configuration fits what a log holds. Knows no log and changes nothing.

use std::collections::HashSet;

use bucketline_format::{SchemaId, SchemaRegistry, encoder, newest_encoder};
use bucketline_spool::Generation;

use crate::ObjectName;
use crate::config::ConnectorConfig;
use crate::error::{Error, ErrorKind};
use crate::folder_path::FolderRegistry;
use crate::shard::{Fold, LaneState};

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
