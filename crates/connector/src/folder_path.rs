//! Folder paths: the key prefix that belongs to one connector, in its canonical form. Knows nothing of buckets.

mod registry;

pub use registry::{FolderConflict, FolderRegistry, Overlap};

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The characters that have a meaning in a policy (`* ? $ {` ...), or that S3's guide says to avoid in keys
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>).
const FORBIDDEN: &[u8] = b"\\*?${}^%`][\"><~#|";

/// The first segment that belongs to Bucketline itself (claims, checks).
const RESERVED: &str = "_bucketline";

/// A folder path in canonical form: segments of printable ASCII joined by `/`, with none at either end; at most 512
/// bytes. What does not fit is rejected, not repaired, but for one trailing slash, which is stripped.
///
/// ```
/// use bucketline_connector::FolderPath;
///
/// let folder: FolderPath = "exports/currents/".parse()?;
/// assert_eq!(folder.as_str(), "exports/currents");
/// assert_eq!(FolderPath::default().as_str(), "currents");
/// for wrong in ["", "/a", "a//b", "a/../b", "a/*", "_bucketline/x", "naïve"] {
///     assert!(wrong.parse::<FolderPath>().is_err(), "{wrong}");
/// }
/// # Ok::<(), bucketline_connector::InvalidFolderPath>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderPath(Arc<str>);

impl FolderPath {
    /// The longest path, in bytes.
    pub const MAX_LENGTH: usize = 512;

    /// The path, without a slash at either end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments, from the outermost; at least one, and none is empty.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }

    /// Whether `key` lies below this folder.
    pub fn contains_key(&self, key: &str) -> bool {
        key.strip_prefix(&*self.0)
            .is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Default for FolderPath {
    /// `currents`.
    fn default() -> Self {
        Self("currents".into())
    }
}

impl FromStr for FolderPath {
    type Err = InvalidFolderPath;

    fn from_str(text: &str) -> Result<Self, InvalidFolderPath> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let refuse = |problem| Err(InvalidFolderPath { problem });
        if path.is_empty() {
            return refuse(Problem::Empty);
        }
        if path.len() > Self::MAX_LENGTH {
            return refuse(Problem::TooLong(path.len()));
        }
        if let Some(found) = path
            .chars()
            .find(|c| !matches!(c, ' '..='~') || FORBIDDEN.contains(&(*c as u8)))
        {
            return refuse(Problem::Character(found));
        }
        if path.starts_with('/') {
            return refuse(Problem::LeadingSlash);
        }
        for segment in path.split('/') {
            match segment {
                "" => return refuse(Problem::EmptySegment),
                "." | ".." => return refuse(Problem::Dots),
                _ => {}
            }
        }
        if path
            .split('/')
            .next()
            .is_some_and(|first| first.eq_ignore_ascii_case(RESERVED))
        {
            return refuse(Problem::Reserved);
        }
        Ok(Self(path.into()))
    }
}

impl fmt::Display for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FolderPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FolderPath({})", self.0)
    }
}

/// Why a text is no [`FolderPath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a folder path: {problem}")]
pub struct InvalidFolderPath {
    problem: Problem,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum Problem {
    #[error("it is empty")]
    Empty,
    #[error("it has {0} bytes, more than 512")]
    TooLong(usize),
    #[error("it holds `{}`; allowed is printable ASCII but for `\\ * ? $ {{ }} ^ % ` ] [ \" > < ~ # |`", .0.escape_default())]
    Character(char),
    #[error("it begins with `/`; leave that out")]
    LeadingSlash,
    #[error("it has an empty segment (`//`)")]
    EmptySegment,
    #[error("it has a segment `.` or `..`")]
    Dots,
    #[error("folders below `_bucketline` are Bucketline's own")]
    Reserved,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trailing_slash_is_stripped_and_no_more() {
        assert_eq!("a/b/".parse::<FolderPath>().unwrap().as_str(), "a/b");
        assert!("a/b//".parse::<FolderPath>().is_err());
        assert!("/".parse::<FolderPath>().is_err());
    }

    #[test]
    fn every_forbidden_character_is_refused() {
        for byte in 0..=255u8 {
            let text = format!("a{}b", char::from(byte));
            let fine =
                matches!(byte, 0x20..=0x7e) && !br#"*?${}^%`][">< ~#|\"#.contains(&byte) || byte == b' ';
            assert_eq!(text.parse::<FolderPath>().is_ok(), fine, "{byte:#x}");
        }
    }

    #[test]
    fn the_length_is_bounded() {
        assert!("a".repeat(512).parse::<FolderPath>().is_ok());
        assert!("a".repeat(513).parse::<FolderPath>().is_err());
    }

    #[test]
    fn a_folder_holds_the_keys_below_it_alone() {
        let folder: FolderPath = "a/b".parse().unwrap();
        assert!(folder.contains_key("a/b/c"));
        for outside in ["a/b", "a/bc", "a/bc/d", "x/a/b/c"] {
            assert!(!folder.contains_key(outside), "{outside}");
        }
    }

    #[test]
    fn the_reserved_folder_is_refused_in_any_case() {
        assert!("_BucketLine".parse::<FolderPath>().is_err());
        assert!("_bucketlines/x".parse::<FolderPath>().is_ok());
        assert!("x/_bucketline".parse::<FolderPath>().is_ok());
    }
}
