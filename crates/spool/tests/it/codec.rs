//! Every record comes back as it was laid down, whatever its fields hold.
//! Long because every kind of record has its generator here, and one property asks them all.

use std::sync::Arc;

use bucketline_spool::*;
use bytes::Bytes;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

prop_compose! {
    fn lane()(id: [u8; 16], event_type in ".{0,12}", partition in partition(), hour: u32, schema: u32) -> Lane {
        Lane {
            generation: GenerationId::from_bytes(id),
            event_type: Arc::from(event_type),
            partition,
            hour: Hour::new(hour),
            schema,
        }
    }
}

fn partition() -> impl Strategy<Value = PartitionId> {
    any::<u32>().prop_map(PartitionId::from_random)
}

fn lsn() -> impl Strategy<Value = Lsn> {
    any::<u64>().prop_map(Lsn::new)
}

fn time() -> impl Strategy<Value = SpoolTime> {
    any::<u64>().prop_map(SpoolTime::from_millis)
}

fn text() -> impl Strategy<Value = String> {
    ".{0,20}"
}

fn shared() -> impl Strategy<Value = Arc<str>> {
    text().prop_map(Arc::from)
}

fn sequence() -> impl Strategy<Value = Sequence> {
    prop_oneof![
        any::<(u64, u64, u64)>().prop_map(|(start, end, line)| Sequence::Offset { start, end, line }),
        any::<[u8; 16]>().prop_map(Sequence::Key),
    ]
}

fn proof() -> impl Strategy<Value = ContentProof> {
    any::<(u64, u64, [u8; 32])>().prop_map(|(from, to, sha256)| ContentProof { from, to, sha256 })
}

prop_compose! {
    fn schema()(event_type in text(), schema: u32, fingerprint: [u8; 32], text in text()) -> Schema {
        Schema { event_type, schema, fingerprint, text }
    }
}

fn source() -> impl Strategy<Value = SourceId> {
    any::<[u8; 16]>().prop_map(SourceId::from_bytes)
}

prop_compose! {
    fn generation()(id: [u8; 16], counter: u64, texts in vec(text(), 12)) -> Generation {
        let mut texts = texts.into_iter();
        let mut text = || texts.next().unwrap();
        Generation {
            id: GenerationId::from_bytes(id),
            counter,
            connector: text(),
            workspace: text(),
            grant: text(),
            bucket: text(),
            endpoint: text(),
            folder: text(),
            cluster: text(),
            zone: text(),
            format: text(),
            codec: text(),
            encryption: text(),
            transforms: text(),
        }
    }
}

prop_compose! {
    fn seal()(lane in lane(), range: (u64, u64, u64), texts: [String; 3], encoder_version: u32, digest: [u8; 32],
        bytes: u64, algorithm: u8, sum in vec(any::<u8>(), 0..33),
    ) -> Seal {
        let [key, format, codec] = texts;
        let checksum = ObjectChecksum { algorithm, sum };
        Seal { lane, first: range.0, last: range.1, count: range.2, key, format, codec, encoder_version, digest, bytes, checksum }
    }
}

prop_compose! {
    fn commit()(
        lane in lane(),
        range: (u64, u64, u64, u64),
        texts: [Option<String>; 3],
        learnt in prop_oneof![
            Just(Learnt::Answered), Just(Learnt::Verified), Just(Learnt::Adopted), Just(Learnt::Resolved)
        ],
        encryption in text(),
        flags: (bool, bool),
        digest: Option<[u8; 32]>,
    ) -> Commit {
        let [etag, version_id, checksum] = texts;
        Commit {
            lane,
            first: range.0,
            last: range.1,
            count: range.2,
            bytes: range.3,
            etag,
            version_id,
            checksum,
            learnt,
            encryption,
            encrypted_as_asked: flags.0,
            after_unknown: flags.1,
            digest,
        }
    }
}

