//! Conveniences over any sink, made of the trait's own calls. They must not retry.

use async_trait::async_trait;

use crate::{
    Effect, Error, ErrorKind, Listed, ObjectInfo, ObjectKey, Operation, Payload, PutMode, PutOptions,
    PutOutcome, Receipt, Sink,
};

/// What [`SinkExt::create_once`] found or did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "ours now, ours already, or another's: there is no fourth case"
)]
pub enum CreateOnce {
    /// This call made the object.
    Created(Receipt),
    /// The object was there already, with the same bytes and metadata: a repeat after a lost reply, most
    /// likely.
    Same(ObjectInfo),
    /// Another object has the key. It was left as it is.
    Different(ObjectInfo),
}

/// Conveniences for every [`Sink`], also behind `dyn`.
///
/// ```
/// use bucketline_sink::{MemorySink, SinkExt};
///
/// # async fn example() -> Result<(), bucketline_sink::Error> {
/// let sink = MemorySink::new();
/// let key = "a/b".parse()?;
/// sink.put_bytes(&key, "hello").await?;
/// assert!(sink.exists(&key).await?);
/// assert_eq!(sink.list_all("a/").await?.len(), 1);
/// # Ok(())
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(example()).unwrap();
/// ```
#[async_trait]
pub trait SinkExt: Sink {
    /// Creates an object from bytes at hand, without metadata, if the key has none.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`].
    ///
    /// # Cancel safety
    ///
    /// Dropped: the effect is unknown.
    async fn put_bytes<P>(&self, key: &ObjectKey, payload: P) -> Result<PutOutcome, Error>
    where
        P: Into<Payload> + Send,
    {
        let payload = payload.into();
        self.put(key, payload, &PutOptions::create()).await
    }

    /// Whether the key has an object, asked of the listing with the full key as prefix.
    ///
    /// Not of [`Sink::head`]: S3 answers that with 403 both where the object is absent and listing is not
    /// allowed, and where reading is not allowed.
    ///
    /// # Errors
    ///
    /// As [`Sink::list`].
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn exists(&self, key: &ObjectKey) -> Result<bool, Error> {
        let mut after = None;
        loop {
            let page = self.list(key.as_str(), after.as_ref()).await?;
            if page.objects.iter().any(|listed| listed.key == key.as_str()) {
                return Ok(true);
            }
            let Some(next) = page.next else { return Ok(false) };
            if after.as_ref() == Some(&next) {
                return Err(standing_still(key.as_str()));
            }
            after = Some(next);
        }
    }

    /// All pages of a listing, in memory.
    ///
    /// # Errors
    ///
    /// As [`Sink::list`]; `Unexpected` if the store hands out one page for ever.
    ///
    /// # Cancel safety
    ///
    /// Safe.
    async fn list_all(&self, prefix: &str) -> Result<Vec<Listed>, Error> {
        let mut objects = Vec::new();
        let mut after = None;
        loop {
            let mut page = self.list(prefix, after.as_ref()).await?;
            objects.append(&mut page.objects);
            let Some(next) = page.next else { return Ok(objects) };
            if after.as_ref() == Some(&next) {
                return Err(standing_still(prefix));
            }
            after = Some(next);
        }
    }

    /// Creates an object; where the key is taken, says whether what lies there is the same.
    ///
    /// "The same" is equal size, metadata and checksum. Where the store kept no checksum the object is read
    /// and its bytes are compared. The mode of `options` is not used. Safe to repeat after any failure.
    ///
    /// # Errors
    ///
    /// As [`Sink::put`], [`Sink::head`] and [`Sink::get`]; `Busy` if the object went away between two of the
    /// calls.
    ///
    /// # Cancel safety
    ///
    /// Dropped: the effect is unknown, and a repeat tells.
    async fn create_once(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<CreateOnce, Error> {
        let options = PutOptions {
            mode: PutMode::Create,
            ..options.clone()
        };
        match self.put(key, payload.clone(), &options).await? {
            PutOutcome::Created(receipt) => return Ok(CreateOnce::Created(receipt)),
            PutOutcome::PreconditionFailed => {}
        }
        let info = self.head(key).await.map_err(gone)?;
        if info.size != payload.len() || info.metadata != options.metadata {
            return Ok(CreateOnce::Different(info));
        }
        let same = match info.checksums.agrees_with(&payload.checksum()) {
            Some(same) => same,
            None => {
                let object = self.get(key).await.map_err(gone)?;
                Payload::from(object.payload).checksum() == payload.checksum()
            }
        };
        Ok(if same {
            CreateOnce::Same(info)
        } else {
            CreateOnce::Different(info)
        })
    }
}

impl<T: Sink + ?Sized> SinkExt for T {}

fn standing_still(prefix: &str) -> Error {
    Error::new(Operation::List, ErrorKind::Unexpected, Effect::NotApplied)
        .with_key(prefix)
        .with_message("the store names the same page as the next one for ever")
}

/// An object that was there for the put and is not any more: the next put decides anew.
fn gone(error: Error) -> Error {
    if *error.kind() == ErrorKind::NotFound {
        let key = error.key().unwrap_or_default().to_owned();
        return Error::new(Operation::Put, ErrorKind::Busy, Effect::NotApplied)
            .with_key(key)
            .with_message("an object was there and went away at once")
            .with_source(error);
    }
    error
}
