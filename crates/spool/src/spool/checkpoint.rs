//! The checkpoint: one frame in a file of its own, a [`Carry`] that stands where the log goes on from it.
//! It must not know what a carry means.

use std::io;

use bytes::Bytes;

use super::Spool;
use super::layout::Layout;
use crate::frame::{self, BEGINS_GROUP, ENDS_GROUP, HEADER, Header, LARGEST_BODY, Misread, Unreadable};
use crate::{Carry, Disk, DiskFile, Error, ErrorKind, Lsn, OpenMode, Record, SpoolTime};

/// Where a frame's header tells its place.
const PLACE: std::ops::Range<usize> = 8..16;

/// What stands where the checkpoint should be.
#[derive(Debug)]
pub(super) enum Standing {
    /// Nothing.
    Missing,
    /// Something that is no checkpoint, and why.
    Damaged(String),
    /// A checkpoint, and the log's time when it was written.
    Whole(Box<Carry>, SpoolTime),
}

impl Spool {
    pub(super) fn put_checkpoint(&mut self, carry: &Carry) -> Result<(), Error> {
        self.writable()?;
        if carry.before > self.next {
            return Err(Error::new(
                ErrorKind::InvalidRecord,
                "a checkpoint tells of what the log does not hold",
            )
            .at(carry.before));
        }
        let mut bytes = Vec::new();
        let record = Record::from(carry.clone());
        let flags = BEGINS_GROUP | ENDS_GROUP;
        frame::encode(&record, carry.before, self.last_time, flags, &mut bytes)?;
        let path = self.layout.checkpoint();
        let unfinished = path.with_extension("new");
        let write = || {
            match self.disk.remove(&unfinished) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut file = self.disk.open(&unfinished, OpenMode::Create)?;
            file.write_at(0, &bytes)?;
            file.sync()?;
            self.disk.rename(&unfinished, &path)?;
            self.disk.sync_dir(&self.layout.shard)
        };
        write().map_err(|error| {
            // What was written of it must not fill a full disk further.
            let _ = self.disk.remove(&unfinished);
            Error::io("the checkpoint could not be written", &path, error)
        })
    }
}

/// Reads the checkpoint.
///
/// # Errors
///
/// `NewerVersion` and `Undecodable` where it is whole and of another version, `Io` where it cannot be read.
pub(super) fn read(disk: &dyn Disk, layout: &Layout) -> Result<Standing, Error> {
    let path = layout.checkpoint();
    let bytes = match disk.open(&path, OpenMode::Read).and_then(|file| content(&*file)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Missing),
        bytes => bytes.map_err(|error| Error::io("the checkpoint could not be read", &path, error))?,
    };
    let damaged = |why: &str| Ok(Standing::Damaged(why.to_owned()));
    let place = bytes.get(PLACE).and_then(|place| place.first_chunk());
    let (Some(place), Some(header)) = (place, bytes.first_chunk::<HEADER>()) else {
        return damaged("it is cut short");
    };
    let newer = |what: &str| {
        let what = format!("{what} was written by a newer version");
        Err(Error::new(ErrorKind::NewerVersion, what).in_file(&path))
    };
    let header = match Header::decode(header, Lsn::new(u64::from_le_bytes(*place))) {
        Ok(header) => header,
        Err(Misread::NoHeader) => return damaged("its header is not whole"),
        Err(Misread::Newer) => return newer("a checkpoint"),
    };
    let body = bytes.slice(HEADER..);
    if u64::from(header.length) != body.len() as u64 || !header.proves(&body) {
        return damaged("its content is not whole");
    }
    match frame::decode(&header, &body) {
        Ok(Some(Record::Carry(carry))) if carry.before == header.lsn => {
            Ok(Standing::Whole(Box::new(carry), header.time))
        }
        Ok(_) => damaged("it is of another kind"),
        Err(Unreadable::Newer(what)) => newer(&what),
        Err(Unreadable::Malformed(what)) => Err(super::recover::undecodable(what, &header).in_file(&path)),
    }
}

/// Keeps a checkpoint that is not to be used any more under a name that nothing looks for.
pub(super) fn set_aside(disk: &dyn Disk, layout: &Layout) -> Result<(), Error> {
    let path = layout.checkpoint();
    let set_aside = || match disk.rename(&path, &path.with_extension("aside")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => disk.sync_dir(&layout.shard),
    };
    set_aside().map_err(|error| Error::io("the checkpoint could not be set aside", &path, error))
}

fn content(file: &dyn DiskFile) -> io::Result<Bytes> {
    let largest = u64::from(LARGEST_BODY) + HEADER as u64;
    let size = usize::try_from(file.size()?.min(largest)).unwrap_or_default();
    let mut bytes = vec![0; size];
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read_at(length as u64, rest)? {
            0 => break,
            read => length += read,
        }
    }
    bytes.truncate(length);
    Ok(bytes.into())
}
