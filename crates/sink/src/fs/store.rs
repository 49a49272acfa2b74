//! The operations on a folder, blocking. It must not know of async callers.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::slice;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use crate::fs::asked::refuse_what_a_folder_has_not;
use crate::fs::atomic_write::{Temporary, make_folders, sweep, sync_folder};
use crate::fs::layout::{Layout, Places, parent};
use crate::fs::lock::Turn;
use crate::fs::sidecar::{Content, Fit, Sidecar, etag};
use crate::fs::walk::Listings;
use crate::fs::{AtPath as _, PathError, failure, jail};
use crate::{
    Checksum, Effect, Error, ErrorKind, ListPage, ListToken, Object, ObjectInfo, ObjectKey, Operation,
    Payload, PutMode, PutOptions, PutOutcome, Receipt,
};

/// One folder.
#[derive(Debug)]
pub(super) struct Store {
    layout: Layout,
    listings: Listings,
}

impl Store {
    pub(super) fn open(root: &Path) -> Result<Self, Error> {
        let layout = Layout {
            root: root.to_owned(),
        };
        let prepare = || {
            fs::create_dir_all(root).at(root)?;
            for folder in [layout.temporary(), layout.sidecars()] {
                jail::check(root, &folder)?;
                make_folders(root, &folder)?;
            }
            jail::check(root, &layout.lock_file())?;
            let _turn = Turn::take(&layout.lock_file())?;
            sweep(&layout.temporary())
        };
        prepare().map_err(|cause| failure::error(Operation::Open, Effect::NotApplied, cause))?;
        Ok(Self {
            layout,
            listings: Listings::default(),
        })
    }

    pub(super) fn root(&self) -> &Path {
        &self.layout.root
    }

    pub(super) fn put(
        &self,
        key: &ObjectKey,
        payload: &Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        let refused = |cause| failure::error(Operation::Put, Effect::NotApplied, cause);
        refuse_what_a_folder_has_not(Operation::Put, options)?;
        let places = self.places(Operation::Put, key)?;
        // A folder that went away is not made again: what is mounted or linked there may come back.
        if !self.root().is_dir() {
            return Err(Error::new(
                Operation::Put,
                ErrorKind::NoSuchBucket,
                Effect::NotApplied,
            ));
        }
        if options.mode == PutMode::Create
            && places
                .object
                .symlink_metadata()
                .is_ok_and(|found| found.is_file())
        {
            return taken(&places);
        }
        let object = self.temporary(payload.chunks()).map_err(refused)?;
        let content = Content::new(
            payload.len(),
            payload.checksum(),
            options.content_type.clone(),
            options.metadata.clone(),
        );
        self.publish(Operation::Put, key, object, content, &options.mode)
    }

    /// Gives a file that is whole and on disk the name of its key, if `mode` lets it.
    pub(super) fn publish(
        &self,
        operation: Operation,
        key: &ObjectKey,
        object: Temporary,
        next: Content,
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        let refused = |cause| failure::error(operation, Effect::NotApplied, cause);
        let places = self.places(operation, key)?;
        let _turn = self.turn().map_err(refused)?;
        let now = current(&places).map_err(refused)?;
        let may = match (mode, &now) {
            (PutMode::Create, now) => now.is_none(),
            (PutMode::Overwrite, _) => true,
            (PutMode::IfMatch(tag), Some(now)) => now.checksum().map(etag).as_ref() == Some(tag),
            (PutMode::IfMatch(_), None) => false,
        };
        if !may {
            return match now {
                Some(_) => taken(&places),
                None => Ok(PutOutcome::PreconditionFailed),
            };
        }
        let checksum = next.checksum();
        make_folders(self.root(), parent(&places.object)).map_err(refused)?;
        self.write_sidecar(&places, &Sidecar::before_write(next, now))?;
        if *mode == PutMode::Create {
            // Not even a program that knows nothing of the lock is overwritten.
            if !object.link_to(&places.object).map_err(refused)? {
                return taken(&places);
            }
        } else {
            object.rename_to(&places.object).map_err(refused)?;
        }
        // From here on it is there, though a crash may still take it away again.
        sync_folder(parent(&places.object))
            .map_err(|cause| failure::error(operation, Effect::Unknown, cause))?;
        Ok(PutOutcome::Created(Receipt {
            etag: checksum.map(etag),
            checksums: checksum.into_iter().collect(),
            ..Receipt::default()
        }))
    }

