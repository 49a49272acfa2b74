//! Records for tests: one of every kind, and batches of events.

use std::sync::Arc;

use bucketline_spool::*;
use bytes::Bytes;

/// A partition for tests.
pub(crate) fn partition(number: u32) -> PartitionId {
    PartitionId::new(number).unwrap()
}

/// A lane for tests.
pub(crate) fn lane() -> Lane {
    Lane {
        generation: GenerationId::from_bytes([7; 16]),
        event_type: Arc::from("users.messages.email.Open"),
        partition: partition(1_234_567),
        hour: Hour::new(498_738),
        schema: 42,
    }
}

fn offset(end: u64) -> Sequence {
    Sequence::Offset {
        start: end.saturating_sub(400),
        end,
        line: end / 10,
    }
}

/// A batch of `count` events of `size` bytes each.
pub(crate) fn batch(first: Position, count: usize, size: usize, end: u64) -> Events {
    let body = |index: usize| Body {
        encoding: Encoding::Avro,
        bytes: Bytes::from(vec![u8::try_from((first as usize + index) % 251).unwrap(); size]),
    };
    Events {
        partition: partition(1_234_567),
        first,
        source: SourceId::from_bytes([9; 16]),
        sequence: offset(end),
        hour: Hour::new(498_738),
        admitted: None,
        counts: vec![WorkspaceCounts {
            workspace: Arc::from("acme"),
            received: count as u64 + 1,
            accepted: count as u64,
            duplicate: 0,
            rejected: 1,
        }],
        generations: vec![GenerationId::from_bytes([7; 16])],
        event_types: vec![Arc::from("users.messages.email.Open")],
        routings: vec![vec![Route {
            generation: 0,
            body: 0,
        }]],
        offsets: Vec::new(),
        events: (0..count)
            .map(|index| StoredEvent {
                event_type: 0,
                schema: 42,
                routing: 0,
                body: body(index),
                others: vec![],
            })
            .collect(),
        proof: None,
    }
}

/// The rejects of the same batch.
pub(crate) fn rejects(end: u64) -> Rejects {
    Rejects {
        source: SourceId::from_bytes([9; 16]),
        sequence: offset(end),
        input: "events.ndjson".to_owned(),
        lines: vec![RejectedLine {
            number: 3,
            offset: 250,
            workspace: Some("acme".to_owned()),
            reason: "unknown_field".to_owned(),
            path: "event.colour".to_owned(),
            text: Some(Bytes::from_static(b"{\"colour\": 1}")),
        }],
    }
}

/// A seal of [`lane`].
pub(crate) fn seal() -> Seal {
    Seal {
        lane: lane(),
        first: 10,
        last: 29,
        count: 12,
        key: "currents/dataexport.prod-01.S3.integration.5f1e0c2ab7d94e00a1b2c3d4/x.avro".to_owned(),
        format: "avro".to_owned(),
        codec: "null".to_owned(),
        encoder_version: 1,
        digest: [3; 32],
        bytes: 6_000,
        checksum: ObjectChecksum {
            algorithm: ObjectChecksum::SHA_256,
            sum: vec![5; 32],
        },
    }
}

/// Events given up, with their seal.
pub(crate) fn dropped() -> Drop {
    Drop {
        lane: lane(),
        first: 10,
        last: 29,
        count: 12,
        bytes: 7_200,
        oldest: SpoolTime::from_millis(5),
        newest: SpoolTime::from_millis(6),
        reason: DropReason::Retention,
        known: false,
        seal: Some(seal()),
    }
}

/// A generation.
pub(crate) fn generation() -> Generation {
    Generation {
        id: GenerationId::from_bytes([7; 16]),
        counter: 1,
        connector: "5f1e0c2ab7d94e00a1b2c3d4".to_owned(),
        workspace: "acme".to_owned(),
        grant: "acme-key".to_owned(),
        bucket: "acme-events".to_owned(),
        endpoint: "https://s3.example.net".to_owned(),
        folder: "currents".to_owned(),
        cluster: "prod-01".to_owned(),
        zone: "a".to_owned(),
        format: "avro".to_owned(),
        codec: "null".to_owned(),
        encryption: "aes256".to_owned(),
        transforms: String::new(),
    }
}

fn proof() -> ContentProof {
    ContentProof {
        from: 0,
        to: 500,
        sha256: [2; 32],
    }
}

/// Sparse events with two bodies, as they stand in a cold log.
pub(crate) fn sparse() -> Events {
    let json = Body {
        encoding: Encoding::Json,
        bytes: Bytes::from_static(b"{\"id\":\"e\"}"),
    };
    let mut events = batch(40, 3, 8, 500);
    events.sequence = Sequence::Key([8; 16]);
    events.admitted = Some(SpoolTime::from_millis(77));
    events.counts = vec![];
    events.offsets = vec![0, 5, 1_000];
    events.proof = Some(Box::new(proof()));
    events.generations.push(GenerationId::from_bytes([6; 16]));
    events.routings.push(vec![
        Route {
            generation: 1,
            body: 1,
        },
        Route {
            generation: 0,
            body: 0,
        },
    ]);
    events.routings.push(vec![]);
    events.events[1].routing = 1;
    events.events[1].others = vec![json];
    events.events[2].routing = 2;
    events
}

fn schema() -> Schema {
    Schema {
        event_type: "users.messages.email.Open".to_owned(),
        schema: 42,
        fingerprint: [8; 32],
        text: r#"{"type": "record", "name": "Open", "fields": []}"#.to_owned(),
    }
}

