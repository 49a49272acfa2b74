//! Logs of earlier and later versions: what can be read is read whole, and what cannot is never taken for damage.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use crate::frame::{self, BEGINS_APPEND, BEGINS_GROUP, ENDS_GROUP, HEADER, Header};
use crate::wire::{OtherVersion, Put};
use crate::{ErrorKind, Log as _, Lsn, OpenOptions, Record, SimDisk, Spool, SpoolTime};

/// One frame of every kind, each field with something in it.
const FIXTURE: &[u8] = include_bytes!("../../tests/fixtures/v1/shard-00/00000000000000000000.seg");

const TIME: SpoolTime = SpoolTime::from_millis(3_000);

fn segment() -> PathBuf {
    Path::new("spool").join("shard-00/00000000000000000000.seg")
}

/// The records of the fixture, with their bodies.
fn records() -> Vec<(Record, Bytes)> {
    let mut records = Vec::new();
    let mut rest = FIXTURE;
    while let Some((header, behind)) = rest.split_first_chunk::<HEADER>() {
        let lsn = Lsn::new((FIXTURE.len() - rest.len()) as u64);
        let header = Header::decode(header, lsn).unwrap();
        let (body, next) = behind.split_at(header.length as usize);
        let body = Bytes::copy_from_slice(body);
        let record = frame::decode(&header, &body).unwrap().unwrap();
        records.push((record, body));
        rest = next;
    }
    assert_eq!(records.len(), 18);
    records
}

/// A body as a version lays it down that has more fields in every record.
fn grown(record: &Record, by: u8) -> Bytes {
    let mut body = Vec::new();
    let mut put = Put::new(&mut body);
    put.other = OtherVersion::Later(by);
    record.put(&mut put);
    body.into()
}

/// A log of these bodies, each a group of its own.
fn log<'a>(bodies: impl IntoIterator<Item = (&'a Record, Bytes)>) -> Vec<u8> {
    let mut log = Vec::new();
    for (record, body) in bodies {
        let header = Header {
            kind: record.kind(),
            version: record.version(),
            flags: BEGINS_APPEND | BEGINS_GROUP | ENDS_GROUP,
            lsn: Lsn::new(log.len() as u64),
            time: TIME,
            length: u32::try_from(body.len()).unwrap(),
            body_crc: crc32c::crc32c(&body),
        };
        log.extend_from_slice(&header.encode());
        log.extend_from_slice(&body);
    }
    log
}

/// A spool that holds this log.
fn disk_with(log: &[u8]) -> SimDisk {
    let disk = SimDisk::new(0);
    let (mut spool, _) = Spool::open(Arc::new(disk.clone()), "spool", options()).unwrap();
    let (record, _) = records().remove(0);
    spool.append(&[crate::Group::from(record)], TIME).unwrap();
    drop(spool);
    disk.damage(&segment(), |bytes| log.clone_into(bytes));
    disk
}

fn options() -> OpenOptions {
    OpenOptions::write().reserve_bytes(0)
}

#[test]
fn what_a_later_version_adds_is_passed_over_in_every_record() {
    for by in [1, 4, 9] {
        let records = records();
        let disk = disk_with(&log(records
            .iter()
            .map(|(record, _)| (record, grown(record, by)))));
        let (mut spool, recovered) = Spool::open(Arc::new(disk), "spool", options()).unwrap();
        assert_eq!((recovered.torn_tail_bytes, recovered.gaps), (0, vec![]));
        let mut found = Vec::new();
        spool
            .read(Lsn::ZERO, &mut |frame| {
                found.push(frame.record);
                ControlFlow::Continue(())
            })
            .unwrap();
        let expected: Vec<Record> = records.into_iter().map(|(record, _)| record).collect();
        assert_eq!(found, expected, "{by} bytes more in every record");
    }
}

#[test]
fn what_is_lacking_at_the_end_has_its_default_or_is_no_record() {
    for (record, body) in records() {
        let mut without: Vec<Record> = Vec::new();
        for length in 0..body.len() {
            if let Ok(shorter) = Record::take(record.kind(), record.version(), &body.slice(..length)) {
                without.extend(shorter);
            }
        }
        let expected = match record.clone() {
            Record::Events(mut events) => {
                events.proof = None;
                vec![Record::from(events)]
            }
            _ => vec![],
        };
        assert_eq!(without, expected, "shorter bodies of {}", record.name());
    }
}

#[test]
fn a_whole_frame_that_cannot_be_decoded_refuses_the_start_and_nothing_is_cut_off() {
    for (record, body) in records() {
        let short = body.slice(..body.len() / 2);
        let (first, _) = records().remove(0);
        let before = (&first, grown(&first, 0));
        let written = log([before, (&record, short)]);
        let disk = disk_with(&written);
        for options in [options(), OpenOptions::read_only()] {
            let error = Spool::open(Arc::new(disk.clone()), "spool", options).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Undecodable, "{error}");
            assert!(
                error.to_string().contains("use the version that wrote it"),
                "{error}"
            );
        }
        assert_eq!(disk.content(&segment()).unwrap(), written, "{}", record.name());
    }
}

#[test]
fn the_kinds_kept_for_a_log_of_several_hosts_are_of_a_newer_version() {
    let body = Bytes::from_static(b"anything");
    for kind in 16..=20 {
        assert_eq!(Record::take(kind, 1, &body), Ok(None), "kind {kind}");
    }
}
