//! `Disk`: the few things that the log asks of a file system, so that a simulated one can stand in.
//! It must not know what the files mean.

use std::path::Path;
use std::{fmt, io};

mod os;
#[cfg(any(test, feature = "test-util"))]
mod sim;

pub use os::OsDisk;
#[cfg(any(test, feature = "test-util"))]
pub use sim::{Fault, SimDisk};

/// A file system, as the log uses it. All calls block.
///
/// Implementations keep what POSIX promises and nothing more: bytes written are durable after [`DiskFile::sync`], a
/// file made, renamed or removed is durably so after [`Disk::sync_dir`] of its directory.
pub trait Disk: fmt::Debug + Send + Sync + 'static {
    /// Makes a directory and its missing parents, durably; one that exists is left alone.
    ///
    /// # Errors
    ///
    /// What the file system says; some of the directories may have been made.
    fn create_dir_all(&self, dir: &Path) -> io::Result<()>;

    /// Opens a file.
    ///
    /// # Errors
    ///
    /// [`NotFound`](io::ErrorKind::NotFound) and [`AlreadyExists`](io::ErrorKind::AlreadyExists) as the mode says;
    /// else what the file system says.
    fn open(&self, path: &Path, mode: OpenMode) -> io::Result<Box<dyn DiskFile>>;

    /// The names of the files and directories in a directory, in no order.
    ///
    /// # Errors
    ///
    /// [`NotFound`](io::ErrorKind::NotFound) where there is no such directory; else what the file system says.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;

    /// Renames a file, over another one if need be: durable after [`Disk::sync_dir`].
    ///
    /// # Errors
    ///
    /// What the file system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file: durable after [`Disk::sync_dir`].
    ///
    /// # Errors
    ///
    /// [`NotFound`](io::ErrorKind::NotFound) where there is none; else what the file system says.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes durable which files a directory holds.
    ///
    /// # Errors
    ///
    /// What the file system says; what is durable is then unknown.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;

    /// Takes the exclusive lock on a file, which is made if need be, without waiting.
    ///
    /// # Errors
    ///
    /// What the file system says. A lock held elsewhere is not an error but [`Locking::Taken`].
    fn lock(&self, path: &Path) -> io::Result<Locking>;
}

/// An open file.
pub trait DiskFile: fmt::Debug + Send {
    /// Its length in bytes.
    ///
    /// # Errors
    ///
    /// What the file system says.
    fn size(&self) -> io::Result<u64>;

    /// Reads some bytes at an offset; 0 at or beyond the end.
    ///
    /// # Errors
    ///
    /// What the file system says.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Writes all these bytes at an offset.
    ///
    /// # Errors
    ///
    /// What the file system says; any part of the bytes may have been written.
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file, or lengthens it with zeros.
    ///
    /// # Errors
    ///
    /// What the file system says.
    fn set_size(&mut self, size: u64) -> io::Result<()>;

    /// Makes the file's bytes and size durable.
    ///
    /// # Errors
    ///
    /// What the file system says. What is durable is then unknown for good: a second call that succeeds proves
    /// nothing, since the system may have forgotten which bytes it failed to write.
    fn sync(&mut self) -> io::Result<()>;
}

/// A lock, held until it is let go.
pub trait DiskLock: fmt::Debug + Send {}

/// What came of asking for a lock.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a closed set: a lock is had or not")]
pub enum Locking {
    /// It is held until this is dropped.
    Held(Box<dyn DiskLock>),
    /// Someone else holds it: this process, where it has said so.
    Taken(Option<u32>),
}

/// How to open a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a closed set: the log opens files in no other way"
)]
pub enum OpenMode {
    /// One that exists, to read.
    Read,
    /// One that exists, to read and write.
    Write,
    /// One that does not exist yet, to read and write.
    Create,
}