prop_compose! {
    fn dropped()(
        lane in lane(),
        range: (u64, u64, u64, u64),
        times in (time(), time()),
        reason in prop_oneof![
            Just(DropReason::Retention), Just(DropReason::Quota), Just(DropReason::Removed),
            Just(DropReason::Operator), Just(DropReason::Damaged)
        ],
        known: bool,
        seal in option::of(seal()),
    ) -> Drop {
        Drop {
            lane,
            first: range.0,
            last: range.1,
            count: range.2,
            bytes: range.3,
            oldest: times.0,
            newest: times.1,
            reason,
            known,
            seal,
        }
    }
}

fn parts() -> impl Strategy<Value = Vec<SettledPart>> {
    let part = any::<(u64, u64, u64, bool)>();
    vec(
        part.prop_map(|(first, last, count, delivered)| SettledPart {
            first,
            last,
            count,
            delivered,
        }),
        0..4,
    )
}

fn counts() -> impl Strategy<Value = WorkspaceCounts> {
    (shared(), any::<[u64; 4]>()).prop_map(|(workspace, [received, accepted, duplicate, rejected])| {
        WorkspaceCounts {
            workspace,
            received,
            accepted,
            duplicate,
            rejected,
        }
    })
}

fn body() -> impl Strategy<Value = Body> {
    (any::<bool>(), vec(any::<u8>(), 0..40)).prop_map(|(avro, bytes)| Body {
        encoding: if avro { Encoding::Avro } else { Encoding::Json },
        bytes: Bytes::from(bytes),
    })
}

prop_compose! {
    /// Batches whose indexes all name something.
    fn events()(
        partition in partition(),
        first in 0..u64::MAX / 2,
        place in (source(), sequence(), any::<u32>(), option::of(time())),
        counts in vec(counts(), 0..3),
        generations in vec(any::<[u8; 16]>(), 1..4),
        event_types in vec(shared(), 1..4),
        routings in vec(vec((any::<u16>(), 0_u8..3), 0..3), 1..4),
        events in vec((any::<(u16, u32, u16)>(), body(), vec(body(), 2..4)), 0..12),
        gaps in option::of(vec(1_u32..1_000, 12)),
        proof in option::of(proof().prop_map(Box::new)),
    ) -> Events {
        let index = |number: u16, table: usize| number % u16::try_from(table).unwrap();
        let mut next = 0;
        Events {
            partition,
            first,
            source: place.0,
            sequence: place.1,
            hour: Hour::new(place.2),
            admitted: place.3,
            counts,
            offsets: gaps.into_iter().flatten().take(events.len()).map(|gap| { next += gap; next }).collect(),
            events: events
                .into_iter()
                .map(|((event_type, schema, routing), body, others)| StoredEvent {
                    event_type: index(event_type, event_types.len()),
                    schema,
                    routing: index(routing, routings.len()),
                    body,
                    others,
                })
                .collect(),
            routings: routings
                .into_iter()
                .map(|set| set.into_iter().map(|(g, body)| Route { generation: index(g, generations.len()), body }).collect())
                .collect(),
            generations: generations.into_iter().map(GenerationId::from_bytes).collect(),
            event_types,
            proof,
        }
    }
}

prop_compose! {
    fn rejects()(
        place in (source(), sequence(), text()),
        lines in vec((any::<(u64, u64)>(), option::of(text()), text(), text(), option::of(text())), 0..5),
    ) -> Rejects {
        let line = |((number, offset), workspace, reason, path, text): ((_, _), _, _, _, Option<String>)| {
            RejectedLine { number, offset, workspace, reason, path, text: text.map(Bytes::from) }
        };
        Rejects { source: place.0, sequence: place.1, input: place.2, lines: lines.into_iter().map(line).collect() }
    }
}

