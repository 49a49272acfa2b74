//! Uploads in parts on a folder, blocking: a folder of their own for each, until its parts become one file. It must not know of
//! async callers.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::checksum::Summing;
use crate::fs::asked::refuse_what_a_folder_has_not;
use crate::fs::atomic_write::{Temporary, make_folders, sync_folder};
use crate::fs::sidecar::Content;
use crate::fs::store::Store;
use crate::fs::{AtPath as _, PathError, failure, jail};
use crate::multipart::check_parts;
use crate::{
    Checksum, ChecksumAlgorithm, ETag, Effect, Error, ErrorKind, ObjectKey, Operation, Part, PartLimits,
    Payload, PutMode, PutOptions, PutOutcome, Upload,
};

/// What an upload begins with.
#[derive(Debug, Serialize, Deserialize)]
struct Begun {
    key: String,
    content_type: Option<String>,
    metadata: BTreeMap<String, String>,
}

const BEGUN: &str = "upload.json";

impl Store {
    pub(super) fn begin_upload(&self, key: &ObjectKey, options: &PutOptions) -> Result<Upload, Error> {
        const OPERATION: Operation = Operation::BeginUpload;
        let refused = |cause| failure::error(OPERATION, Effect::NotApplied, cause);
        refuse_what_a_folder_has_not(OPERATION, options)?;
        self.places(OPERATION, key)?;
        if !self.root().is_dir() {
            return Err(Error::new(OPERATION, ErrorKind::NoSuchBucket, Effect::NotApplied));
        }
        let upload = Upload::new(key.clone(), new_id());
        let begun = Begun {
            key: key.as_str().to_owned(),
            content_type: options.content_type.clone(),
            metadata: options.metadata.clone(),
        };
        let bytes = serde_json::to_vec(&begun).map_err(|error| {
            Error::new(OPERATION, ErrorKind::Unexpected, Effect::NotApplied)
                .with_message("the metadata could not be written as JSON")
                .with_source(error)
        })?;
        let folder = self.upload_folder(OPERATION, &upload)?;
        jail::check(self.root(), &folder).map_err(refused)?;
        make_folders(self.root(), &folder).map_err(refused)?;
        self.write_within(&folder, BEGUN, &[bytes.into()])
            .map_err(refused)?;
        Ok(upload)
    }

    pub(super) fn put_part(&self, upload: &Upload, number: u32, payload: &Payload) -> Result<Part, Error> {
        const OPERATION: Operation = Operation::PutPart;
        if !(1..=PartLimits::default().most).contains(&number) {
            return Err(Error::invalid(format!("a part cannot have the number {number}")));
        }
        let (folder, _) = self.begun(OPERATION, upload)?;
        let checksum = payload.checksum_by(ChecksumAlgorithm::Crc64Nvme);
        // A part that was removed with its upload meanwhile is told so; one that was begun again takes the place of this one.
        self.write_within(&folder, &part_name(number), payload.chunks())
            .map_err(|cause| match cause.source.kind() {
                io::ErrorKind::NotFound => no_upload(OPERATION),
                _ => failure::error(OPERATION, Effect::NotApplied, cause),
            })?;
        Ok(Part::new(number, payload.len(), tag(checksum), checksum))
    }

    pub(super) fn complete_upload(
        &self,
        upload: &Upload,
        parts: &[Part],
        mode: &PutMode,
    ) -> Result<PutOutcome, Error> {
        const OPERATION: Operation = Operation::CompleteUpload;
        let refused = |cause| failure::error(OPERATION, Effect::NotApplied, cause);
        check_parts(parts, PartLimits::default())?;
        let (folder, begun) = self.begun(OPERATION, upload)?;
        let mut whole = self.temporary(&[]).map_err(refused)?;
        let (mut sum, mut size) = (Sha256::new(), 0);
        for part in parts {
            let path = folder.join(part_name(part.number));
            let copied = append(&path, &mut whole, &mut sum).map_err(refused)?;
            if copied != Some((part.size, part.checksum)) {
                return Err(Error::invalid(format!(
                    "part {} is not one that was sent",
                    part.number
                )));
            }
            size += part.size;
        }
        whole.fill(&[]).map_err(refused)?;
        let content = Content::new(
            size,
            Checksum::sha256(sum.finalize().into()),
            begun.content_type,
            begun.metadata,
        );
        let outcome = self.publish(OPERATION, upload.key(), whole, content, mode)?;
        if outcome != PutOutcome::PreconditionFailed {
            // What stays behind is seen by nobody, and an abort removes it.
            let _ = fs::remove_dir_all(&folder);
        }
        Ok(outcome)
    }

