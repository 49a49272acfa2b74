//! The fold takes what records say and refuses what contradicts them.
//! Long because every kind of record is asked of one lane, made by the same few functions.

use super::*;
use bucketline_spool::{
    Body, Commit, Drop, Encoding, Hour, Learnt, ObjectChecksum, Opened, Retarget, Retired, Route, Seal,
    Sequence, SourceId, StoredEvent, WorkspaceCounts,
};
use bytes::Bytes;

const GENERATION: GenerationId = GenerationId::from_bytes([7; 16]);

fn lane() -> Lane {
    Lane {
        generation: GENERATION,
        event_type: "mail.Open".into(),
        partition: PartitionId::from_random(1),
        hour: Hour::new(5),
        schema: 3,
    }
}

fn generation() -> Generation {
    Generation {
        id: GENERATION,
        counter: 0,
        connector: "1".repeat(24),
        workspace: "acme".to_owned(),
        grant: String::new(),
        bucket: "b".to_owned(),
        endpoint: String::new(),
        folder: "f".to_owned(),
        cluster: "c".to_owned(),
        zone: "z".to_owned(),
        format: "avro".to_owned(),
        codec: "null".to_owned(),
        encryption: "none".to_owned(),
        transforms: String::new(),
    }
}

/// `count` events from position `first` on.
fn events(first: Position, count: u64) -> Events {
    let event = StoredEvent {
        event_type: 0,
        schema: 3,
        routing: 0,
        body: Body {
            encoding: Encoding::Avro,
            bytes: Bytes::from_static(b"1234567890"),
        },
        others: Vec::new(),
    };
    Events {
        partition: PartitionId::from_random(1),
        first,
        source: SourceId::from_bytes([1; 16]),
        sequence: Sequence::Offset {
            start: first,
            end: first + count,
            line: first + count,
        },
        hour: Hour::new(5),
        admitted: None,
        counts: vec![WorkspaceCounts {
            workspace: "acme".into(),
            received: count,
            accepted: count,
            ..WorkspaceCounts::default()
        }],
        generations: vec![GENERATION],
        event_types: vec!["mail.Open".into()],
        routings: vec![vec![Route {
            generation: 0,
            body: 0,
        }]],
        offsets: Vec::new(),
        events: (0..count).map(|_| event.clone()).collect(),
        proof: None,
    }
}

fn seal(first: Position, last: Position) -> Seal {
    Seal {
        lane: lane(),
        first,
        last,
        count: last - first + 1,
        key: format!("key-{first}"),
        format: "avro".to_owned(),
        codec: "null".to_owned(),
        encoder_version: 1,
        digest: [0; 32],
        bytes: 0,
        checksum: ObjectChecksum {
            algorithm: ObjectChecksum::SHA_256,
            sum: vec![0; 32],
        },
    }
}

fn commit(first: Position, last: Position) -> Commit {
    Commit {
        lane: lane(),
        first,
        last,
        count: last - first + 1,
        bytes: 0,
        etag: None,
        version_id: None,
        checksum: None,
        learnt: Learnt::Answered,
        encryption: String::new(),
        encrypted_as_asked: true,
        after_unknown: false,
        digest: None,
    }
}

/// Folds records, each at a place of its own; the last one's outcome.
fn fold(records: impl IntoIterator<Item = Record>) -> (Fold, Result<(), Error>) {
    let mut fold = Fold::new(1_000_000);
    let opened = Opened {
        partition: PartitionId::from_random(1),
    };
    let mut result = Ok(());
    for (lsn, record) in (0..).zip([opened.into(), generation().into()].into_iter().chain(records)) {
        assert!(result.is_ok(), "only the last one may fail: {result:?}");
        result = fold.apply(Lsn::new(lsn), SpoolTime::ZERO, record);
    }
    (fold, result)
}

fn only(fold: &Fold) -> &LaneState {
    assert_eq!(fold.lanes.len(), 1);
    fold.lanes.values().next().unwrap()
}

fn contradicts(records: impl IntoIterator<Item = Record>) {
    assert_eq!(fold(records).1.unwrap_err().kind(), ErrorKind::Contradiction);
}

#[test]
fn a_delivered_range_leaves_the_lane_and_moves_its_frontier() {
    let (fold, result) = fold([events(4, 6).into(), seal(4, 7).into(), commit(4, 7).into()]);
    result.unwrap();
    let state = only(&fold);
    assert_eq!((state.frontier, state.events, state.bytes), (8, 2, 20));
    assert!(state.seal.is_none());
    let ledger = fold.ledger.connector(&"1".repeat(24));
    assert_eq!((ledger.admitted, ledger.delivered, ledger.pending()), (6, 4, 2));
    assert_eq!(fold.connectors[0].events_held, 2);
    assert!(
        fold.frames.hot(Lsn::new(2)).is_some(),
        "two of the batch are still held"
    );
}

