//! The state of the AWS that the testkit plays: who exists, what they may do, and what is stored.
//!
//! No I/O and no clock in here: the server hands requests in with the time they came at.

mod bucket;
mod caller;
mod identity;
mod object;
mod propagation;
mod secret;
mod session;
mod upload;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

pub(crate) use bucket::{Bucket, Condition, ListQuery, Marker, PutRefused, Quirks, Settings};
pub(crate) use caller::{Caller, CredentialFault};
pub(crate) use identity::{
    About, Holder, Identities, KmsKey, KmsKeyState, Managed, Removed, RoleRecord, RoleView, UserView,
};
pub use identity::{KeyPair, KeyStatus, WebIdentity};
pub(crate) use object::{Algorithm, StoredChecksum, etag};
pub use object::{Encryption, ObjectEntry, StoredObject};
pub(crate) use secret::Secret;
pub(crate) use session::{NewSession, Session};
pub(crate) use upload::{StoredPart, Upload, Uploads};

use crate::authorize::{Policy, Rights};
use crate::clock::Clock;
use crate::error::{Error, ErrorKind};
use crate::ids::Ids;
use crate::seed::Seed;
use propagation::Propagation;

/// The state behind a testkit: a cheap handle, shared by the server and the tests.
///
/// Built from a [`Seed`]. Changes made through it are seen by the very next request, unless
/// [`set_propagation`](World::set_propagation) has them take as long as IAM's do.
#[derive(Debug, Clone)]
pub struct World {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    identities: RwLock<Identities>,
    propagation: RwLock<Propagation>,
    buckets: RwLock<HashMap<String, Arc<Bucket>>>,
    clock: Clock,
    ids: Ids,
}

impl World {
    /// An empty seed, to describe a world with.
    #[must_use]
    pub fn builder() -> Seed {
        Seed::new()
    }

    pub(crate) fn new(identities: Identities, buckets: Vec<Bucket>, seed: u64) -> Result<Self, Error> {
        let mut by_name = HashMap::new();
        for bucket in buckets {
            let name = bucket.name().to_owned();
            if by_name.insert(name.clone(), Arc::new(bucket)).is_some() {
                return Err(Error::new(
                    ErrorKind::Seed,
                    format!("bucket `{name}` is there twice: names are global"),
                ));
            }
        }
        Ok(Self {
            inner: Arc::new(Inner {
                identities: RwLock::new(identities),
                propagation: RwLock::new(Propagation::default()),
                buckets: RwLock::new(by_name),
                clock: Clock::default(),
                ids: Ids::new(seed),
            }),
        })
    }

    /// The clock by which sessions expire.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Has changes of users, roles, keys and their policies be seen so long after they are made, by [`clock`](Self::clock); at once
    /// unless this is called. IAM itself tells them at once.
    pub fn set_propagation(&self, delay: Duration) {
        write(&self.inner.propagation).set(delay);
    }

    // What a test looks at.

    /// An object as it is stored.
    #[must_use]
    pub fn object(&self, bucket: &str, key: &str) -> Option<Arc<StoredObject>> {
        self.bucket(bucket)?.get(key)
    }

