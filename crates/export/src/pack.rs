//! Packing a file while it is written: bytes in, packed bytes out, nothing kept but what the packer needs.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::{Error, ErrorKind, Packing};

/// Packs one file.
pub(crate) struct Packer {
    writer: Writer,
    out: Shared,
}

enum Writer {
    Zip(Box<ZipWriter<StreamWriter<Shared>>>),
    Gzip(GzEncoder<Shared>),
}

impl fmt::Debug for Packer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packer")
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}

/// What was packed and not taken yet.
#[derive(Clone, Default)]
struct Shared(Arc<Mutex<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Packer {
    /// A packer whose archive has one entry of this name (a zip; gzip has no names).
    pub(crate) fn new(packing: Packing, entry: &str) -> Result<Self, Error> {
        let out = Shared::default();
        let writer = match packing {
            Packing::Zip => {
                let mut zip = ZipWriter::new_stream(out.clone());
                // Large, since nobody knows how large it becomes; without a time, so that the stores of one attempt get the same bytes.
                let options = SimpleFileOptions::default()
                    .compression_method(CompressionMethod::Deflated)
                    .large_file(true)
                    .last_modified_time(zip::DateTime::default());
                zip.start_file(entry, options).map_err(failed)?;
                Writer::Zip(Box::new(zip))
            }
            Packing::Gzip => Writer::Gzip(GzEncoder::new(out.clone(), Compression::default())),
        };
        Ok(Self { writer, out })
    }

    /// Packs `bytes`.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        match &mut self.writer {
            Writer::Zip(zip) => zip.write_all(bytes),
            Writer::Gzip(gzip) => gzip.write_all(bytes),
        }
        .map_err(failed)
    }

    /// How many packed bytes wait.
    pub(crate) fn waiting(&self) -> usize {
        self.out.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The packed bytes that wait.
    pub(crate) fn take(&mut self) -> Bytes {
        std::mem::take(&mut *self.out.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }

    /// Ends the file: the rest of its bytes.
    pub(crate) fn finish(self) -> Result<Bytes, Error> {
        match self.writer {
            Writer::Zip(zip) => zip.finish().map(drop).map_err(failed)?,
            Writer::Gzip(gzip) => gzip.finish().map(drop).map_err(failed)?,
        }
        let rest = std::mem::take(&mut *self.out.0.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(rest.into())
    }
}

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Storage, "a file cannot be packed").with_source(error)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    fn packed(packing: Packing, text: &[u8]) -> Vec<u8> {
        let mut packer = Packer::new(packing, "users.csv").unwrap();
        let mut out = Vec::new();
        for chunk in text.chunks(1_000) {
            packer.write(chunk).unwrap();
            out.extend_from_slice(&packer.take());
        }
        out.extend_from_slice(&packer.finish().unwrap());
        out
    }

    #[test]
    fn what_was_packed_in_a_stream_is_read_by_others() {
        let text: Vec<u8> = (0..50_000_u32)
            .flat_map(|n| format!("{n},row\r\n").into_bytes())
            .collect();
        let zip = packed(Packing::Zip, &text);
        let mut archive = zip::ZipArchive::new(Cursor::new(&zip)).unwrap();
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name("users.csv").unwrap();
        let mut read = Vec::new();
        entry.read_to_end(&mut read).unwrap();
        assert_eq!(read, text);

        let gzip = packed(Packing::Gzip, &text);
        let mut read = Vec::new();
        flate2::read::GzDecoder::new(gzip.as_slice())
            .read_to_end(&mut read)
            .unwrap();
        assert_eq!(read, text);
        assert!(gzip.len() < text.len() / 2);
    }

    #[test]
    fn the_same_rows_give_the_same_bytes() {
        for packing in [Packing::Zip, Packing::Gzip] {
            assert_eq!(packed(packing, b"a,b\r\n"), packed(packing, b"a,b\r\n"));
        }
    }
}
