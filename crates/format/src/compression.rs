//! Compression of whole objects of text. Says nothing of what they hold; what is unpacked never grows beyond a limit.

use std::io::{self, Read, Write as _};

use bytes::Bytes;

use crate::error::{Error, ErrorKind};

/// How an object of text is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    /// RFC 1952 at level 6, without name and time, so that the same text gives the same bytes.
    Gzip,
    /// RFC 8878 at level 1.
    Zstandard,
}

/// The most bytes that an object may unpack to.
const MAX_TEXT: u64 = 1 << 30;
/// How much of two objects is compared at a time.
const CHUNK: usize = 64 * 1024;

impl Compression {
    /// That of an object that begins so.
    pub(crate) fn of(object: &[u8]) -> Self {
        if object.starts_with(b"\x1f\x8b") {
            Self::Gzip
        } else if object.starts_with(b"\x28\xb5\x2f\xfd") {
            Self::Zstandard
        } else {
            Self::None
        }
    }

    /// Its name in a configuration and in records.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::None => "null",
            Self::Gzip => "gzip",
            Self::Zstandard => "zstandard",
        }
    }

    /// Packs what comes in chunks.
    ///
    /// # Errors
    /// `InvalidDatum`, should a compressor fail in memory.
    pub(crate) fn pack(self, chunks: Vec<Bytes>) -> Result<Vec<Bytes>, Error> {
        let failed = |error: io::Error| {
            Error::new(
                ErrorKind::InvalidDatum,
                format!("it cannot be compressed: {error}"),
            )
        };
        match self {
            Self::None => Ok(chunks),
            Self::Gzip => {
                let level = flate2::Compression::new(6);
                let mut out = flate2::GzBuilder::new()
                    .mtime(0)
                    .operating_system(255)
                    .write(Vec::new(), level);
                chunks
                    .iter()
                    .try_for_each(|chunk| out.write_all(chunk))
                    .map_err(failed)?;
                Ok(vec![out.finish().map_err(failed)?.into()])
            }
            Self::Zstandard => {
                let mut out = zstd::stream::write::Encoder::new(Vec::new(), 1).map_err(failed)?;
                chunks
                    .iter()
                    .try_for_each(|chunk| out.write_all(chunk))
                    .map_err(failed)?;
                Ok(vec![out.finish().map_err(failed)?.into()])
            }
        }
    }

    /// The text of an object.
    ///
    /// # Errors
    /// `InvalidObject` where it is not compressed so, unpacks to more than 1 GiB, or is no UTF-8.
    pub(crate) fn text(self, object: &[u8]) -> Result<String, Error> {
        let mut bytes = Vec::new();
        self.unpacked(object)
            .and_then(|mut text| text.read_to_end(&mut bytes))
            .map_err(|error| self.damaged(&error))?;
        if bytes.len() as u64 > MAX_TEXT {
            return Err(Error::new(
                ErrorKind::InvalidObject,
                "it unpacks to more than 1 GiB",
            ));
        }
        String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::InvalidObject, "its text is not UTF-8"))
    }

    /// Whether two objects hold the same lines, each of them whole; neither is unpacked into memory. Damage is equal to nothing, not even
    /// to the same damage.
    pub(crate) fn same_text(self, one: &[u8], other: &[u8]) -> bool {
        let (Ok(mut one), Ok(mut other)) = (self.unpacked(one), self.unpacked(other)) else {
            return false;
        };
        let (mut ours, mut theirs) = (vec![0; CHUNK], vec![0; CHUNK]);
        let (mut last, mut length) = (None, 0);
        loop {
            let (Ok(read), Ok(same)) = (fill(&mut one, &mut ours), fill(&mut other, &mut theirs)) else {
                return false;
            };
            let (ours, theirs) = (ours.get(..read), theirs.get(..same));
            if ours != theirs {
                return false;
            }
            length += read as u64;
            if read == 0 {
                return last == Some(b'\n') && length <= MAX_TEXT;
            }
            last = ours.and_then(<[u8]>::last).copied();
        }
    }

    /// What an object unpacks to, and one byte beyond the most that is taken.
    fn unpacked(self, object: &[u8]) -> io::Result<io::Take<Box<dyn Read + '_>>> {
        let reader: Box<dyn Read + '_> = match self {
            Self::None => Box::new(object),
            Self::Gzip => Box::new(flate2::read::MultiGzDecoder::new(object)),
            Self::Zstandard => Box::new(zstd::stream::read::Decoder::new(object)?),
        };
        Ok(reader.take(MAX_TEXT + 1))
    }

    fn damaged(self, error: &io::Error) -> Error {
        Error::new(
            ErrorKind::InvalidObject,
            format!("it is not whole, or not compressed with {}: {error}", self.name()),
        )
    }
}

/// Reads until the buffer is full or there is no more. How many bytes.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
