//! What a put may ask of a folder. It must not touch the disk.

use crate::{Effect, Encryption, Error, ErrorKind, Operation, PutOptions};

/// Refuses what a bucket has and a folder has not, before anything is done.
pub(super) fn refuse_what_a_folder_has_not(operation: Operation, options: &PutOptions) -> Result<(), Error> {
    let what = if options.encryption != Encryption::BucketDefault {
        "a folder on disk does not encrypt"
    } else if options.storage_class.is_some() {
        "a folder on disk has no storage classes"
    } else if !options.tags.is_empty() {
        "a folder on disk keeps no tags"
    } else {
        return Ok(());
    };
    Err(Error::new(operation, ErrorKind::Unsupported, Effect::NotApplied).with_message(what))
}
