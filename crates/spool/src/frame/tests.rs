//! The header byte by byte, and bodies that lie about themselves.

use bytes::Bytes;
use proptest::prelude::*;

use super::*;
use crate::wire::{Take, Wire as _};
use crate::{Carry, Events, PartitionId, Retired};

fn header(kind: u8, body: &[u8]) -> Header {
    Header {
        kind,
        version: 1,
        flags: BEGINS_GROUP | ENDS_GROUP,
        lsn: Lsn::new(7),
        time: SpoolTime::from_millis(9),
        length: u32::try_from(body.len()).unwrap(),
        body_crc: crc32c::crc32c(body),
    }
}

#[test]
fn the_header_is_laid_out_as_the_format_says() {
    let record = Retired {
        connector: "ab".to_owned(),
    }
    .into();
    let mut out = b"before".to_vec();
    encode(
        &record,
        Lsn::new(0x0102),
        SpoolTime::from_millis(0x0304),
        ENDS_GROUP | BEGINS_GROUP,
        &mut out,
    )
    .unwrap();
    let frame = &out[6..];
    assert_eq!(&frame[..4], b"BLF1");
    assert_eq!(&frame[4..8], [11, 1, 12, 0]);
    assert_eq!(&frame[8..16], [2, 1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(&frame[16..24], [4, 3, 0, 0, 0, 0, 0, 0]);
    assert_eq!(&frame[24..28], [6, 0, 0, 0]);
    assert_eq!(&frame[28..32], crc32c::crc32c(&frame[36..]).to_le_bytes());
    assert_eq!(&frame[32..36], crc32c::crc32c(&frame[..32]).to_le_bytes());
    assert_eq!(&frame[36..], [2, 0, 0, 0, b'a', b'b']);
}

#[test]
fn a_header_holds_in_its_own_place_alone_and_with_every_bit_right() {
    let header = header(3, b"body");
    let bytes = header.encode();
    assert_eq!(Header::decode(&bytes, header.lsn), Ok(header));
    assert_eq!(Header::decode(&bytes, Lsn::new(8)), Err(Misread::NoHeader));
    for bit in 0..HEADER * 8 {
        let mut wrong = bytes;
        wrong[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(
            Header::decode(&wrong, header.lsn),
            Err(Misread::NoHeader),
            "bit {bit}"
        );
    }
}

#[test]
fn a_header_that_only_a_newer_version_can_have_written_says_so() {
    let reseal = |change: fn(&mut [u8; HEADER])| {
        let mut bytes = header(3, b"body").encode();
        change(&mut bytes);
        let crc = crc32c::crc32c(&bytes[..32]).to_le_bytes();
        bytes[32..].copy_from_slice(&crc);
        Header::decode(&bytes, Lsn::new(7))
    };
    assert_eq!(reseal(|bytes| bytes[7] = 1), Err(Misread::Newer));
    assert_eq!(reseal(|bytes| bytes[27] = 0xFF), Err(Misread::Newer));
}

#[test]
fn a_count_that_its_body_cannot_hold_asks_for_no_memory() {
    // A carry begins with a place and then a count of workspaces.
    let mut body = vec![0; 8];
    body.extend_from_slice(&u32::MAX.to_le_bytes());
    let body = Bytes::from(body);
    let mut take = Take::new(&body, 1);
    Lsn::take(&mut take).unwrap();
    assert_eq!(take.count::<crate::WorkspaceCounts>(), Ok((u32::MAX as usize, 0)));
    assert!(matches!(
        decode(&header(15, &body), &body),
        Err(Unreadable::Malformed(_))
    ));
}

#[test]
fn a_record_over_the_limit_leaves_nothing_behind() {
    let events = Events {
        partition: PartitionId::from_random(1),
        first: 0,
        source: crate::SourceId::from_bytes([0; 16]),
        sequence: crate::Sequence::Key([0; 16]),
        hour: crate::Hour::new(0),
        admitted: None,
        counts: vec![],
        generations: vec![],
        event_types: vec!["t".into()],
        routings: vec![vec![]],
        offsets: vec![],
        events: vec![crate::StoredEvent {
            event_type: 0,
            schema: 1,
            routing: 0,
            body: crate::Body {
                encoding: crate::Encoding::Avro,
                bytes: Bytes::from(vec![0; LARGEST_BODY as usize]),
            },
            others: vec![],
        }],
        proof: None,
    };
    let mut out = b"before".to_vec();
    let error = encode(&events.into(), Lsn::ZERO, SpoolTime::ZERO, 0, &mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert_eq!(out, b"before");
}

proptest! {
    #[test]
    fn any_bytes_are_a_record_or_are_refused(kind in 0_u8..23, body in prop::collection::vec(any::<u8>(), 0..300)) {
        let body = Bytes::from(body);
        let _ = decode(&header(kind, &body), &body);
    }

    #[test]
    fn a_record_with_a_wrong_byte_is_another_record_or_is_refused(at: prop::sample::Index, byte: u8) {
        let carry = Carry {
            retired: vec!["a".to_owned(), "b".to_owned()],
            known: vec![crate::Known {
                time: SpoolTime::ZERO,
                source: crate::SourceId::from_bytes([1; 16]),
                sequence: crate::Sequence::Key([2; 16]),
                proofs: vec![],
            }],
            ..Carry::default()
        };
        let mut body = Vec::new();
        Record::from(carry).put(&mut Put::new(&mut body));
        let at = at.index(body.len());
        body[at] = byte;
        let body = Bytes::from(body);
        let _ = decode(&header(15, &body), &body);
    }
}