    /// What a bucket holds, in the order of the keys; nothing where there is no such bucket.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> Vec<ObjectEntry> {
        self.bucket(bucket)
            .map(|bucket| bucket.entries())
            .unwrap_or_default()
    }

    /// The keys of the multipart uploads that are under way in a bucket, sorted: what nobody sees, and somebody pays for.
    #[must_use]
    pub fn pending_uploads(&self, bucket: &str) -> Vec<String> {
        let uploads = self.bucket(bucket).map(|bucket| bucket.uploads.all());
        let mut keys: Vec<String> = uploads
            .unwrap_or_default()
            .into_iter()
            .map(|(_, upload)| upload.key)
            .collect();
        keys.sort_unstable();
        keys
    }

    /// The names of all buckets, sorted.
    #[must_use]
    pub fn buckets(&self) -> Vec<String> {
        let mut names: Vec<String> = read(&self.inner.buckets).keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// Puts an object without asking anyone, as if the bucket's owner had done so.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such bucket; nothing is stored.
    pub fn put_object(&self, bucket: &str, key: &str, body: impl Into<Bytes>) -> Result<(), Error> {
        let bucket = self.expect_bucket(bucket)?;
        let object = StoredObject::plain(body.into(), bucket.encryption(), self.clock().now());
        bucket.overwrite(key, object);
        Ok(())
    }

    /// Removes an object without asking anyone; whether it was there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such bucket.
    pub fn remove_object(&self, bucket: &str, key: &str) -> Result<bool, Error> {
        Ok(self.expect_bucket(bucket)?.delete(key))
    }

    /// Removes a bucket with all that it holds; whether it was there.
    pub fn remove_bucket(&self, bucket: &str) -> bool {
        write(&self.inner.buckets).remove(bucket).is_some()
    }

    /// Lets a token be exchanged for sessions of roles that trust its provider. Its signature is not looked at: tokens that were
    /// not made known are refused.
    pub fn add_web_identity(&self, token: &str, identity: WebIdentity) {
        self.identities_mut().add_web_identity(token, identity);
    }

    // What a customer changes.

    /// Enables or disables an access key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a key that does not exist.
    pub fn set_key_status(&self, access_key_id: &str, status: KeyStatus) -> Result<(), Error> {
        self.identities_mut().set_key_status(access_key_id, status)
    }

    /// Makes another access key for the owner of `access_key_id` and disables the old one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for a key that does not exist.
    pub fn rotate_key(&self, access_key_id: &str) -> Result<KeyPair, Error> {
        self.identities_mut().rotate_key(access_key_id, &self.inner.ids)
    }

    /// Makes a bucket of an account's.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Seed`] where a bucket of that name is there already, or the seed cannot be used.
    pub fn add_bucket(&self, account: &str, bucket: crate::seed::Bucket) -> Result<(), Error> {
        self.create_bucket(bucket.build(account)?).map_err(|taken| {
            let what = format!("bucket `{}` is there already: names are global", taken.name());
            Error::new(ErrorKind::Seed, what)
        })
    }

    /// Sets (or, with `None`, detaches) a policy of a user.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such user, [`ErrorKind::Policy`] for a text that is no policy.
    pub fn set_user_policy(
        &self,
        account: &str,
        user: &str,
        name: &str,
        document: Option<&str>,
    ) -> Result<(), Error> {
        let policy = document
            .map(|text| Policy::parse(&format!("policy `{name}` of user `{user}`"), text))
            .transpose()?;
        self.identities_mut().set_user_policy(account, user, name, policy)
    }

    /// Sets (or, with `None`, detaches) a permission policy of a role. Sessions that run are bound by it at once.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such role, [`ErrorKind::Policy`] for a text that is no policy.
    pub fn set_role_policy(
        &self,
        account: &str,
        role: &str,
        name: &str,
        document: Option<&str>,
    ) -> Result<(), Error> {
        let policy = document
            .map(|text| Policy::parse(&format!("policy `{name}` of role `{role}`"), text))
            .transpose()?;
        self.identities_mut().set_role_policy(account, role, name, policy)
    }

    /// Replaces a role's trust policy. Sessions that run are not affected.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such role, [`ErrorKind::Policy`] for a text that is no policy.
    pub fn set_trust_policy(&self, account: &str, role: &str, document: &str) -> Result<(), Error> {
        let policy = Policy::parse(&format!("trust policy of role `{role}`"), document)?;
        self.identities_mut().set_trust_policy(account, role, policy)
    }

    /// Removes a role; its sessions can do nothing from now on, and policies that named it name nobody: a role that is
    /// made under the same name is another principal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such role.
    pub fn remove_role(&self, account: &str, role: &str) -> Result<(), Error> {
        let removed = self.identities_mut().remove_role(account, role)?;
        self.orphan(&removed);
        Ok(())
    }

    /// Puts the unique id of what was removed where bucket policies name it.
    pub(crate) fn orphan(&self, removed: &Removed) {
        for bucket in read(&self.inner.buckets).values() {
            if let Some(mut policy) = bucket.policy() {
                removed.orphan(&mut policy);
                bucket.set_policy(Some(policy));
            }
        }
    }

    /// Makes a role, with no permissions yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such account, [`ErrorKind::Seed`] where there is such a role,
    /// [`ErrorKind::Policy`] for a text that is no policy.
    pub fn add_role(&self, account: &str, path: &str, role: &str, trust: &str) -> Result<(), Error> {
        let trust = Policy::parse(&format!("trust policy of role `{role}`"), trust)?;
        let an_hour = Duration::from_secs(3600);
        self.identities_mut()
            .add_role(account, path, role, trust, Rights::default(), an_hour)
    }

    /// Replaces (or, with `None`, removes) a bucket's policy.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where there is no such bucket, [`ErrorKind::Policy`] for a text that is no policy.
    pub fn set_bucket_policy(&self, bucket: &str, document: Option<&str>) -> Result<(), Error> {
        let policy = document
            .map(|text| Policy::parse(&format!("policy of bucket `{bucket}`"), text))
            .transpose()?;
        self.expect_bucket(bucket)?.set_policy(policy);
        Ok(())
    }

    // What the server asks.

    pub(crate) fn ids(&self) -> &Ids {
        &self.inner.ids
    }

    pub(crate) fn bucket(&self, name: &str) -> Option<Arc<Bucket>> {
        read(&self.inner.buckets).get(name).cloned()
    }

    /// Adds a bucket, unless the name is taken: then the one that has it.
    pub(crate) fn create_bucket(&self, bucket: Bucket) -> Result<(), Arc<Bucket>> {
        match write(&self.inner.buckets).entry(bucket.name().to_owned()) {
            std::collections::hash_map::Entry::Occupied(taken) => Err(Arc::clone(taken.get())),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(Arc::new(bucket));
                Ok(())
            }
        }
    }

    /// The secret to check a signature with; none for keys that are unknown or disabled.
    pub(crate) fn secret(&self, access_key_id: &str) -> Option<Secret> {
        self.seen(|seen| seen.secret(access_key_id))
    }

    /// Who signs with this key, presenting this session token.
    pub(crate) fn caller(
        &self,
        access_key_id: &str,
        token: Option<&str>,
        now: SystemTime,
    ) -> Result<Caller, CredentialFault> {
        self.seen(|seen| seen.caller(access_key_id, token, now))
    }

    pub(crate) fn identities(&self) -> RwLockReadGuard<'_, Identities> {
        read(&self.inner.identities)
    }

    /// To change them: what was is seen for as long as changes take.
    pub(crate) fn identities_mut(&self) -> RwLockWriteGuard<'_, Identities> {
        let identities = write(&self.inner.identities);
        write(&self.inner.propagation).changing(self.clock().now(), &identities);
        identities
    }

    /// Looks at users, roles and keys as those see them who authorize requests.
    pub(crate) fn seen<T>(&self, look: impl FnOnce(&Identities) -> T) -> T {
        let past = read(&self.inner.propagation).seen(self.clock().now());
        match past {
            Some(past) => look(&past),
            None => look(&self.identities()),
        }
    }

    fn expect_bucket(&self, name: &str) -> Result<Arc<Bucket>, Error> {
        self.bucket(name)
            .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no bucket `{name}`")))
    }
}

// A panic while a lock is held leaves the state as it was between two steps of a test; other tests go on with it.

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
