//! The conformance suite finds each kind of broken promise: one sink for each, broken in that way alone.

use std::fmt;

use async_trait::async_trait;
use bucketline_sink::{
    Checksum, Effect, Error, ErrorKind, ListPage, ListToken, MemorySink, Object, ObjectInfo, ObjectKey,
    Operation, Payload, PutMode, PutOptions, PutOutcome, Sink, conformance,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Broken {
    NotAtAll,
    CreateOverwrites,
    CreateIsSilentlyIgnored,
    MetadataIsLost,
    MetadataIsAdded,
    MetadataComesLate,
    RulesAreNotChecked,
    ChecksumIsMadeUp,
    SizeIsWrong,
    ListLosesTheLast,
    ListTakesFolders,
    ListIsStale,
    DeleteMindsAbsence,
    DeleteDoesNothing,
    AbsentIsEmpty,
    PlusIsSpace,
    TagIsIgnored,
}

#[derive(Debug, Clone)]
struct BrokenSink {
    inner: MemorySink,
    how: Broken,
}

impl BrokenSink {
    fn key(&self, key: &ObjectKey) -> ObjectKey {
        if self.how == Broken::PlusIsSpace {
            key.as_str().replace('+', " ").parse().unwrap()
        } else {
            key.clone()
        }
    }

    fn info(&self, mut info: ObjectInfo) -> ObjectInfo {
        match self.how {
            Broken::MetadataIsAdded => _ = info.metadata.insert("extra".to_owned(), "1".to_owned()),
            Broken::ChecksumIsMadeUp => info.checksums = Checksum::sha256([0; 32]).into(),
            Broken::SizeIsWrong => info.size += 1,
            _ => {}
        }
        info
    }
}

#[async_trait]
impl Sink for BrokenSink {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        let key = self.key(key);
        let mut options = options.clone();
        match (self.how, &options.mode) {
            (Broken::CreateOverwrites, PutMode::Create) | (Broken::TagIsIgnored, PutMode::IfMatch(_)) => {
                options.mode = PutMode::Overwrite;
            }
            (Broken::CreateIsSilentlyIgnored, PutMode::Create) if self.inner.head(&key).await.is_ok() => {
                return Ok(PutOutcome::Created(Default::default()));
            }
            (Broken::MetadataIsLost, _) => options.metadata.clear(),
            (Broken::MetadataComesLate, PutMode::Overwrite) => {
                let bare = PutOptions::overwrite();
                self.inner.put(&key, payload.clone(), &bare).await?;
                tokio::task::yield_now().await;
            }
            (Broken::RulesAreNotChecked, _) if options.check().is_err() => options.metadata.clear(),
            _ => {}
        }
        self.inner.put(&key, payload, &options).await
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        Ok(self.info(self.inner.head(&self.key(key)).await?))
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        match self.inner.get(&self.key(key)).await {
            Ok(object) => Ok(Object::new(self.info(object.info), object.payload)),
            Err(error) if self.how == Broken::AbsentIsEmpty && *error.kind() == ErrorKind::NotFound => {
                Ok(Object::new(ObjectInfo::new(key.clone(), 0), Default::default()))
            }
            Err(error) => Err(error),
        }
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        let mut page = self.inner.list(prefix, after).await?;
        match self.how {
            Broken::ListLosesTheLast if page.objects.len() > 1 => _ = page.objects.pop(),
            Broken::ListTakesFolders => page.objects.retain(|line| {
                line.key
                    .strip_prefix(prefix)
                    .is_some_and(|rest| prefix.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
            }),
            Broken::ListIsStale => page.objects.clear(),
            _ => {}
        }
        Ok(page)
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        match self.how {
            Broken::DeleteDoesNothing => Ok(()),
            Broken::DeleteMindsAbsence if self.inner.head(key).await.is_err() => Err(Error::new(
                Operation::Delete,
                ErrorKind::NotFound,
                Effect::NotApplied,
            )),
            _ => self.inner.delete(&self.key(key)).await,
        }
    }
}

impl fmt::Display for BrokenSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a sink that is broken: {:?}", self.how)
    }
}

/// What the suite says of a sink that is broken in this way.
async fn found(how: Broken) -> Option<String> {
    let sink = BrokenSink {
        inner: MemorySink::new(),
        how,
    };
    let kept = match conformance::all(|| sink.clone()).await {
        Ok(()) => conformance::if_match_guards(|| sink.clone()).await,
        broken => broken,
    };
    kept.err().map(|broken| broken.to_string())
}

/// Not any fault will do: the suite has to say which promise is broken.
#[tokio::test]
async fn each_is_found_by_its_promise() {
    assert_eq!(found(Broken::NotAtAll).await, None);
    let one_wins = "exactly one create of a key may win";
    let whole = "bytes and metadata of two puts are mixed, or a part is missing";
    for (how, promise) in [
        (Broken::CreateOverwrites, one_wins),
        (Broken::CreateIsSilentlyIgnored, one_wins),
        (Broken::MetadataIsLost, whole),
        (Broken::MetadataComesLate, whole),
        (Broken::MetadataIsAdded, "metadata comes back as it was put"),
        (Broken::RulesAreNotChecked, "metadata rules hold everywhere"),
        (Broken::ChecksumIsMadeUp, "a checksum is that of what is stored"),
        (Broken::SizeIsWrong, "a size is that of what is read"),
        (Broken::ListLosesTheLast, "keys below ``"),
        (Broken::ListTakesFolders, "keys below `a/b`"),
        (Broken::ListIsStale, "a created object has to be listed"),
        (Broken::DeleteMindsAbsence, "an absent object is deleted already"),
        (Broken::DeleteDoesNothing, "a deleted object must not be listed"),
        (Broken::AbsentIsEmpty, "nothing lies there"),
        (Broken::PlusIsSpace, "keys below ``"),
        (Broken::TagIsIgnored, "another tag must not do"),
    ] {
        let said = found(how).await;
        assert!(
            said.as_deref().is_some_and(|said| said.contains(promise)),
            "{how:?}: expected `{promise}`, the suite said {said:?}"
        );
    }
}