#[test]
fn a_batch_that_nobody_holds_is_forgotten() {
    let (fold, result) = fold([events(0, 3).into(), seal(0, 2).into(), commit(0, 2).into()]);
    result.unwrap();
    assert!(fold.frames.hot(Lsn::new(2)).is_none());
}

#[test]
fn the_rest_of_an_adopted_range_stays_in_doubt_if_its_outcome_was_unknown() {
    for unknown in [true, false] {
        let adopted = Commit {
            after_unknown: unknown,
            ..commit(0, 1)
        };
        let (fold, result) = fold([events(0, 6).into(), seal(0, 4).into(), adopted.into()]);
        result.unwrap();
        assert_eq!(only(&fold).front_is_unknown(), unknown);
        assert_eq!(only(&fold).frontier, 2);
    }
}

#[test]
fn two_unsettled_seals_of_a_lane_contradict() {
    contradicts([events(0, 6).into(), seal(0, 2).into(), seal(0, 3).into()]);
    contradicts([events(0, 6).into(), seal(0, 2).into(), seal(3, 4).into()]);
}

#[test]
fn a_seal_begins_at_the_frontier() {
    contradicts([events(0, 6).into(), seal(1, 2).into()]);
}

#[test]
fn a_commit_needs_its_seal_and_counts_what_is_held() {
    contradicts([events(0, 6).into(), commit(0, 2).into()]);
    contradicts([
        events(0, 6).into(),
        seal(0, 2).into(),
        Commit {
            count: 2,
            ..commit(0, 2)
        }
        .into(),
    ]);
    contradicts([
        events(0, 6).into(),
        seal(0, 2).into(),
        commit(0, 2).into(),
        commit(0, 2).into(),
    ]);
}

#[test]
fn a_position_is_used_once() {
    contradicts([events(0, 6).into(), events(5, 2).into()]);
}

#[test]
fn events_belong_to_the_newest_partition_and_a_known_generation() {
    let elsewhere = Events {
        partition: PartitionId::from_random(2),
        ..events(0, 1)
    };
    contradicts([elsewhere.into()]);
    let nowhere = Events {
        generations: vec![GenerationId::from_bytes([8; 16])],
        ..events(0, 1)
    };
    contradicts([nowhere.into()]);
    contradicts([Opened {
        partition: PartitionId::from_random(1),
    }
    .into()]);
    contradicts([generation().into()]);
}

#[test]
fn what_this_version_cannot_act_upon_is_left_to_a_newer_one() {
    let (_, result) = fold([Retired {
        connector: "1".repeat(24),
    }
    .into()]);
    assert_eq!(
        result.unwrap_err().kind(),
        ErrorKind::Spool(bucketline_spool::ErrorKind::NewerVersion)
    );
}

#[test]
fn memory_keeps_the_newest_batches() {
    let mut fold = Fold::new(500);
    let opened = Opened {
        partition: PartitionId::from_random(1),
    };
    fold.apply(Lsn::new(0), SpoolTime::ZERO, opened.into()).unwrap();
    fold.apply(Lsn::new(1), SpoolTime::ZERO, generation().into())
        .unwrap();
    for batch in 0..10 {
        fold.apply(Lsn::new(2 + batch), SpoolTime::ZERO, events(batch, 1).into())
            .unwrap();
    }
    let held: Vec<u64> = (2..12)
        .filter(|lsn| fold.frames.hot(Lsn::new(*lsn)).is_some())
        .collect();
    assert_eq!(held, [8, 9, 10, 11], "four batches of 106 bytes fit");
    assert_eq!(only(&fold).events, 10, "what is not in memory is still held");
}

