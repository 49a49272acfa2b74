//! The trait behind which every store stands, and its contract. It must not know any store.

use std::fmt::{Debug, Display};
use std::sync::Arc;

use async_trait::async_trait;

use crate::{Error, ListPage, ListToken, Object, ObjectInfo, ObjectKey, Payload, PutOptions, PutOutcome};

/// A place where objects are put under keys.
///
/// `Display` names the place for a person, without secrets: `s3://acme-events`, a folder, a wrapper around
/// one.
///
/// # Contract
///
/// Every implementation keeps these promises, and [`conformance`](crate::conformance) has a function for each that can be
/// seen from outside, so that your own sink can be held to them:
///
/// - **create is exclusive**: of any puts with [`PutMode::Create`](crate::PutMode::Create) to one key, by
///   whomever, at most one is ever `Created` while the object is there; the others are `PreconditionFailed`.
/// - **whole or absent**: a reader sees all bytes and all metadata of one put, or the object as before; never
///   a part, also after a crash.
/// - **read your writes**: once a call was answered, every later `head`, `get` and `list` shows what it did.
/// - **refused changes nothing**: `PreconditionFailed` and [`Effect::NotApplied`](crate::Effect::NotApplied)
///   leave everything as it was, for good. Whatever cannot promise that says
///   [`Effect::Unknown`](crate::Effect::Unknown): the put may have been done, or may still be done later.
/// - **one call, one attempt**: a sink does not retry, since only its caller knows what a retry means.
/// - **metadata returns as put**: names, values and nothing else, by `head` and `get`.
/// - **a checksum is of what is stored**: where `Receipt` or `ObjectInfo` carry one, the store has it, and it
///   equals [`Payload::checksum`] of the bytes that `get` returns.
/// - **listing is complete**: all pages together name every object below the prefix exactly once, if nothing
///   changes meanwhile. The prefix is text (`a/b` lists `a/bc`); an empty one lists everything. The order of
///   keys is not promised.
/// - **delete is idempotent**: a key without an object is `Ok`.
///
/// What is not promised: that a key can be used which is another key with a `/` and more behind it (`a`
/// beside `a/b`; a folder on disk cannot), limits beyond those of [`ObjectKey`] and [`PutOptions`], and
/// versions.
///
/// # Cancel safety
///
/// A dropped future of `put` or `delete` leaves the effect unknown: the request may have been sent, and may
/// be carried out at any later time. Reads may be dropped at will.
#[async_trait]
pub trait Sink: Debug + Display + Send + Sync + 'static {
    /// Stores `payload` under `key`, once, if the mode of `options` lets it.
    ///
    /// # Errors
    ///
    /// Any kind but `NotFound`. Refusals (`AccessDenied`, `NoSuchBucket`, `Credentials`, `Encryption`,
    /// `InvalidRequest`, `WrongRegion`, `Corrupt` and the like) are `NotApplied`; `TimedOut`, `Server`, a
    /// `Connection` that broke after something was sent, and anything unclassified are `Unknown`.
    ///
    /// # Cancel safety
    ///
    /// Dropped: the effect is unknown.
    async fn put(&self, key: &ObjectKey, payload: Payload, options: &PutOptions)
    -> Result<PutOutcome, Error>;

    /// Asks for the properties of an object, with its checksum where the store keeps one.
    ///
    /// Answers to it carry no body on S3, so a refusal cannot be told apart as finely as for other calls, and
    /// without the permission to list, an absent object is `AccessDenied`. Whether an object exists is better
    /// asked by [`SinkExt::exists`](crate::SinkExt::exists).
    ///
    /// # Errors
    ///
    /// `NotFound` if the key has no object; else as [`put`](Self::put), always `NotApplied`.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error>;

    /// Reads an object whole, into memory.
    ///
    /// # Errors
    ///
    /// `NotFound` if the key has no object; `Corrupt` if what arrived is not what is stored; `Unsupported` if it is
    /// larger than this sink reads; else as [`put`](Self::put), always `NotApplied`.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn get(&self, key: &ObjectKey) -> Result<Object, Error>;

    /// Lists the objects whose keys begin with `prefix`: the first page, or the one that `after` stands for.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put), always `NotApplied`.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error>;

    /// Removes an object; `Ok` if there was none.
    ///
    /// # Errors
    ///
    /// As [`put`](Self::put).
    ///
    /// # Cancel safety
    ///
    /// Dropped: the effect is unknown.
    async fn delete(&self, key: &ObjectKey) -> Result<(), Error>;
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<T: Sink + ?Sized> Sink for Arc<T> {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        (**self).put(key, payload, options).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        (**self).head(key).await
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        (**self).get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        (**self).list(prefix, after).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        (**self).delete(key).await
    }
}
