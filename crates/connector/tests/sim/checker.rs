//! Looks at the store and the logs when all is over, and says what is wrong.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use bucketline_connector::ObjectName;
use bucketline_format::ocf;
use bucketline_spool::{Log, Lsn, OpenOptions, Record, SimDisk, Spool};

use crate::replica::{DIR, elsewhere};
use crate::world::World;

/// What is wrong, if anything is.
pub(crate) fn check(world: &mut World) -> Option<String> {
    overwritten(world)
        .or_else(|| ranges(world))
        .or_else(|| events(world))
        .or_else(|| ledgers(world))
}

/// The keys of all seals that a disk holds.
pub(crate) fn seals(disk: &SimDisk) -> Vec<String> {
    let options = OpenOptions::write().segment_bytes(4_096).reserve_bytes(0);
    let (mut log, _) = Spool::open(Arc::new(disk.clone()), Path::new(DIR), options).unwrap();
    let mut keys = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        if let Record::Seal(seal) = frame.record {
            keys.push(seal.key);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    keys
}

fn overwritten(world: &World) -> Option<String> {
    world
        .store
        .overwritten
        .first()
        .map(|key| format!("`{key}` was overwritten"))
}

/// The objects of a lane follow one another without gap or overlap.
fn ranges(world: &World) -> Option<String> {
    let mut lanes: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for (key, stored) in &world.store.objects {
        let Ok(name) = key.as_str().parse::<ObjectName>() else {
            return Some(format!("`{key}` is not the key of an object"));
        };
        // Without folder and zone: a lane that moved goes on at its new destination where it was at the old one.
        let lane = format!(
            "{} {} {} {} {}",
            name.connector, name.event_type, name.hour, name.schema, name.partition
        );
        let number = |name: &str| {
            stored
                .metadata
                .get(name)
                .and_then(|text| text.parse::<u64>().ok())
        };
        let (Some(first), Some(last)) = (number("bl-first"), number("bl-last")) else {
            return Some(format!("`{key}` does not say what it holds"));
        };
        lanes.entry(lane).or_default().push((first, last));
    }
    for (lane, mut ranges) in lanes {
        ranges.sort_unstable();
        for pair in ranges.windows(2) {
            if let [(_, last), (first, _)] = pair
                && *first != last + 1
            {
                return Some(format!("the objects of `{lane}` do not tile: {ranges:?}"));
            }
        }
    }
    None
}

/// Every acknowledged event is in exactly one object of each connector that takes it, and no event is anywhere else.
fn events(world: &World) -> Option<String> {
    let mut found: BTreeMap<(String, u64), usize> = BTreeMap::new();
    for (key, stored) in &world.store.objects {
        let name: ObjectName = match key.as_str().parse() {
            Ok(name) => name,
            Err(error) => return Some(format!("`{key}`: {error}")),
        };
        let connectors = &world.installation.connectors;
        let Some(connector) = connectors.iter().find(|connector| connector.id == name.connector) else {
            return Some(format!("`{key}` belongs to nobody"));
        };
        let mut moved = connector.clone();
        elsewhere(&mut moved);
        let folders = [&connector.destination, &moved.destination].map(|destination| destination.folder());
        if !folders.iter().any(|folder| folder.contains_key(key.as_str())) {
            return Some(format!("`{key}` lies outside its folder"));
        }
        let Ok(reader) = ocf::Reader::new(&stored.payload) else {
            return Some(format!("`{key}` cannot be read"));
        };
        for datum in reader {
            let Some(id) = datum
                .ok()
                .and_then(|datum| std::str::from_utf8(datum.get(1..)?).ok()?.parse().ok())
            else {
                return Some(format!("`{key}` holds something that is no event"));
            };
            let Some(event) = world.events.get(&id) else {
                return Some(format!("event {id} was never submitted"));
            };
            let subscribed = event.workspace == connector.workspace.as_str()
                && event.event_type == name.event_type.as_str()
                && connector.events.matches(event.event_type);
            if !subscribed {
                return Some(format!("event {id} is in `{key}`, where nobody asked for it"));
            }
            *found.entry((connector.id.to_string(), id)).or_default() += 1;
        }
    }
    for (id, event) in &world.events {
        for connector in &world.installation.connectors {
            let takes =
                connector.workspace.as_str() == event.workspace && connector.events.matches(event.event_type);
            let times = found.get(&(connector.id.to_string(), *id)).copied().unwrap_or(0);
            if times > 1 {
                return Some(format!(
                    "event {id} is {times} times in the folder of {}",
                    connector.id
                ));
            }
            // A repeat may have found other connectors; which of them counted depends on where the crash was.
            let always = event
                .offered
                .iter()
                .all(|offered| offered.contains(&connector.id));
            let ever = event
                .offered
                .iter()
                .any(|offered| offered.contains(&connector.id));
            if times > 0 && !ever {
                return Some(format!(
                    "event {id} is in the folder of {}, which was not configured",
                    connector.id
                ));
            }
            if takes && always && event.acknowledged && times == 0 {
                return Some(format!(
                    "event {id} was accepted and is not in the folder of {}",
                    connector.id
                ));
            }
        }
    }
    None
}

/// The counts balance, and recounting them from the log gives the same. One log without copies holds nothing any more.
fn ledgers(world: &World) -> Option<String> {
    for (place, replica) in world.replicas.iter().enumerate() {
        let Some(process) = &replica.up else {
            return Some(format!("{place} is not up"));
        };
        let ledger = process.engine.ledger();
        if !ledger.balances() {
            return Some(format!("the counts of {place} do not balance: {ledger:?}"));
        }
        match replica.recount(&world.installation) {
            Ok(recounted) if recounted == ledger => {}
            Ok(recounted) => {
                return Some(format!(
                    "{place} counted {ledger:?}, and its log says {recounted:?}"
                ));
            }
            Err(error) => return Some(format!("the log of {place} cannot be recounted: {error}")),
        }
        let pending: u64 = ledger.connectors().map(|(_, _, events)| events.pending()).sum();
        if world.replicas.len() == 1 && pending > 0 {
            let status = process.engine.status(process.time(u64::MAX >> 20));
            return Some(format!("{pending} events are still held: {status:?}"));
        }
    }
    None
}