    pub(super) fn abort_upload(&self, upload: &Upload) -> Result<(), Error> {
        const OPERATION: Operation = Operation::AbortUpload;
        let folder = self.upload_folder(OPERATION, upload)?;
        jail::check(self.root(), &folder)
            .map_err(|cause| failure::error(OPERATION, Effect::NotApplied, cause))?;
        match fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error)
                .at(&folder)
                .map_err(|cause| failure::error(OPERATION, Effect::Unknown, cause)),
            _ => Ok(()),
        }
    }

    /// The folder of an upload that was begun, and what it began with.
    fn begun(&self, operation: Operation, upload: &Upload) -> Result<(PathBuf, Begun), Error> {
        let folder = self.upload_folder(operation, upload)?;
        let path = folder.join(BEGUN);
        jail::check(self.root(), &path)
            .map_err(|cause| failure::error(operation, Effect::NotApplied, cause))?;
        let mut text = Vec::new();
        match jail::open(&path).and_then(|mut file| file.read_to_end(&mut text)) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(no_upload(operation)),
            Err(error) => {
                return Err(error)
                    .at(&path)
                    .map_err(|cause| failure::error(operation, Effect::NotApplied, cause));
            }
        }
        let begun: Option<Begun> = serde_json::from_slice(&text).ok();
        begun
            .filter(|begun| begun.key == upload.key().as_str())
            .map(|begun| (folder, begun))
            .ok_or_else(|| no_upload(operation))
    }

    /// Where an upload lies, if its id is one that was given here: it becomes part of a path.
    fn upload_folder(&self, operation: Operation, upload: &Upload) -> Result<PathBuf, Error> {
        let id = upload.id();
        let is_ours = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_ours {
            Ok(self.uploads().join(id))
        } else {
            Err(no_upload(operation))
        }
    }

    /// A file in a folder, whole and on disk.
    fn write_within(&self, folder: &Path, name: &str, chunks: &[Bytes]) -> Result<(), PathError> {
        let file = self.temporary(chunks)?;
        file.rename_to(&folder.join(name))?;
        sync_folder(folder)
    }
}

/// Appends a part to the whole. Its length and its checksum; nothing if there is no such part.
fn append(
    path: &Path,
    whole: &mut Temporary,
    sum: &mut Sha256,
) -> Result<Option<(u64, Checksum)>, PathError> {
    let mut file: File = match jail::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).at(path),
    };
    let (mut crc, mut size) = (Summing::new(ChecksumAlgorithm::Crc64Nvme), 0);
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let read = match file.read(&mut buffer) {
            Ok(0) => return Ok(Some((size, crc.finish()))),
            Ok(read) => buffer.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error).at(path),
        };
        whole.file().write_all(read).at(path)?;
        sum.update(read);
        crc.update(read);
        size += read.len() as u64;
    }
}

fn part_name(number: u32) -> String {
    format!("{number:05}.part")
}

fn tag(checksum: Checksum) -> ETag {
    ETag::new(format!("\"{}\"", checksum.hex()))
}

fn no_upload(operation: Operation) -> Error {
    Error::new(operation, ErrorKind::NoSuchUpload, Effect::NotApplied)
}

/// Unlike any other: 128 bits, of the randomness that this process hashes with.
fn new_id() -> String {
    let half = || RandomState::new().hash_one(process::id());
    format!("{:016x}{:016x}", half(), half())
}