#[test]
fn an_idle_lane_is_forgotten_once_no_event_can_come_into_it() {
    let delivered = [events(0, 3).into(), seal(0, 2).into(), commit(0, 2).into()];
    let (mut fold, result) = fold(delivered);
    result.unwrap();
    assert_eq!(fold.lanes.len(), 1, "its hour is not over");
    let next_hour = Events {
        hour: Hour::new(6),
        ..events(3, 2)
    };
    fold.apply(Lsn::new(9), SpoolTime::ZERO, next_hour.into())
        .unwrap();
    assert_eq!(only(&fold).key.hour, Hour::new(6));
    assert_eq!(fold.take_forgotten().len(), 1);

    let other = Opened {
        partition: PartitionId::from_random(2),
    };
    fold.apply(Lsn::new(10), SpoolTime::ZERO, other.into()).unwrap();
    assert_eq!(
        only(&fold).events,
        2,
        "what is held stays, in an older partition too"
    );
    let lane = only(&fold).key.clone();
    let last = Seal {
        lane: lane.clone(),
        ..seal(3, 4)
    };
    fold.apply(Lsn::new(11), SpoolTime::ZERO, last.into()).unwrap();
    let last = Commit { lane, ..commit(3, 4) };
    fold.apply(Lsn::new(12), SpoolTime::ZERO, last.into()).unwrap();
    assert!(fold.lanes.is_empty());
    assert_eq!(fold.connectors[0].lanes.len(), 0);
}

#[test]
fn a_lane_finds_its_events_in_every_group_of_a_batch_that_goes_its_way() {
    let second = GenerationId::from_bytes([8; 16]);
    let route = |generation, body| Route { generation, body };
    let mut batch = events(10, 6);
    batch.generations.push(second);
    // By turns: to the first alone, and to both, the second with a body of its own.
    batch.routings.push(vec![route(1, 1), route(0, 0)]);
    for (event, place) in batch.events.iter_mut().zip(0..) {
        if place % 2 == 1 {
            event.routing = 1;
            event.others.push(Body {
                encoding: Encoding::Avro,
                bytes: Bytes::from_static(b"123"),
            });
        }
    }
    let other = Generation {
        id: second,
        connector: "2".repeat(24),
        ..generation()
    };
    let (fold, result) = fold([other.into(), batch.into()]);
    result.unwrap();
    let held = |connector: usize| {
        let lane = fold.connectors[connector].lanes.first().unwrap();
        let state = &fold.lanes[lane];
        let run = state.front(9, 999)[0];
        let batch = fold.frames.hot(run.frame).unwrap();
        let events = batch.select(&state.key, run.place, run.first).unwrap();
        let events = events
            .iter()
            .map(|(position, body)| (*position, body.bytes.len()));
        (state.events, state.bytes, events.collect::<Vec<_>>())
    };
    let all = (10..16).map(|position| (position, 10)).collect();
    assert_eq!(held(0), (6, 60, all));
    assert_eq!(held(1), (3, 9, vec![(11, 3), (13, 3), (15, 3)]));
}

/// Another generation of the same connector.
fn moved() -> Generation {
    Generation {
        id: GenerationId::from_bytes([9; 16]),
        counter: 1,
        folder: "elsewhere".to_owned(),
        ..generation()
    }
}

fn retarget(first: Position, last: Position, count: u64) -> Retarget {
    Retarget {
        lane: lane(),
        first,
        last,
        count,
        to: moved().id,
        partition: lane().partition,
        new_first: first,
        seen_absent: None,
    }
}

#[test]
fn a_lane_is_given_to_another_generation_where_it_stands() {
    let (fold, result) = fold([
        events(0, 6).into(),
        seal(0, 2).into(),
        commit(0, 2).into(),
        moved().into(),
        retarget(3, 5, 3).into(),
    ]);
    result.unwrap();
    let state = only(&fold);
    assert_eq!(
        (state.key.generation, state.frontier, state.events),
        (moved().id, 3, 3)
    );
    let run = state.front(9, 999)[0];
    let batch = fold.frames.hot(run.frame).unwrap();
    let events = batch.select(&state.stored_key(), run.place, run.first).unwrap();
    assert_eq!(
        events.len(),
        3,
        "its events are found in the batch that names the old generation"
    );
    let counts = fold.ledger.connector(&"1".repeat(24));
    assert_eq!(
        (counts.admitted, counts.delivered, counts.pending()),
        (6, 3, 3),
        "counted once"
    );
}

#[test]
fn a_retarget_never_takes_what_may_exist_or_less_than_all() {
    let after = |records: Vec<Record>, retarget: Retarget| {
        contradicts(
            [events(0, 6).into(), moved().into()]
                .into_iter()
                .chain(records)
                .chain([retarget.into()]),
        );
    };
    after(vec![seal(0, 2).into()], retarget(0, 5, 6));
    after(vec![], retarget(0, 4, 5));
    after(vec![], retarget(0, 5, 5));
    let copied = Retarget {
        new_first: 7,
        seen_absent: None,
        ..retarget(0, 5, 6)
    };
    after(vec![], copied);
    contradicts([events(0, 6).into(), retarget(0, 5, 6).into()]);
}

