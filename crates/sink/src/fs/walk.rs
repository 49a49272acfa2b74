//! Listing: the files below a folder as keys. It must not change anything.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::fs::layout::{OWN, is_reserved};
use crate::fs::{AtPath as _, PathError, failure};
use crate::{Effect, Error, ErrorKind, ListPage, ListToken, Listed, Operation};

/// The keys of one page, as many as S3 gives.
const PAGE: usize = 1000;

/// One page of the keys that begin with `prefix`, in order. The token is the last key of the page before, so
/// what comes or goes meanwhile shifts nothing.
pub(super) fn page(root: &Path, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
    if !root.is_dir() {
        return Err(Error::new(
            Operation::List,
            ErrorKind::NoSuchBucket,
            Effect::NotApplied,
        ));
    }
    let mut found = Vec::new();
    // Only the deepest folder that the prefix names has to be walked.
    let start = prefix.rfind('/').and_then(|end| prefix.get(..end)).unwrap_or("");
    if start.split('/').any(|segment| segment == "." || segment == "..") {
        return Ok(ListPage::default());
    }
    walk(&root.join(start), start, &mut |key, path| {
        let wanted = key.starts_with(prefix) && after.is_none_or(|token| key.as_str() > token.as_str());
        let ours = is_reserved(&key) || (is_own(&key) && !is_own(prefix));
        if wanted && !ours {
            found.push((key, path));
        }
    })
    .map_err(|cause| failure::error(Operation::List, Effect::NotApplied, cause))?;
    found.sort_unstable();
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let next = found
        .last()
        .filter(|_| more)
        .map(|(key, _)| ListToken::new(key.clone()));
    let mut objects = Vec::with_capacity(found.len());
    for (key, path) in found {
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_file() => objects.push(Listed::new(key, metadata.len())),
            Ok(_) => {}
            // Deleted since the walk.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let cause = PathError { path, source: error };
                return Err(failure::error(Operation::List, Effect::NotApplied, cause));
            }
        }
    }
    Ok(ListPage::new(objects, next))
}

fn is_own(text: &str) -> bool {
    text.strip_prefix(OWN).is_some_and(|rest| rest.starts_with('/'))
}

fn walk(folder: &Path, key: &str, visit: &mut dyn FnMut(String, PathBuf)) -> Result<(), PathError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(());
        }
        Err(error) => return Err(error).at(folder),
    };
    for entry in entries {
        let entry = entry.at(folder)?;
        // A name that is no UTF-8 was not made by this sink; it is shown, though it cannot be addressed.
        let name = entry.file_name().to_string_lossy().into_owned();
        let key = if key.is_empty() {
            name
        } else {
            format!("{key}/{name}")
        };
        if entry.file_type().at(folder)?.is_dir() {
            walk(&entry.path(), &key, visit)?;
        } else {
            visit(key, entry.path());
        }
    }
    Ok(())
}
