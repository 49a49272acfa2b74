//! How far a job is, for whoever watches.

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Rows that were read.
    pub rows: u64,
    /// Bytes that were written, packed.
    pub bytes: u64,
    /// Files that are whole.
    pub files: u64,
    /// Parts of the file that is being written.
    pub part: u64,
}
