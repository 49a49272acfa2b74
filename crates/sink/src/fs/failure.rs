//! I/O errors in the crate's words. It must not decide whether a call took effect.

use std::io;

use crate::fs::PathError;
use crate::fs::jail::Strange;
use crate::{Effect, Error, ErrorKind, Operation};

/// What went wrong, with the effect that the caller knows of.
pub(super) fn error(operation: Operation, effect: Effect, cause: PathError) -> Error {
    if let Some(strange) = cause
        .source
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Strange>())
    {
        return Error::new(operation, ErrorKind::InvalidRequest, effect)
            .with_message(format!("{}: {strange}", cause.path.display()));
    }
    let kind = match kind_of(&cause.source) {
        // Only a read can miss its object; anything else misses the folder.
        ErrorKind::NotFound if !matches!(operation, Operation::Head | Operation::Get) => {
            ErrorKind::NoSuchBucket
        }
        kind => kind,
    };
    let message = match kind {
        // The path says which half of the key is in the way; the system's own word for it does not.
        ErrorKind::InvalidRequest => format!(
            "{}: a file stands where a folder has to be, or the reverse",
            cause.path.display()
        ),
        ErrorKind::Unsupported => format!(
            "{}: this file system lacks hard links or file locks",
            cause.path.display()
        ),
        _ => format!("{}: {}", cause.path.display(), cause.source),
    };
    Error::new(operation, kind, effect)
        .with_message(message)
        .with_source(cause.source)
}

fn kind_of(error: &io::Error) -> ErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => ErrorKind::AccessDenied,
        io::ErrorKind::StorageFull => ErrorKind::DiskFull,
        io::ErrorKind::QuotaExceeded => ErrorKind::Quota,
        io::ErrorKind::NotADirectory
        | io::ErrorKind::IsADirectory
        | io::ErrorKind::AlreadyExists
        | io::ErrorKind::DirectoryNotEmpty
        | io::ErrorKind::InvalidFilename => ErrorKind::InvalidRequest,
        io::ErrorKind::Unsupported | io::ErrorKind::CrossesDevices | io::ErrorKind::TooManyLinks => {
            ErrorKind::Unsupported
        }
        _ => ErrorKind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn a_full_disk_is_named() {
        // ENOSPC is 28 on every Unix; there is no portable way to fill a disk in a test.
        let cause = PathError {
            path: PathBuf::from("out/a"),
            source: io::Error::from_raw_os_error(28),
        };
        let error = error(Operation::Put, Effect::NotApplied, cause);
        assert_eq!(*error.kind(), ErrorKind::DiskFull);
        assert!(
            error.to_string().starts_with("put: the disk is full: out/a: "),
            "{error}"
        );
    }
}
