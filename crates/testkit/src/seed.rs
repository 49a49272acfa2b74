//! The description of a world: what `accounts.toml` holds, and what a test builds in code. Both are the same types.
//!
//! Plain data; it becomes state in [`Seed::build`]. Files are read by the caller, which hands their text in.
//!
//! # The file
//!
#![doc = concat!("```toml\n", include_str!("../examples/accounts.toml"), "```")]

mod account;
mod bucket;
mod kms_key;
mod principal;
mod text;

#[cfg(feature = "seed-file")]
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;
#[cfg(feature = "seed-file")]
use crate::error::ErrorKind;
use crate::world::{Identities, World};
pub use account::Account;
pub use bucket::Bucket;
pub use kms_key::KmsKey;
pub use principal::{Role, User};
#[cfg(feature = "seed-file")]
use text::Text;

/// A whole world: accounts with all that is in them.
///
/// ```
/// use bucketline_testkit::Seed;
/// use bucketline_testkit::seed::{Account, Bucket, User};
///
/// # fn main() -> Result<(), bucketline_testkit::Error> {
/// let world = Seed::new()
///     .account(
///         Account::new("111122223333")
///             .user(User::new("currents").access_key("AKIAIOSFODNN7EXAMPLE", "secret"))
///             .bucket(Bucket::new("acme-events").region("eu-central-1")),
///     )
///     .build()?;
/// assert_eq!(world.buckets(), ["acme-events"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    #[serde(default, rename = "account")]
    accounts: Vec<Account>,
    /// What ids and tokens are derived from.
    #[serde(default)]
    ids: u64,
}

impl Seed {
    /// An empty world.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the text of a seed file; `read` is asked for the text of each policy file that it names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Seed`] for what is not TOML, an unknown key or a wrong type, with line and column;
    /// [`ErrorKind::Io`] for a policy file that could not be read.
    #[cfg(feature = "seed-file")]
    pub fn parse(text: &str, read: &mut dyn FnMut(&Path) -> std::io::Result<String>) -> Result<Self, Error> {
        let mut seed: Self = toml::from_str(text).map_err(|error| {
            Error::new(
                ErrorKind::Seed,
                format!("the seed cannot be read: {}", error.to_string().trim_end()),
            )
        })?;
        for account in &mut seed.accounts {
            account.texts(&mut |text: &mut Text| text.fetch(read))?;
        }
        Ok(seed)
    }

    /// Adds an account.
    #[must_use]
    pub fn account(mut self, account: Account) -> Self {
        self.accounts.push(account);
        self
    }

    /// Sets what request ids, session keys and tokens are derived from; 0 unless set.
    #[must_use]
    pub fn ids(mut self, seed: u64) -> Self {
        self.ids = seed;
        self
    }

    /// Makes the state that a testkit serves.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Seed`] for names that are invalid or there twice, [`ErrorKind::Policy`] for a text that is no
    /// policy document.
    pub fn build(self) -> Result<World, Error> {
        let mut identities = Identities::default();
        let mut buckets = Vec::new();
        for account in self.accounts {
            account.build(&mut identities, &mut buckets)?;
        }
        World::new(identities, buckets, self.ids)
    }
}
