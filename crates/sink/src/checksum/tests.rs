//! Sums against known ones, and what is no sum.

use super::*;
use ChecksumAlgorithm::{Crc32c, Crc64Nvme, Sha256 as Sha};

#[test]
fn chunks_do_not_matter() {
    let whole = [Bytes::from_static(b"abc")];
    let parts = [Bytes::from_static(b"a"), Bytes::new(), Bytes::from_static(b"bc")];
    for algorithm in [Sha, Crc64Nvme, Crc32c] {
        assert_eq!(algorithm.sum(&whole), algorithm.sum(&parts));
        assert_eq!(algorithm.sum(&whole).as_bytes().len(), algorithm.size());
    }
    assert_eq!(
        Checksum::sha256_of(&whole).hex(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

/// The check values that the catalogue of parametrised CRC algorithms gives for `123456789`.
#[test]
fn the_check_values_of_the_crcs() {
    let digits = [Bytes::from_static(b"123456789")];
    assert_eq!(Crc64Nvme.sum(&digits).hex(), "ae8b14860a799888");
    assert_eq!(Crc32c.sum(&digits).hex(), "e3069283");
}

#[test]
fn a_sum_of_parts_is_another_one_and_rubbish_is_none() {
    let whole = Checksum::sha256([7; 32]);
    assert_eq!(Checksum::parse(Sha, &whole.base64()), Some(whole));
    let parts = Checksum::parse(Sha, &format!("{}-3", whole.base64())).unwrap();
    assert_eq!(parts.scope(), ChecksumScope::Parts(3));
    assert_ne!(parts, whole);
    assert_eq!(parts.tagged(), format!("sha256:{}-3", whole.base64()));
    for text in ["AAAA", "not base64", "", "AAAA-x"] {
        assert_eq!(Checksum::parse(Sha, text), None, "{text}");
    }
    assert_eq!(
        Checksum::parse(Crc32c, "AAAAAA==").map(|sum| sum.hex()),
        Some("00000000".to_owned())
    );
}

#[test]
fn the_sum_of_parts_is_that_of_their_sums() {
    let sums: Vec<Checksum> = [&b"one"[..], b"two"]
        .map(|part| Sha.sum(&[Bytes::copy_from_slice(part)]))
        .to_vec();
    let joined: Vec<u8> = sums.iter().flat_map(|sum| sum.as_bytes().to_vec()).collect();
    let composite = Checksum::of_parts(&sums).unwrap();
    assert_eq!(composite.hex(), Sha.sum(&[Bytes::from(joined)]).hex());
    assert_eq!(composite.scope(), ChecksumScope::Parts(2));
    assert_eq!(Checksum::of_parts(&[]), None);
    let mixed = [sums[0], Crc32c.sum(&[Bytes::from_static(b"x")])];
    assert_eq!(Checksum::of_parts(&mixed), None);
}

#[test]
fn sums_are_compared_within_one_algorithm_and_scope() {
    let bytes = [Bytes::from_static(b"abc")];
    let said: Checksums = [Sha.sum(&bytes), Crc64Nvme.sum(&bytes)].into_iter().collect();
    assert_eq!(said.agrees_with(&Sha.sum(&bytes)), Some(true));
    assert_eq!(said.agrees_with(&Checksum::sha256([0; 32])), Some(false));
    assert_eq!(said.agrees_with(&Crc32c.sum(&bytes)), None);
    let parts = Checksum::new(Sha, ChecksumScope::Parts(2), Sha.sum(&bytes).as_bytes()).unwrap();
    assert_eq!(said.agrees_with(&parts), None);
}
