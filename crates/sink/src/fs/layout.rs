//! Where things lie in the folder. It must not touch the disk.

use std::path::{Path, PathBuf};

use crate::{Effect, Error, ErrorKind, ObjectKey, Operation};

/// The folder within the folder that holds what is not an object.
pub(super) const OWN: &str = "_bucketline";

/// The longest directory entry, in bytes, of every common file system.
const MAX_ENTRY: usize = 255;
const SIDECAR_SUFFIX: &str = ".json";

/// The paths of one folder.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    pub(super) root: PathBuf,
}

impl Layout {
    pub(super) fn lock_file(&self) -> PathBuf {
        self.root.join(OWN).join("lock")
    }

    pub(super) fn temporary(&self) -> PathBuf {
        self.root.join(OWN).join("tmp")
    }

    pub(super) fn uploads(&self) -> PathBuf {
        self.root.join(OWN).join("uploads")
    }

    pub(super) fn sidecars(&self) -> PathBuf {
        self.root.join(OWN).join("meta")
    }

    /// Where the object and its metadata lie, if a folder can hold that key.
    pub(super) fn places(&self, operation: Operation, key: &ObjectKey) -> Result<Places, Error> {
        let refuse = |message: String| {
            Error::new(operation, ErrorKind::InvalidRequest, Effect::NotApplied).with_message(message)
        };
        if is_reserved(key.as_str()) {
            return Err(refuse(format!(
                "`{OWN}/meta`, `{OWN}/tmp`, `{OWN}/uploads` and `{OWN}/lock` belong to the sink itself"
            )));
        }
        let mut object = self.root.clone();
        let mut sidecar = self.sidecars();
        let mut segments = key.segments().peekable();
        while let Some(segment) = segments.next() {
            let last = segments.peek().is_none();
            let limit = if last {
                MAX_ENTRY - SIDECAR_SUFFIX.len()
            } else {
                MAX_ENTRY
            };
            if segment.len() > limit {
                return Err(refuse(format!(
                    "a segment of the key has {} bytes; a folder on disk takes {limit} there",
                    segment.len()
                )));
            }
            if cfg!(windows) && segment.contains(['\\', ':']) {
                return Err(refuse(
                    "this system cannot have `\\` or `:` in a file's name".to_owned(),
                ));
            }
            object.push(segment);
            sidecar.push(if last {
                format!("{segment}{SIDECAR_SUFFIX}")
            } else {
                segment.to_owned()
            });
        }
        Ok(Places { object, sidecar })
    }
}

/// The two files of one object.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) object: PathBuf,
    pub(super) sidecar: PathBuf,
}

/// Whether the key lies where the sink keeps its own files.
pub(super) fn is_reserved(key: &str) -> bool {
    let mut segments = key.split('/');
    segments.next() == Some(OWN) && matches!(segments.next(), Some("meta" | "tmp" | "uploads" | "lock"))
}

/// The folder that a file lies in.
pub(super) fn parent(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(key: &str) -> Result<Places, Error> {
        Layout {
            root: PathBuf::from("out"),
        }
        .places(Operation::Put, &ObjectKey::parse(key)?)
    }

    #[test]
    fn object_and_sidecar_lie_side_by_side() {
        let found = places("currents/a+b.avro").unwrap();
        assert_eq!(found.object, Path::new("out/currents/a+b.avro"));
        assert_eq!(
            found.sidecar,
            Path::new("out/_bucketline/meta/currents/a+b.avro.json")
        );
    }

    #[test]
    fn a_segment_too_long_for_a_directory_entry_is_a_clear_error() {
        assert!(places(&format!("{}/a", "x".repeat(255))).is_ok());
        let error = places(&format!("{}/a", "x".repeat(256))).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("256 bytes"), "{error}");
        assert!(places(&"x".repeat(250)).is_ok());
        assert!(places(&"x".repeat(251)).is_err());
    }

    #[test]
    fn the_sink_s_own_files_are_out_of_reach() {
        for key in ["_bucketline/meta/a.json", "_bucketline/tmp/1", "_bucketline/lock"] {
            assert!(places(key).is_err(), "{key}");
        }
        assert!(places("_bucketline/check").is_ok());
    }
}