prop_compose! {
    fn carry()(
        before in lsn(),
        counted in (vec(counts(), 0..3), vec((shared(), shared(), any::<[u64; 3]>()), 0..3)),
        partitions in vec((partition(), any::<u64>()), 0..3),
        held in (
            vec(generation(), 0..2),
            vec((lane(), any::<(u64, u64, bool)>(), any::<(u64, u64)>(), time(), held_runs()), 0..3),
            vec(seal(), 0..2),
            vec(dropped(), 0..2),
        ),
        known in vec((source(), sequence(), vec(proof(), 0..2)), 0..3),
        retired in vec(text(), 0..3),
        restored: bool,
        schemas in vec(schema(), 0..2),
        (connectors, frames, hour, unreadable, rejects, given_up) in carried(),
    ) -> Carry {
        let totals = |(connector, event_type, counts): (Arc<str>, Arc<str>, [u64; 3])| { let [admitted, delivered, dropped] = counts; Totals {
            connector, event_type, admitted, delivered, dropped }
        };
        let lane = |(lane, (frontier, settled_to, unknown), (events, bytes), oldest, (held_from, stored_under, unknown_through, held))| LaneCarry {
            lane, frontier, settled_to, unknown, events, bytes, oldest, held_from, stored_under, unknown_through, held,
        };
        Carry {
            before,
            workspaces: counted.0,
            totals: counted.1.into_iter().map(totals).collect(),
            partitions: partitions.into_iter().map(|(partition, next)| PartitionCarry { partition, next }).collect(),
            generations: held.0,
            lanes: held.1.into_iter().map(lane).collect(),
            seals: held.2,
            drops: held.3,
            known: known.into_iter().map(|(source, sequence, proofs)| Known { source, sequence, proofs, time: SpoolTime::from_millis(before.get()) }).collect(),
            retired,
            restored,
            schemas,
            connectors,
            frames,
            hour,
            unreadable,
            rejects,
            given_up,
        }
    }
}

/// Where a lane's events stand.
fn held_runs() -> impl Strategy<Value = (Lsn, GenerationId, Option<Position>, Vec<HeldRun>)> {
    let run = (
        lsn(),
        any::<(u64, u64, u32, u32)>(),
        option::of(any::<u32>()),
        any::<u8>(),
    )
        .prop_map(|(frame, (first, last, count, bytes), group, body)| HeldRun {
            frame,
            first,
            last,
            count,
            bytes,
            group,
            body,
        });
    let generation = any::<[u8; 16]>().prop_map(GenerationId::from_bytes);
    (lsn(), generation, option::of(any::<u64>()), vec(run, 0..3))
}

type Carried = (
    Vec<ConnectorCarry>,
    Vec<HeldFrame>,
    u32,
    UnreadableCarry,
    Vec<Lsn>,
    Vec<GivenUpCarry>,
);

fn carried() -> impl Strategy<Value = Carried> {
    let connector =
        (shared(), any::<u64>(), option::of(text())).prop_map(|(connector, objects, misencrypted)| {
            ConnectorCarry {
                connector,
                objects,
                misencrypted,
            }
        });
    let frame = (lsn(), time()).prop_map(|(frame, admitted)| HeldFrame { frame, admitted });
    let unreadable =
        any::<(u64, u64, u64, bool)>().prop_map(|(stretches, bytes, events, more_events_possible)| {
            UnreadableCarry {
                stretches,
                bytes,
                events,
                more_events_possible,
            }
        });
    (
        vec(connector, 0..3),
        vec(frame, 0..3),
        any::<u32>(),
        unreadable,
        vec(lsn(), 0..3),
        vec(given_up(), 0..3),
    )
}

fn given_up() -> impl Strategy<Value = GivenUpCarry> {
    let reasons = prop::sample::select(vec![DropReason::Retention, DropReason::Quota]);
    (shared(), shared(), reasons, any::<(bool, u64, u64, u32, u32)>()).prop_map(
        |(connector, event_type, reason, (known, count, bytes, oldest, newest))| GivenUpCarry {
            connector,
            event_type,
            reason,
            known,
            count,
            bytes,
            oldest: Hour::new(oldest),
            newest: Hour::new(newest),
        },
    )
}