/// One record of every kind, each field with something in it.
pub(crate) fn one_of_each() -> Vec<Record> {
    let part = SettledPart {
        first: 10,
        last: 20,
        count: 8,
        delivered: true,
    };
    vec![
        Opened {
            partition: partition(1_234_567),
        }
        .into(),
        generation().into(),
        batch(0, 2, 16, 400).into(),
        rejects(400).into(),
        sparse().into(),
        seal().into(),
        Commit {
            lane: lane(),
            first: 10,
            last: 29,
            count: 12,
            bytes: 6_000,
            etag: Some("\"9b2cf535f27731c974343645a3985328\"".to_owned()),
            version_id: Some("3sL4kqtJlcpXroDTDmJ".to_owned()),
            checksum: Some("sha256:AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=".to_owned()),
            learnt: Learnt::Adopted,
            encryption: "AES256".to_owned(),
            encrypted_as_asked: true,
            after_unknown: true,
            digest: Some([4; 32]),
        }
        .into(),
        dropped().into(),
        Settle {
            lane: lane(),
            first: 10,
            last: 29,
            parts: vec![
                part,
                SettledPart {
                    first: 21,
                    last: 29,
                    count: 4,
                    delivered: false,
                },
            ],
            frontier: 21,
            etag: Some("\"e\"".to_owned()),
            version_id: None,
        }
        .into(),
        Moved {
            ranges: vec![MovedRange {
                from: Lsn::new(4_096),
                to: Lsn::new(12),
                partition: partition(1_234_567),
                first: 0,
                last: 9,
                count: 4,
            }],
        }
        .into(),
        Retarget {
            lane: lane(),
            first: 30,
            last: 40,
            count: 5,
            to: GenerationId::from_bytes([6; 16]),
            partition: partition(7),
            new_first: 100,
            seen_absent: Some(SpoolTime::from_millis(1_200_000)),
        }
        .into(),
        Retired {
            connector: "5f1e0c2ab7d94e00a1b2c3d4".to_owned(),
        }
        .into(),
        Restored {
            note: "from last night's backup".to_owned(),
        }
        .into(),
        Resolved {
            lane: lane(),
            first: 10,
            last: 29,
            resolution: Resolution::Verified,
            parts: vec![part],
            frontier: 21,
            key: "currents/x.avro".to_owned(),
            etag: None,
            note: "two copies ran".to_owned(),
        }
        .into(),
        Gap {
            first: Lsn::new(100),
            end: Lsn::new(300),
            before: Some(PartitionPoint {
                partition: partition(7),
                position: 5,
            }),
            after: None,
            kinds: vec![3, 4],
            kept: "00000000000000000100-00000000000000000300.gap".to_owned(),
        }
        .into(),
        Carry {
            before: Lsn::new(4_096),
            workspaces: vec![WorkspaceCounts {
                workspace: Arc::from("acme"),
                received: 10,
                accepted: 6,
                duplicate: 3,
                rejected: 1,
            }],
            totals: vec![Totals {
                connector: Arc::from("5f1e0c2ab7d94e00a1b2c3d4"),
                event_type: Arc::from("users.messages.email.Open"),
                admitted: 6,
                delivered: 3,
                dropped: 2,
            }],
            partitions: vec![PartitionCarry {
                partition: partition(7),
                next: 105,
            }],
            generations: vec![generation()],
            lanes: vec![LaneCarry {
                lane: lane(),
                frontier: 21,
                settled_to: 30,
                unknown: true,
                events: 3,
                bytes: 1_800,
                oldest: SpoolTime::from_millis(77),
                held_from: Lsn::new(512),
                stored_under: GenerationId::from_bytes([8; 16]),
                unknown_through: Some(25),
                held: vec![HeldRun {
                    frame: Lsn::new(512),
                    first: 30,
                    last: 34,
                    count: 3,
                    bytes: 1_800,
                    group: Some(1),
                    body: 2,
                }],
            }],
            seals: vec![seal()],
            drops: vec![dropped()],
            known: vec![Known {
                source: SourceId::from_bytes([9; 16]),
                sequence: offset(7),
                proofs: vec![proof()],
                time: SpoolTime::from_millis(66),
            }],
            retired: vec!["a".repeat(24)],
            restored: true,
            schemas: vec![schema()],
            connectors: vec![ConnectorCarry {
                connector: Arc::from("5f1e0c2ab7d94e00a1b2c3d4"),
                objects: 1,
                misencrypted: Some("none".to_owned()),
            }],
            frames: vec![HeldFrame {
                frame: Lsn::new(512),
                admitted: SpoolTime::from_millis(77),
            }],
            hour: 498_738,
            unreadable: UnreadableCarry {
                stretches: 1,
                bytes: 500,
                events: 4,
                more_events_possible: true,
            },
            rejects: vec![Lsn::new(1_024)],
            given_up: vec![GivenUpCarry {
                connector: Arc::from("5f1e0c2ab7d94e00a1b2c3d4"),
                event_type: Arc::from("users.messages.email.Open"),
                reason: DropReason::Retention,
                known: false,
                count: 2,
                bytes: 1_200,
                oldest: Hour::new(498_700),
                newest: Hour::new(498_701),
            }],
        }
        .into(),
        schema().into(),
        Elapsed {
            since: SpoolTime::from_millis(2_500),
        }
        .into(),
    ]
}
