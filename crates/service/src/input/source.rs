//! What an input is: the identity under which the spool remembers how far it was read. Reads a file's first line and
//! the few bytes before a place; decides nothing about delivery.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};

use bucketline_spool::SourceId;
use sha2::{Digest as _, Sha256};

/// How much of a first line counts: enough to tell two files apart, and bounded.
const FIRST_LINE: usize = 65_536;
/// How many bytes before a place are compared with what was there when it was noted.
const BEFORE: u64 = 64;

/// What tells one file from another: its device, inode and first line.
#[derive(Clone, Debug)]
pub(crate) struct Identity(Sha256);

impl Identity {
    /// Of an open file.
    ///
    /// # Errors
    /// What reading its first line gave.
    pub(crate) fn of(file: &File, metadata: &Metadata) -> io::Result<Self> {
        let mut first = Vec::new();
        let mut chunk = [0; 8_192];
        while first.len() < FIRST_LINE {
            let read = match file.read_at(&mut chunk, first.len() as u64) {
                Ok(0) => break,
                Ok(read) => chunk.get(..read).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let line = read.split(|byte| *byte == b'\n').next().unwrap_or_default();
            first.extend_from_slice(line);
            if line.len() < read.len() {
                break;
            }
        }
        first.truncate(FIRST_LINE);
        let mut hash = Sha256::new();
        hash.update(b"bucketline file v1\0");
        hash.update(metadata.dev().to_le_bytes());
        hash.update(metadata.ino().to_le_bytes());
        hash.update((first.len() as u64).to_le_bytes());
        hash.update(&first);
        Ok(Self(hash))
    }

    /// The source of the file's `edition`: 0 until it is found shorter than it was read, or with other bytes.
    pub(crate) fn edition(&self, edition: u32) -> SourceId {
        let hash = self.0.clone().chain_update(edition.to_le_bytes()).finalize();
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash) {
            *to = from;
        }
        SourceId::from_bytes(id)
    }
}

/// A fingerprint of the 64 bytes before a place in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(pub(crate) u64);

impl Fingerprint {
    /// Of the bytes before `offset`, or nothing where the file does not reach that far.
    ///
    /// # Errors
    /// What reading gave.
    pub(crate) fn before(file: &File, offset: u64) -> io::Result<Option<Self>> {
        let length = offset.min(BEFORE);
        let mut bytes = Vec::new();
        let mut at = offset - length;
        while at < offset {
            let mut chunk = [0; BEFORE as usize];
            match file.read_at(&mut chunk, at) {
                Ok(0) => return Ok(None),
                Ok(read) => {
                    let wanted = usize::try_from(offset - at).unwrap_or(read).min(read);
                    bytes.extend_from_slice(chunk.get(..wanted).unwrap_or_default());
                    at += wanted as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let mut first = [0; 8];
        (&Sha256::digest(&bytes)[..]).read_exact(&mut first)?;
        Ok(Some(Self(u64::from_be_bytes(first))))
    }
}