fn others() -> impl Strategy<Value = Record> {
    let range = any::<(u64, u64, u64, u64)>();
    let resolution = prop_oneof![
        Just(Resolution::Verified),
        Just(Resolution::Delivered),
        Just(Resolution::Dropped),
        Just(Resolution::Reissued),
    ];
    let point = || {
        option::of(
            (partition(), any::<u64>())
                .prop_map(|(partition, position)| PartitionPoint { partition, position }),
        )
    };
    let moved = (lsn(), lsn(), partition(), any::<[u64; 3]>()).prop_map(
        |(from, to, partition, [first, last, count])| MovedRange {
            from,
            to,
            partition,
            first,
            last,
            count,
        },
    );
    prop_oneof![
        partition().prop_map(|partition| Opened { partition }.into()),
        (lane(), range, parts(), any::<[Option<String>; 2]>()).prop_map(|(lane, range, parts, texts)| {
            let [etag, version_id] = texts;
            Settle {
                lane,
                first: range.0,
                last: range.1,
                parts,
                frontier: range.2,
                etag,
                version_id,
            }
            .into()
        }),
        vec(moved, 0..4).prop_map(|ranges| Moved { ranges }.into()),
        (lane(), range, any::<[u8; 16]>(), partition(), option::of(time())).prop_map(
            |(lane, range, to, partition, seen_absent)| {
                let to = GenerationId::from_bytes(to);
                Retarget {
                    lane,
                    first: range.0,
                    last: range.1,
                    count: range.2,
                    to,
                    partition,
                    new_first: range.3,
                    seen_absent,
                }
                .into()
            }
        ),
        text().prop_map(|connector| Retired { connector }.into()),
        text().prop_map(|note| Restored { note }.into()),
        schema().prop_map(Record::from),
        (
            lane(),
            range,
            resolution,
            parts(),
            option::of(text()),
            (text(), text())
        )
            .prop_map(|(lane, range, resolution, parts, etag, (key, note))| {
                let (first, last, frontier) = (range.0, range.1, range.2);
                Resolved {
                    lane,
                    first,
                    last,
                    resolution,
                    parts,
                    frontier,
                    key,
                    etag,
                    note,
                }
                .into()
            }),
        (lsn(), lsn(), point(), point(), vec(any::<u8>(), 0..4), text()).prop_map(
            |(first, end, before, after, kinds, kept)| Gap {
                first,
                end,
                before,
                after,
                kinds,
                kept
            }
            .into()
        ),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    prop_oneof![
        1 => generation().prop_map(Record::from),
        3 => events().prop_map(Record::from),
        1 => rejects().prop_map(Record::from),
        1 => seal().prop_map(Record::from),
        1 => commit().prop_map(Record::from),
        1 => dropped().prop_map(Record::from),
        1 => carry().prop_map(Record::from),
        4 => others(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_is_read_as_it_was_laid_down(records in vec(record(), 1..4), millis: u64) {
        let options = OpenOptions::write().reserve_bytes(0);
        let disk = Arc::new(SimDisk::new(0));
        let (mut spool, _) = Spool::open(disk, "spool", options).unwrap();
        let time = SpoolTime::from_millis(millis);
        let groups: Vec<Group> = records.iter().cloned().map(Group::from).collect();
        let places = spool.append(&groups, time).unwrap();
        for (place, record) in places.iter().zip(records) {
            prop_assert_eq!(spool.read_at(place.first).unwrap(), Frame::new(place.first, time, record));
        }
    }

    #[test]
    fn the_positions_of_a_batch_end_where_they_say(events in events()) {
        let positions: Vec<Position> = events.iter().map(|(position, _)| position).collect();
        prop_assert!(positions.is_sorted_by(|a, b| a < b));
        prop_assert_eq!(positions.last().map_or(events.first, |last| last + 1), events.end());
        for (_, event) in events.iter() {
            prop_assert!(events.routes(event).iter().all(|route| event.body_of(*route).is_some()));
        }
    }
}

#[test]
fn bodies_that_are_read_share_the_memory_of_their_frame() {
    let disk = Arc::new(SimDisk::new(0));
    let (mut spool, _) = Spool::open(disk, "spool", OpenOptions::write().reserve_bytes(0)).unwrap();
    spool
        .append(&[crate::records::batch(0, 50, 100, 1).into()], SpoolTime::ZERO)
        .unwrap();
    let Record::Events(events) = spool.read_at(Lsn::ZERO).unwrap().record else {
        panic!("a batch was written");
    };
    let starts: Vec<usize> = events
        .events
        .iter()
        .map(|event| event.body.bytes.as_ptr() as usize)
        .collect();
    for (index, start) in starts.iter().enumerate() {
        assert_eq!(*start, starts[0] + index * (100 + 14), "one copy, in one piece");
    }
}