    pub(super) fn uploads(&self) -> PathBuf {
        self.layout.uploads()
    }

    pub(super) fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        let failed = |cause| failure::error(Operation::Head, Effect::NotApplied, cause);
        let places = self.places(Operation::Head, key)?;
        let file = open_object(&places.object).map_err(failed)?;
        let size = file.metadata().at(&places.object).map_err(failed)?.len();
        let content = described(&places, size, || checksum_of(file, &places.object)).map_err(failed)?;
        Ok(info(key, size, content))
    }

    pub(super) fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        let failed = |cause| failure::error(Operation::Get, Effect::NotApplied, cause);
        let places = self.places(Operation::Get, key)?;
        // Two writers in a row may pass between the reads of object and metadata; more than that in a row is
        // damage.
        for _ in 0..3 {
            let mut bytes = Vec::new();
            let mut file = open_object(&places.object).map_err(failed)?;
            file.read_to_end(&mut bytes).at(&places.object).map_err(failed)?;
            let size = bytes.len() as u64;
            let bytes = Bytes::from(bytes);
            let checksum = Checksum::sha256_of(slice::from_ref(&bytes));
            let sidecar = read_sidecar(&places.sidecar).map_err(failed)?.unwrap_or_default();
            let content = sidecar.by_checksum(checksum).cloned();
            // Of a size that was never kept, it is another program's, and stands as it is.
            if content.is_some() || sidecar.by_size(size) == Fit::None {
                return Ok(Object::new(info(key, size, content), bytes));
            }
        }
        Err(Error::new(Operation::Get, ErrorKind::Corrupt, Effect::NotApplied)
            .with_message("the file's bytes are not those whose checksum was kept"))
    }

    pub(super) fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        let places = self.places(Operation::Delete, key)?;
        let refused = |cause| failure::error(Operation::Delete, Effect::NotApplied, cause);
        let _turn = self.turn().map_err(refused)?;
        match fs::remove_file(&places.object) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            // Something of that name is a folder of other keys: there is no such object.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory || places.object.is_dir() => {
                drop(error);
                return Ok(());
            }
            Err(error) => return Err(error).at(&places.object).map_err(refused),
        }
        // Without an object its metadata means nothing; the next create writes its own.
        let _ = fs::remove_file(&places.sidecar);
        sync_folder(parent(&places.object))
            .map_err(|cause| failure::error(Operation::Delete, Effect::Unknown, cause))
    }

    pub(super) fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        self.listings.page(self.root(), prefix, after)
    }

    /// Where the object and its metadata lie, with nothing on the way there that leads elsewhere.
    pub(super) fn places(&self, operation: Operation, key: &ObjectKey) -> Result<Places, Error> {
        let places = self.layout.places(operation, key)?;
        for path in [&places.object, &places.sidecar] {
            jail::check(self.root(), path)
                .map_err(|cause| failure::error(operation, Effect::NotApplied, cause))?;
        }
        Ok(places)
    }

    /// The writers' lock. Somebody may have tidied our own folder away meanwhile.
    fn turn(&self) -> Result<Turn, PathError> {
        for path in [self.layout.temporary(), self.layout.lock_file()] {
            jail::check(self.root(), &path)?;
        }
        make_folders(self.root(), &self.layout.temporary())?;
        Turn::take(&self.layout.lock_file())
    }

    fn write_sidecar(&self, places: &Places, sidecar: &Sidecar) -> Result<(), Error> {
        let refused = |cause| failure::error(Operation::Put, Effect::NotApplied, cause);
        let bytes = sidecar.to_bytes().map_err(|error| {
            Error::new(Operation::Put, ErrorKind::Unexpected, Effect::NotApplied)
                .with_message("the metadata could not be written as JSON")
                .with_source(error)
        })?;
        make_folders(self.root(), parent(&places.sidecar)).map_err(refused)?;
        // The lock is held already: no sweep can come between.
        let mut file = Temporary::create(&self.layout.temporary()).map_err(refused)?;
        file.fill(&[bytes]).map_err(refused)?;
        file.rename_to(&places.sidecar).map_err(refused)?;
        sync_folder(parent(&places.sidecar)).map_err(refused)
    }

    /// The bytes, on disk, under a name that nobody reads.
    pub(super) fn temporary(&self, chunks: &[Bytes]) -> Result<Temporary, PathError> {
        let mut file = {
            let _turn = self.turn()?;
            Temporary::create(&self.layout.temporary())?
        };
        file.fill(chunks)?;
        Ok(file)
    }
}

