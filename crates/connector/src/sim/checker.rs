//! Looks at the store and the logs when all is over, and says what is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::ObjectName;
use bucketline_format::ocf;
use bucketline_sink::ObjectKey;
use bucketline_spool::{Log, Lsn, OpenOptions, Record, SimDisk, Spool};

use super::given_up::Fate;
use super::replica::{DIR, elsewhere};
use super::store::Stored;
use super::world::{World, source};

/// What is wrong, if anything is.
pub(super) fn check(world: &mut World) -> Option<String> {
    overwritten(world)
        .or_else(|| ranges(world))
        .or_else(|| written_again(world))
        .or_else(|| events(world))
        .or_else(|| ledgers(world))
}

/// The keys of all seals that a disk holds.
pub(super) fn seals(disk: &SimDisk) -> Vec<String> {
    let keys = records(disk).into_iter().flat_map(|record| match record {
        Record::Seal(seal) => vec![seal.key],
        Record::Carry(carry) => carry.seals.into_iter().map(|seal| seal.key).collect(),
        _ => Vec::new(),
    });
    keys.collect()
}

/// All that the log on a disk says.
pub(super) fn records(disk: &SimDisk) -> Vec<Record> {
    let options = OpenOptions::write().segment_bytes(4_096).reserve_bytes(0);
    let (mut log, _) = Spool::open(Arc::new(disk.fork(1)), Path::new(DIR), options).unwrap();
    let mut records = Vec::new();
    log.read(Lsn::ZERO, &mut |frame| {
        records.push(frame.record);
        ControlFlow::Continue(())
    })
    .unwrap();
    records
}

fn overwritten(world: &World) -> Option<String> {
    world
        .store
        .overwritten
        .first()
        .map(|key| format!("`{key}` was overwritten"))
}

/// A lane, as a key names it, without folder and zone: one that moved goes on at its new destination where it was at the old one.
pub(super) fn lane_of(key: &ObjectKey) -> Option<String> {
    let name: ObjectName = key.as_str().parse().ok()?;
    Some(format!(
        "{} {} {} {} {}",
        name.connector, name.event_type, name.hour, name.schema, name.partition
    ))
}

