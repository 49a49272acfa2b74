//! The crate as its user meets it: through what it exports, and nothing else.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use bucketline_spool::{
    Access, Body, Encoding, Error, ErrorKind, Events, GenerationId, Group, Hour, Lane, Log, Lsn,
    ObjectChecksum, OpenOptions, Opened, OsDisk, PartitionId, Record, Recovered, Route, Seal, Sequence,
    SourceId, Spool, SpoolTime, StoredEvent, Usage, WorkspaceCounts,
};
use bytes::Bytes;

/// Counts what a log holds, whatever the log is.
fn count(log: &mut dyn Log) -> Result<(u64, u64), Error> {
    let (mut events, mut seals) = (0, 0);
    log.read(Lsn::ZERO, &mut |frame| {
        match frame.record {
            Record::Events(batch) => events += batch.events.len() as u64,
            Record::Seal(_) => seals += 1,
            _ => {}
        }
        ControlFlow::Continue(())
    })?;
    Ok((events, seals))
}

#[test]
fn a_batch_is_accepted_sealed_and_found_again() -> Result<(), Error> {
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(OsDisk::new());
    let options = OpenOptions::write().segment_bytes(1 << 20).reserve_bytes(1 << 10);
    assert_eq!(options.access, Access::Write);
    let (spool, recovered) = Spool::open(disk.clone(), dir.path(), options)?;
    assert_eq!(recovered, Recovered::default());
    let mut log: Box<dyn Log> = Box::new(spool);

    let now = recovered.last_time.plus(Duration::from_secs(1));
    let partition = PartitionId::from_random(0xDEAD_BEEF);
    let generation = GenerationId::from_bytes([1; 16]);
    let hour = Hour::from_unix_seconds(1_795_457_640);
    log.append(&[Opened { partition }.into()], now)?;

    let event = |text: &'static str| StoredEvent {
        event_type: 0,
        schema: 3,
        routing: 0,
        body: Body {
            encoding: Encoding::Json,
            bytes: Bytes::from_static(text.as_bytes()),
        },
        others: Vec::new(),
    };
    let batch = Events {
        partition,
        first: 0,
        source: SourceId::from_bytes([2; 16]),
        sequence: Sequence::Offset {
            start: 0,
            end: 120,
            line: 2,
        },
        hour,
        admitted: None,
        counts: vec![WorkspaceCounts {
            workspace: "acme".into(),
            received: 2,
            accepted: 2,
            duplicate: 0,
            rejected: 0,
        }],
        generations: vec![generation],
        event_types: vec!["users.messages.email.Open".into()],
        routings: vec![vec![Route {
            generation: 0,
            body: 0,
        }]],
        offsets: Vec::new(),
        events: vec![event(r#"{"id":"1"}"#), event(r#"{"id":"2"}"#)],
        proof: None,
    };
    let seal = Seal {
        lane: Lane {
            generation,
            event_type: "users.messages.email.Open".into(),
            partition,
            hour,
            schema: 3,
        },
        first: 0,
        last: 1,
        count: 2,
        key: "currents/0.avro".to_owned(),
        format: "avro".to_owned(),
        codec: "null".to_owned(),
        encoder_version: 1,
        digest: [0; 32],
        bytes: 600,
        checksum: ObjectChecksum {
            algorithm: ObjectChecksum::SHA_256,
            sum: vec![0; 32],
        },
    };
    let places = log.append(&[Group::from(batch.clone()), Group::from(seal)], now)?;
    assert_eq!(count(&mut *log)?, (2, 1));

    // Held events are read back by their place, each body a slice of one buffer.
    let Record::Events(held) = log.read_at(places[0].first)?.record else {
        panic!("the batch stands there");
    };
    assert_eq!(held, batch);
    let bodies: Vec<(u64, &[u8])> = held
        .iter()
        .flat_map(|(position, event)| {
            held.routes(event)
                .iter()
                .map(move |route| (position, event, *route))
        })
        .filter_map(|(position, event, route)| Some((position, event.body_of(route)?.bytes.as_ref())))
        .collect();
    assert_eq!(
        bodies,
        [(0, br#"{"id":"1"}"#.as_slice()), (1, br#"{"id":"2"}"#.as_slice())]
    );

    let Usage {
        segments,
        first_lsn,
        next_lsn,
        ..
    } = log.usage();
    assert_eq!((segments, first_lsn), (1, Lsn::ZERO));
    log.trim(next_lsn)?;
    assert_eq!(log.usage().segments, 1, "the newest segment stays");

    let refused = Spool::open(disk.clone(), dir.path(), OpenOptions::write()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Locked);
    let (mut reader, _) = Spool::open(disk, dir.path(), OpenOptions::read_only())?;
    assert_eq!(count(&mut reader)?, (2, 1));
    Ok(())
}

#[test]
fn time_does_not_run_backwards_in_a_log() -> Result<(), Error> {
    let dir = tempfile::tempdir().unwrap();
    let disk = Arc::new(OsDisk::new());
    let options = OpenOptions::write().reserve_bytes(0);
    let opened = || {
        Group::from(Opened {
            partition: PartitionId::from_random(1),
        })
    };
    let (mut spool, _) = Spool::open(disk.clone(), dir.path(), options.clone())?;
    spool.append(&[opened()], SpoolTime::from_millis(50))?;
    let places = spool.append(&[opened()], SpoolTime::from_millis(40))?;
    assert_eq!(spool.read_at(places[0].first)?.time, SpoolTime::from_millis(50));
    drop(spool);
    let (mut spool, recovered) = Spool::open(disk, dir.path(), options)?;
    assert_eq!(recovered.last_time, SpoolTime::from_millis(50));
    let places = spool.append(&[opened()], SpoolTime::ZERO)?;
    assert_eq!(spool.read_at(places[0].first)?.time, SpoolTime::from_millis(50));
    Ok(())
}
