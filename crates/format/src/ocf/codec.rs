//! How blocks are compressed. Bounded both ways: what is packed here is a block, and what is unpacked never grows beyond a limit.

use std::io::{self, Read as _, Write as _};

use bytes::Bytes;
use flate2::Compression;

/// How the blocks of an object are compressed.
///
/// The bytes depend on the versions of the compressors that this crate is built with; golden files tell when an upgrade changes them.
/// An object that was sealed before such an upgrade is then told from another one by its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Codec {
    /// Not at all, Avro's `null` codec.
    #[default]
    Null,
    /// RFC 1951 at level 6, without a header.
    Deflate,
    /// Snappy's raw form, with the CRC-32 of what was compressed behind it.
    Snappy,
    /// RFC 8878 at level 1.
    Zstandard,
}

/// The most bytes that one block may unpack to.
pub(crate) const MAX_BLOCK: usize = 64 * 1024 * 1024;
const ZSTANDARD_LEVEL: i32 = 1;

impl Codec {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Null, Self::Deflate, Self::Snappy, Self::Zstandard];

    /// Avro's name of the codec.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Deflate => "deflate",
            Self::Snappy => "snappy",
            Self::Zstandard => "zstandard",
        }
    }

    /// The codec that Avro calls so.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.name().as_bytes() == name)
    }

    /// A block's datums as they stand in the file.
    ///
    /// # Errors
    /// Should a compressor fail in memory.
    pub(super) fn pack(self, block: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Null => out.extend_from_slice(block),
            Self::Deflate => {
                let mut encoder = flate2::write::DeflateEncoder::new(out, Compression::new(6));
                encoder.write_all(block)?;
                encoder.finish()?;
            }
            Self::Snappy => {
                let packed = snap::raw::Encoder::new().compress_vec(block);
                out.extend_from_slice(&packed.map_err(io::Error::other)?);
                out.extend_from_slice(&crc32(block).to_be_bytes());
            }
            Self::Zstandard => out.extend_from_slice(&zstd::bulk::compress(block, ZSTANDARD_LEVEL)?),
        }
        Ok(())
    }

    /// The datums of a block; or what is wrong with it.
    pub(super) fn unpack(self, packed: &[u8]) -> Result<Bytes, &'static str> {
        const TOO_LARGE: &str = "it unpacks to more than 64 MiB";
        match self {
            Self::Null => Ok(Bytes::copy_from_slice(packed)),
            Self::Deflate => limited(
                flate2::read::DeflateDecoder::new(packed),
                "it is not compressed with deflate",
            ),
            Self::Snappy => {
                let (packed, sum) = packed.split_last_chunk::<4>().ok_or("its checksum is missing")?;
                let length =
                    snap::raw::decompress_len(packed).map_err(|_| "it is not compressed with Snappy")?;
                if length > MAX_BLOCK {
                    return Err(TOO_LARGE);
                }
                let unpacked = snap::raw::Decoder::new()
                    .decompress_vec(packed)
                    .map_err(|_| "it is not compressed with Snappy")?;
                if crc32(&unpacked) != u32::from_be_bytes(*sum) {
                    return Err("its checksum is another one");
                }
                Ok(unpacked.into())
            }
            Self::Zstandard => {
                let wrong = "it is not compressed with Zstandard";
                limited(
                    zstd::stream::read::Decoder::new(packed).map_err(|_| wrong)?,
                    wrong,
                )
            }
        }
    }
}

/// All that a decompressor gives, up to the limit.
fn limited(decoder: impl io::Read, wrong: &'static str) -> Result<Bytes, &'static str> {
    let mut out = Vec::new();
    decoder
        .take(MAX_BLOCK as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| wrong)?;
    if out.len() > MAX_BLOCK {
        return Err("it unpacks to more than 64 MiB");
    }
    Ok(out.into())
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_unpacked_and_nothing_else() {
        let block = b"some datums, some datums, some datums".repeat(50);
        for codec in Codec::ALL {
            assert_eq!(Codec::named(codec.name().as_bytes()), Some(codec));
            let mut packed = Vec::new();
            codec.pack(&block, &mut packed).unwrap();
            assert_eq!(codec.unpack(&packed).as_deref(), Ok(&block[..]), "{codec:?}");
            if codec == Codec::Null {
                continue;
            }
            assert!(packed.len() < block.len() / 2, "{codec:?}");
            for cut in [0, 1, packed.len() / 2, packed.len() - 1] {
                assert!(codec.unpack(&packed[..cut]).is_err(), "{codec:?} cut at {cut}");
            }
        }
        assert_eq!(Codec::named(b"bzip2"), None);
    }

    #[test]
    fn a_bomb_is_defused() {
        let zeros = vec![0; MAX_BLOCK + 1];
        for codec in [Codec::Deflate, Codec::Snappy, Codec::Zstandard] {
            let mut packed = Vec::new();
            codec.pack(&zeros, &mut packed).unwrap();
            assert!(packed.len() < MAX_BLOCK / 10, "{codec:?}");
            assert_eq!(
                codec.unpack(&packed),
                Err("it unpacks to more than 64 MiB"),
                "{codec:?}"
            );
        }
    }
}
