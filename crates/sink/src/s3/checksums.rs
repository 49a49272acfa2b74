//! Checksums in the SDK's words and back. It must not judge what it sees.

use crate::{Checksum, ChecksumAlgorithm, Checksums};

/// The headers of an answer: SHA-256, CRC-64/NVME, CRC-32C.
pub(super) fn said(sha256: Option<&str>, crc64nvme: Option<&str>, crc32c: Option<&str>) -> Checksums {
    [
        (ChecksumAlgorithm::Sha256, sha256),
        (ChecksumAlgorithm::Crc64Nvme, crc64nvme),
        (ChecksumAlgorithm::Crc32c, crc32c),
    ]
    .into_iter()
    .filter_map(|(algorithm, text)| Checksum::parse(algorithm, text?))
    .collect()
}