/// The key has an object, and keeps it: whoever put it may have been killed before its name was on disk, and our
/// caller may count on it from now on.
fn taken(places: &Places) -> Result<PutOutcome, Error> {
    sync_folder(parent(&places.object))
        .map_err(|cause| failure::error(Operation::Put, Effect::NotApplied, cause))?;
    Ok(PutOutcome::PreconditionFailed)
}

/// The content that an object has now; one without metadata counts as well. The caller holds the lock.
fn current(places: &Places) -> Result<Option<Content>, PathError> {
    let mut file = match open_object(&places.object) {
        Ok(file) => file,
        Err(error) if error.source.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let size = file.metadata().at(&places.object)?.len();
    let checksum = hash(&mut file, &places.object)?;
    let known = read_sidecar(&places.sidecar)?.and_then(|sidecar| sidecar.by_checksum(checksum).cloned());
    Ok(Some(known.unwrap_or_else(|| {
        Content::new(size, checksum, None, Default::default())
    })))
}

/// What is known of an object of this size, with its checksum asked for only if needed.
fn described(
    places: &Places,
    size: u64,
    checksum: impl FnOnce() -> Result<Checksum, PathError>,
) -> Result<Option<Content>, PathError> {
    let Some(sidecar) = read_sidecar(&places.sidecar)? else {
        return Ok(None);
    };
    Ok(match sidecar.by_size(size) {
        Fit::None => None,
        Fit::One(content) => Some(content.clone()),
        Fit::Several => sidecar.by_checksum(checksum()?).cloned(),
    })
}

fn read_sidecar(path: &Path) -> Result<Option<Sidecar>, PathError> {
    let mut bytes = Vec::new();
    match jail::open(path).and_then(|mut file| file.read_to_end(&mut bytes)) {
        Ok(_) => Ok(Sidecar::parse(&bytes)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(error).at(path),
    }
}

/// Opens an object; a folder of that name, or a file in the way to it, is an object that is not there.
fn open_object(path: &Path) -> Result<File, PathError> {
    let absent = || io::Error::from(io::ErrorKind::NotFound);
    match jail::open(path) {
        Ok(file) if file.metadata().at(path)?.is_dir() => Err(absent()).at(path),
        Ok(file) => Ok(file),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(absent()).at(path),
        Err(error) => Err(error).at(path),
    }
}

fn checksum_of(mut file: File, path: &Path) -> Result<Checksum, PathError> {
    hash(&mut file, path)
}

/// Piece by piece: a file is not taken into memory to be hashed.
fn hash(file: &mut File, path: &Path) -> Result<Checksum, PathError> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Checksum::sha256(hasher.finalize().into())),
            Ok(read) => hasher.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error).at(path),
        }
    }
}

fn info(key: &ObjectKey, size: u64, content: Option<Content>) -> ObjectInfo {
    let checksum = content.as_ref().and_then(Content::checksum);
    ObjectInfo {
        etag: checksum.map(etag),
        checksums: checksum.into_iter().collect(),
        metadata: content.map(|content| content.metadata).unwrap_or_default(),
        ..ObjectInfo::new(key.clone(), size)
    }
}
