//! Any store of `object_store` as a sink. It must not know which one it is.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bucketline_sink::{
    Effect, Encryption, Error, ErrorKind, ListPage, ListToken, Listed, Object, ObjectInfo, ObjectKey,
    Operation, Payload, PutMode, PutOptions, PutOutcome, Receipt, Sink,
};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, GetOptions, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt as _,
    PutMode as StoreMode, PutOptions as StoreOptions, PutPayload,
};

use crate::failure::{failed, not_a_path};
use crate::{MetadataNames, tag};

/// A store of the `object_store` crate, held to the contract of [`Sink`].
///
/// It makes one attempt for each call if the store does: [`gcs`](crate::gcs) and [`azure`](crate::azure) see to that.
#[derive(Clone)]
pub struct ObjectStoreSink {
    store: Arc<dyn ObjectStore>,
    names: MetadataNames,
    /// The largest object that is read.
    largest: u64,
}

impl ObjectStoreSink {
    /// The largest object that is read, unless set, in bytes: 1 GiB.
    pub const LARGEST_READ: u64 = 1 << 30;

    /// A sink over `store`.
    pub fn new(store: impl ObjectStore) -> Self {
        Self {
            store: Arc::new(store),
            names: MetadataNames::Plain,
            largest: Self::LARGEST_READ,
        }
    }

    /// How names of user metadata are written.
    #[must_use]
    pub fn metadata_names(mut self, names: MetadataNames) -> Self {
        self.names = names;
        self
    }