/// The objects of a lane follow one another without gap or overlap.
fn ranges(world: &World) -> Option<String> {
    let mut lanes: BTreeMap<String, Vec<(u64, u64)>> = BTreeMap::new();
    for (key, stored) in all(world) {
        let Some(lane) = lane_of(key) else {
            return Some(format!("`{key}` is not the key of an object"));
        };
        let number = |name: &str| {
            stored
                .metadata
                .get(name)
                .and_then(|text| text.parse::<u64>().ok())
        };
        let (Some(first), Some(last)) = (number("bl-first"), number("bl-last")) else {
            return Some(format!("`{key}` does not say what it holds"));
        };
        let named = key.as_str().parse::<ObjectName>().map(|name| name.first);
        if named != Ok(first) {
            return Some(format!("`{key}` begins at {first}"));
        }
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

/// What the bucket has, and what the customer took out of it and is not there again.
fn all(world: &World) -> impl Iterator<Item = (&ObjectKey, &Stored)> {
    let taken = world.store.taken_away.iter().map(|(key, stored)| (key, stored));
    let mut seen = BTreeSet::new();
    let taken = taken.filter(move |(key, _)| !world.store.objects.contains_key(*key) && seen.insert(*key));
    world.store.objects.iter().chain(taken)
}

/// What was taken away and is there again was written after an attempt of unknown outcome, and says so.
/// A copy knows nothing of what the other one tried.
fn written_again(world: &World) -> Option<String> {
    if world.replicas.len() > 1 {
        return None;
    }
    // Where it was given up meanwhile, since it was not there, its key is the next object's.
    let again = |(key, stored): &&(ObjectKey, Stored)| world.store.objects.get(key) == Some(stored);
    let mut again = world.store.taken_away.iter().filter(again);
    again
        .find(|(key, _)| !world.flagged.contains(key.as_str()))
        .map(|(key, _)| format!("`{key}` was written again, and nothing says that it may have been"))
}

/// Every event that a source was read past is in exactly one object of each connector that takes it, and no event is anywhere else.
fn events(world: &World) -> Option<String> {
    // Under which keys: one that was taken away and written again holds its events once.
    let mut found: BTreeMap<(String, u64), BTreeSet<&ObjectKey>> = BTreeMap::new();
    let taken = world.store.taken_away.iter().map(|(key, stored)| (key, stored));
    for (key, stored) in world.store.objects.iter().chain(taken) {
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
            let mut zones = event
                .offered
                .iter()
                .filter_map(|offered| offered.get(&connector.id));
            let moved = world.moves();
            if !moved && !zones.any(|zone| *zone == name.zone.as_str()) {
                return Some(format!(
                    "event {id} is in `{key}`, of a zone that was not configured when it was accepted"
                ));
            }
            found
                .entry((connector.id.to_string(), id))
                .or_default()
                .insert(key);
        }
    }
    let read_past = read_past(world);
    for (id, event) in &world.events {
        for connector in &world.installation.connectors {
            let takes =
                connector.workspace.as_str() == event.workspace && connector.events.matches(event.event_type);
            let times = found
                .get(&(connector.id.to_string(), *id))
                .map_or(0, BTreeSet::len);
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
                .all(|offered| offered.contains_key(&connector.id));
            let ever = event
                .offered
                .iter()
                .any(|offered| offered.contains_key(&connector.id));
            if times > 0 && !ever {
                return Some(format!(
                    "event {id} is in the folder of {}, which was not configured",
                    connector.id
                ));
            }
            let alone = world.replicas.len() == 1;
            let fate = world.given_up.fate(connector.id.as_str(), *id).filter(|_| alone);
            // What the customer takes away too early is looked for in vain.
            let wrong = match fate {
                Some(Fate::NotDelivered) => times > 0,
                Some(Fate::NotThere) => times > 0 && !world.deletes(),
                Some(Fate::Found) => times == 0,
                Some(Fate::InDoubt) => !world.moves(),
                None => false,
            };
            if wrong {
                return Some(format!(
                    "event {id} was given up for {} ({fate:?}), and is {times} times in its folder",
                    connector.id
                ));
            }
            let given_up = world.given_up.may_be(connector.id.as_str(), *id);
            let wanted = event.acknowledged || read_past.contains(id);
            let stuck = !alone && conflicts(world, connector.id.as_str());
            if takes && always && wanted && times == 0 && !given_up && !stuck {
                return Some(format!(
                    "event {id} was accepted, or skipped, and is not in the folder of {}",
                    connector.id
                ));
            }
        }
    }
    None
}

/// Whether a lane of a connector is stopped: two copies, of which one has given up what the other delivered, cannot agree, and one holds
/// on to its events until somebody looks.
fn conflicts(world: &World, connector: &str) -> bool {
    let up = world.replicas.iter().filter_map(|replica| replica.up.as_ref());
    let status = up.flat_map(|process| process.engine.status(process.time(world.now)));
    let mut of = status.filter(|status| status.id == connector);
    of.any(|status| !status.conflicts.is_empty())
}

/// The events of all batches that lie before where their source stands, acknowledged or not: nobody will read them again.
fn read_past(world: &World) -> BTreeSet<u64> {
    let mut past = BTreeSet::new();
    for (place, replica) in world.replicas.iter().enumerate() {
        let process = replica.up.as_ref();
        let stands = process.and_then(|process| process.engine.resume_point(&source(place)));
        let batches = stands.map_or(0, |point| usize::try_from(point.end).unwrap());
        past.extend(replica.input.iter().take(batches).flatten());
    }
    past
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
        let dropped: u64 = ledger.connectors().map(|(_, _, events)| events.dropped).sum();
        let (least, most) = world.given_up.counts();
        if world.replicas.len() == 1 && !(least..=most).contains(&dropped) {
            return Some(format!(
                "{dropped} events were given up, and not {least} to {most}"
            ));
        }
        let pending: u64 = ledger.connectors().map(|(_, _, events)| events.pending()).sum();
        if world.replicas.len() == 1 && pending > 0 {
            let status = process.engine.status(process.time(u64::MAX >> 20));
            return Some(format!("{pending} events are still held: {status:?}"));
        }
    }
    None
}
