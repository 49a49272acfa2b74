//! What an object is made of, as hashes: the digest of its events and the tag of its lane. Frozen: a retry years later
//! has to come to the same. Knows nothing of formats.

use bucketline_spool::{Lane, Position};
use sha2::{Digest as _, Sha256};

/// SHA-256 over the events of an object in order: per event its position (u64), the length of its stored body (u32),
/// both little-endian, and the body.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventDigest(Sha256);

impl EventDigest {
    pub(crate) fn event(&mut self, position: Position, body: &[u8]) {
        self.0.update(position.to_le_bytes());
        self.0
            .update(u32::try_from(body.len()).unwrap_or(u32::MAX).to_le_bytes());
        self.0.update(body);
    }

    pub(crate) fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// The sync marker of an Avro object: the first 16 bytes of its digest. So it differs from object to object, as a marker
/// should, and is the same in every attempt.
pub(crate) fn sync_marker(digest: &[u8; 32]) -> [u8; 16] {
    let mut marker = [0; 16];
    marker.iter_mut().zip(digest).for_each(|(to, from)| *to = *from);
    marker
}

/// The tag of a lane in an object's metadata: the first 16 bytes of SHA-256 over, each with its length before it (u32,
/// little-endian), the connector's id, the generation's id, the event type, and partition, hour and schema id as u32,
/// little-endian.
pub(crate) fn lane_tag(connector: &str, lane: &Lane) -> [u8; 16] {
    hash16(&[
        connector.as_bytes(),
        lane.generation.as_bytes(),
        lane.event_type.as_bytes(),
        &lane.partition.get().to_le_bytes(),
        &lane.hour.get().to_le_bytes(),
        &lane.schema.to_le_bytes(),
    ])
}

/// The first 16 bytes of SHA-256 over length-prefixed parts.
pub(crate) fn hash16(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
        hasher.update(part);
    }
    sync_marker(&hasher.finalize().into())
}

/// SHA-256.
pub(crate) fn hash32(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// The inverse of [`hex`], for exactly `N` bytes.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != N * 2 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bucketline_spool::{GenerationId, Hour, PartitionId};

    #[test]
    fn the_digest_is_frozen() {
        let mut digest = EventDigest::default();
        digest.event(7, b"ab");
        digest.event(9, b"");
        let plain = [
            &7u64.to_le_bytes()[..],
            &2u32.to_le_bytes(),
            b"ab",
            &9u64.to_le_bytes(),
            &0u32.to_le_bytes(),
        ];
        let expected: [u8; 32] = Sha256::digest(plain.concat()).into();
        assert_eq!(digest.finish(), expected);
    }

    #[test]
    fn the_lane_tag_is_frozen() {
        let lane = Lane {
            generation: GenerationId::from_bytes([1; 16]),
            event_type: "a.b".into(),
            partition: PartitionId::from_random(5),
            hour: Hour::new(498_738),
            schema: 3,
        };
        assert_eq!(
            hex(&lane_tag("0123456789abcdef01234567", &lane)),
            "9c78af4c1c8ed378059d8712c753001d"
        );
    }

    #[test]
    fn hex_goes_both_ways_and_takes_nothing_else() {
        assert_eq!(from_hex::<2>("0aff"), Some([0x0a, 0xff]));
        for wrong in ["0AFF", "0af", "0aff0", "+aff", "0a f"] {
            assert_eq!(from_hex::<2>(wrong), None, "{wrong}");
        }
    }
}