    /// The largest object that is read, in bytes; a larger one is `Unsupported`.
    #[must_use]
    pub const fn largest_read(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    fn attributes(&self, options: &PutOptions) -> Attributes {
        let mut attributes = Attributes::new();
        if let Some(kind) = &options.content_type {
            attributes.insert(Attribute::ContentType, kind.clone().into());
        }
        if let Some(encoding) = &options.content_encoding {
            attributes.insert(Attribute::ContentEncoding, encoding.clone().into());
        }
        if let Some(class) = &options.storage_class {
            attributes.insert(Attribute::StorageClass, class.to_string().into());
        }
        for (name, value) in &options.metadata {
            let name = self.names.written(name);
            attributes.insert(Attribute::Metadata(name.into()), value.clone().into());
        }
        attributes
    }

    fn info(&self, key: &ObjectKey, meta: &ObjectMeta, attributes: &Attributes) -> ObjectInfo {
        let metadata: BTreeMap<String, String> = attributes
            .iter()
            .filter_map(|(attribute, value)| match attribute {
                Attribute::Metadata(name) => Some((self.names.read(name)?, value.to_string())),
                _ => None,
            })
            .collect();
        let mut info = ObjectInfo::new(key.clone(), meta.size);
        info.etag = tag::joined(meta.e_tag.as_deref(), meta.version.as_deref());
        info.version_id.clone_from(&meta.version);
        info.metadata = metadata;
        info
    }

    async fn looked_at(
        &self,
        operation: Operation,
        key: &ObjectKey,
        options: GetOptions,
    ) -> Result<GetResult, Error> {
        let path = path(operation, key)?;
        self.store
            .get_opts(&path, options)
            .await
            .map_err(|error| failed(operation, key.as_str(), &self.to_string(), error))
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Sink for ObjectStoreSink {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        options.check()?;
        if options.encryption != Encryption::BucketDefault {
            return Err(
                Error::new(Operation::Put, ErrorKind::Unsupported, Effect::NotApplied)
                    .with_key(key.as_str())
                    .with_place(self.to_string())
                    .with_message("the store encrypts as its bucket is set, and cannot be asked otherwise"),
            );
        }
        if !options.tags.is_empty() {
            return Err(
                Error::new(Operation::Put, ErrorKind::Unsupported, Effect::NotApplied)
                    .with_key(key.as_str())
                    .with_place(self.to_string())
                    .with_message("tags are S3's alone"),
            );
        }
        let path = path(Operation::Put, key)?;
        let mode = match &options.mode {
            PutMode::Create => StoreMode::Create,
            PutMode::Overwrite => StoreMode::Overwrite,
            PutMode::IfMatch(tag) => StoreMode::Update(tag::taken_apart(tag)),
        };
        let asked = StoreOptions {
            mode,
            attributes: self.attributes(options),
            ..StoreOptions::default()
        };
        let payload: PutPayload = payload.chunks().iter().cloned().collect();
        match self.store.put_opts(&path, payload, asked).await {
            Ok(done) => {
                let mut receipt = Receipt::default();
                receipt.etag = tag::joined(done.e_tag.as_deref(), done.version.as_deref());
                receipt.version_id = done.version;
                Ok(PutOutcome::Created(receipt))
            }
            Err(object_store::Error::AlreadyExists { .. }) if options.mode == PutMode::Create => {
                Ok(PutOutcome::PreconditionFailed)
            }
            Err(object_store::Error::Precondition { .. } | object_store::Error::NotFound { .. })
                if matches!(options.mode, PutMode::IfMatch(_)) =>
            {
                Ok(PutOutcome::PreconditionFailed)
            }
            Err(error) => Err(failed(Operation::Put, key.as_str(), &self.to_string(), error)),
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        let options = GetOptions {
            head: true,
            ..GetOptions::default()
        };
        let found = self.looked_at(Operation::Head, key, options).await?;
        Ok(self.info(key, &found.meta, &found.attributes))
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        let found = self.looked_at(Operation::Get, key, GetOptions::default()).await?;
        let info = self.info(key, &found.meta, &found.attributes);
        if info.size > self.largest {
            let what = format!(
                "the object is larger than the {} bytes that are read into memory",
                self.largest
            );
            return Err(
                Error::new(Operation::Get, ErrorKind::Unsupported, Effect::NotApplied)
                    .with_key(key.as_str())
                    .with_place(self.to_string())
                    .with_message(what),
            );
        }
        let bytes: Bytes = found
            .bytes()
            .await
            .map_err(|error| failed(Operation::Get, key.as_str(), &self.to_string(), error))?;
        if bytes.len() as u64 != info.size {
            return Err(
                Error::new(Operation::Get, ErrorKind::Connection, Effect::NotApplied)
                    .with_key(key.as_str())
                    .with_place(self.to_string())
                    .with_message("the body broke off before its end"),
            );
        }
        Ok(Object::new(info, bytes))
    }

    /// One page with everything: `object_store` pages by itself, below whole segments, so that the rest of the prefix is
    /// compared here.
    async fn list(&self, prefix: &str, _: Option<&ListToken>) -> Result<ListPage, Error> {
        let folder = prefix
            .rsplit_once('/')
            .and_then(|(folder, _)| Path::parse(folder).ok());
        let mut objects = Vec::new();
        let mut listed = self.store.list(folder.as_ref());
        loop {
            match listed.try_next().await {
                Ok(None) => return Ok(ListPage::new(objects, None)),
                Ok(Some(meta)) if meta.location.as_ref().starts_with(prefix) => {
                    let mut line = Listed::new(meta.location.to_string(), meta.size);
                    line.etag = tag::joined(meta.e_tag.as_deref(), meta.version.as_deref());
                    objects.push(line);
                }
                Ok(Some(_)) => {}
                Err(error) => return Err(failed(Operation::List, prefix, &self.to_string(), error)),
            }
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        let path = path(Operation::Delete, key)?;
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed(Operation::Delete, key.as_str(), &self.to_string(), error)),
        }
    }
}

fn path(operation: Operation, key: &ObjectKey) -> Result<Path, Error> {
    Path::parse(key.as_str()).map_err(|error| not_a_path(operation, key, error))
}

impl fmt::Display for ObjectStoreSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.store, f)
    }
}

impl fmt::Debug for ObjectStoreSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What a store shows of its credentials is not ours to know.
        f.debug_struct("ObjectStoreSink")
            .field("store", &self.store.to_string())
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}