/// A lane that holds events 0 to 4, sealed to 2.
fn sealed_to_2() -> Vec<Record> {
    vec![events(0, 5).into(), seal(0, 2).into()]
}

fn given_up(known: bool, seal: Option<Seal>, last: Position) -> Drop {
    Drop {
        lane: lane(),
        first: 0,
        last,
        count: last + 1,
        bytes: 10 * (last + 1),
        oldest: SpoolTime::ZERO,
        newest: SpoolTime::ZERO,
        reason: bucketline_spool::DropReason::Retention,
        known,
        seal,
    }
}

fn settle(delivered: bool, frontier: Position) -> bucketline_spool::Settle {
    bucketline_spool::Settle {
        lane: lane(),
        first: 0,
        last: 2,
        parts: vec![bucketline_spool::SettledPart {
            first: 0,
            last: 2,
            count: 3,
            delivered,
        }],
        frontier,
        etag: None,
        version_id: None,
    }
}

#[test]
fn what_is_given_up_in_doubt_stays_open_until_it_is_settled() {
    let doubted = || {
        let mut records = sealed_to_2();
        records.push(given_up(false, Some(seal(0, 2)), 2).into());
        records
    };
    let counts = |fold: &Fold| {
        let counts = fold.ledger.connector(&"1".repeat(24));
        assert!(fold.ledger.balances());
        (counts.delivered, counts.dropped, counts.pending)
    };
    let frontier = |fold: &Fold| fold.all_lanes().next().map(|lane| lane.frontier);
    let (fold, result) = fold(doubted());
    result.unwrap();
    assert_eq!((counts(&fold), frontier(&fold)), ((0, 3, 2), Some(0)));
    let again = Fold::from_carry(1_000, fold.to_carry(Lsn::new(9), Lsn::new(9)), None).unwrap();
    assert!(
        again.all_lanes().all(|lane| lane.in_doubt.is_some()),
        "a carry tells of it"
    );
    for (delivered, at, expected) in [(true, 3, (3, 0, 2)), (false, 0, (0, 3, 2))] {
        let mut records = doubted();
        records.push(settle(delivered, at).into());
        let (fold, result) = self::fold(records);
        result.unwrap();
        assert_eq!((counts(&fold), frontier(&fold)), (expected, Some(at)));
    }
}

#[test]
fn a_drop_or_a_settle_that_does_not_fit_is_a_contradiction() {
    let doubt: Record = given_up(false, Some(seal(0, 2)), 2).into();
    for (wrong, why) in [
        (
            vec![given_up(true, None, 2).into()],
            "what is sealed goes with its seal",
        ),
        (vec![given_up(false, Some(seal(0, 3)), 3).into()], "another seal"),
        (
            vec![doubt.clone(), seal(0, 4).into()],
            "a seal while something is in doubt",
        ),
        (vec![settle(true, 3).into()], "a settle without a drop"),
        (
            vec![doubt.clone(), settle(true, 0).into()],
            "a frontier that stays behind an object",
        ),
        (
            vec![doubt, settle(false, 3).into()],
            "a frontier that moves without an object",
        ),
    ] {
        let mut records = sealed_to_2();
        records.extend(wrong);
        let (_, result) = fold(records);
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Contradiction, "{why}");
    }
}

#[test]
fn the_end_of_a_lane_is_given_up_without_its_beginning() {
    let end = |first, last, count| {
        let mut drop = given_up(true, None, last);
        (drop.first, drop.count, drop.bytes) = (first, count, 10 * count);
        Record::from(drop)
    };
    let two = || vec![events(0, 3).into(), events(3, 2).into(), seal(0, 1).into()];
    let mut records = two();
    records.push(end(3, 4, 2));
    let (fold, result) = fold(records);
    result.unwrap();
    let lane = only(&fold);
    assert_eq!((lane.events, lane.last(), lane.frontier), (3, Some(2), 0));
    assert!(lane.seal.is_some(), "what is sealed stays");
    assert_eq!(fold.ledger.connector(&"1".repeat(24)).dropped, 2);
    for (wrong, why) in [
        (end(2, 4, 3), "half of a batch"),
        (end(3, 4, 1), "another number"),
        (end(1, 4, 4), "what is sealed"),
    ] {
        let mut records = two();
        records.push(wrong);
        let (_, result) = self::fold(records);
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Contradiction, "{why}");
    }
}
