//! Listing: the files below a folder as keys, in their order. It must not change anything.
//!
//! A folder is read once for a whole listing, however many pages it has: what is left of it waits for the next page.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::vec;

use crate::fs::layout::{OWN, is_reserved};
use crate::fs::{AtPath as _, PathError, failure};
use crate::{Effect, Error, ErrorKind, ListPage, ListToken, Listed, Operation};

/// The keys of one page, as many as S3 gives.
const PAGE: usize = 1000;

/// Listings that may be under way at once; the oldest one begins anew where its token says.
const WAITING: usize = 8;

/// The listings that wait to be gone on with.
#[derive(Debug, Default)]
pub(super) struct Listings(Mutex<VecDeque<Walk>>);

impl Listings {
    /// One page of the keys that begin with `prefix`, in order. The token is the last key of the page before, so
    /// what comes or goes meanwhile shifts nothing.
    pub(super) fn page(
        &self,
        root: &Path,
        prefix: &str,
        after: Option<&ListToken>,
    ) -> Result<ListPage, Error> {
        if !root.is_dir() {
            return Err(Error::new(
                Operation::List,
                ErrorKind::NoSuchBucket,
                Effect::NotApplied,
            ));
        }
        // Only the deepest folder that the prefix names has to be walked.
        let start = prefix.rfind('/').and_then(|end| prefix.get(..end)).unwrap_or("");
        if start.split('/').any(|segment| segment == "." || segment == "..") {
            return Ok(ListPage::default());
        }
        let mut walk = match after.and_then(|token| self.take(prefix, token)) {
            Some(walk) => walk,
            None => Walk::begin(root, start, prefix, after)?,
        };
        let mut objects = Vec::new();
        while objects.len() < PAGE {
            match walk.next().map_err(failed)? {
                Some(listed) => objects.push(listed),
                None => return Ok(ListPage::new(objects, None)),
            }
        }
        if walk.is_at_end().map_err(failed)? {
            return Ok(ListPage::new(objects, None));
        }
        let next = objects
            .last()
            .map(|last: &Listed| ListToken::new(last.key.clone()));
        walk.last = next
            .as_ref()
            .map(|token| token.as_str().to_owned())
            .unwrap_or_default();
        self.keep(walk);
        Ok(ListPage::new(objects, next))
    }

    fn take(&self, prefix: &str, token: &ListToken) -> Option<Walk> {
        let mut walks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = walks
            .iter()
            .position(|walk| walk.prefix == prefix && walk.last == token.as_str())?;
        walks.remove(at)
    }

    fn keep(&self, walk: Walk) {
        let mut walks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if walks.len() >= WAITING {
            walks.pop_front();
        }
        walks.push_back(walk);
    }
}

fn failed(cause: PathError) -> Error {
    failure::error(Operation::List, Effect::NotApplied, cause)
}

/// A way through the folders, by the order of keys.
#[derive(Debug)]
struct Walk {
    prefix: String,
    /// The last key that was handed out.
    last: String,
    /// What is left of each folder on the way down, the deepest last.
    left: Vec<vec::IntoIter<Entry>>,
    ahead: Option<Listed>,
}

#[derive(Debug)]
struct Entry {
    /// With a slash at its end for a folder, by which folders stand where their keys do.
    key: String,
    path: PathBuf,
}

impl Walk {
    fn begin(root: &Path, start: &str, prefix: &str, after: Option<&ListToken>) -> Result<Self, Error> {
        let mut walk = Self {
            prefix: prefix.to_owned(),
            last: after.map(|token| token.as_str().to_owned()).unwrap_or_default(),
            left: Vec::new(),
            ahead: None,
        };
        let above = if start.is_empty() {
            String::new()
        } else {
            format!("{start}/")
        };
        let folder = root.join(start);
        // A link on the way is not followed, and there is nothing below it.
        if super::jail::check(root, &folder).is_ok() {
            walk.enter(&folder, &above).map_err(failed)?;
        }
        Ok(walk)
    }

    fn is_at_end(&mut self) -> Result<bool, PathError> {
        if self.ahead.is_none() {
            self.ahead = self.next()?;
        }
        Ok(self.ahead.is_none())
    }

    fn next(&mut self) -> Result<Option<Listed>, PathError> {
        if let Some(listed) = self.ahead.take() {
            return Ok(Some(listed));
        }
        while let Some(folder) = self.left.last_mut() {
            let Some(entry) = folder.next() else {
                self.left.pop();
                continue;
            };
            if entry.key.ends_with('/') {
                self.enter(&entry.path, &entry.key)?;
                continue;
            }
            match fs::symlink_metadata(&entry.path) {
                Ok(metadata) if metadata.is_file() => {
                    return Ok(Some(Listed::new(entry.key, metadata.len())));
                }
                Ok(_) => {}
                // Deleted since the folder was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).at(&entry.path),
            }
        }
        Ok(None)
    }

    /// Reads a folder: what of it is wanted, in the order of keys. Links and special files are no objects.
    fn enter(&mut self, folder: &Path, above: &str) -> Result<(), PathError> {
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
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.at(folder)?;
            let kind = entry.file_type().at(folder)?;
            // A name that is no UTF-8 was not made by this sink; it is shown, though it cannot be addressed.
            let mut key = format!("{above}{}", entry.file_name().to_string_lossy());
            if kind.is_dir() {
                key.push('/');
            } else if !kind.is_file() {
                continue;
            }
            if self.wants(&key, kind.is_dir()) {
                found.push(Entry {
                    key,
                    path: entry.path(),
                });
            }
        }
        found.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        self.left.push(found.into_iter());
        Ok(())
    }

    fn wants(&self, key: &str, is_folder: bool) -> bool {
        let ours = is_reserved(key.trim_end_matches('/')) || (is_own(key) && !is_own(&self.prefix));
        if ours {
            return false;
        }
        if is_folder {
            // Some key in it may begin with the prefix, and may come after the last one.
            (key.starts_with(&self.prefix) || self.prefix.starts_with(key))
                && (self.last.as_str() < key || self.last.starts_with(key))
        } else {
            key.starts_with(&self.prefix) && key > self.last.as_str()
        }
    }
}

fn is_own(text: &str) -> bool {
    text.strip_prefix(OWN).is_some_and(|rest| rest.starts_with('/'))
}
