//! What is known of customers' grants beside the configuration: external IDs whose role does not exist yet, roles whose
//! trust was probed, buckets whose owner was found out, and when what was checked. Holds no credentials, and asks nobody.

mod file;
mod memory;
mod records;

use std::fmt::Debug;
use std::sync::Arc;

use crate::Error;

pub use file::FileGrantStore;
pub use memory::MemoryGrantStore;
pub use records::{GrantRecords, LastCheck};

/// Where it is kept: one file beside the spool, unless whoever embeds this has a better place.
pub trait GrantStore: Debug + Send + Sync + 'static {
    /// All that is known.
    ///
    /// # Errors
    ///
    /// [`DataDirectory`](crate::ErrorKind::DataDirectory) where it cannot be read, or is of a newer version.
    fn read(&self) -> Result<GrantRecords, Error>;

    /// Changes what is known, while nobody else does; what is known then. On the disk when it returns. A change that fails
    /// leaves everything as it was.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read); where it cannot be written; and that of the change.
    fn update(
        &self,
        change: &mut dyn FnMut(&mut GrantRecords) -> Result<(), Error>,
    ) -> Result<GrantRecords, Error>;
}

impl<T: GrantStore + ?Sized> GrantStore for Arc<T> {
    fn read(&self) -> Result<GrantRecords, Error> {
        (**self).read()
    }

    fn update(
        &self,
        change: &mut dyn FnMut(&mut GrantRecords) -> Result<(), Error>,
    ) -> Result<GrantRecords, Error> {
        (**self).update(change)
    }
}

#[cfg(test)]
mod tests;
