//! A store whose answers are scripted: in memory, with faults by operation.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bucketline_sink::{
    Effect, EncryptionSeen, Error, ErrorKind, ListPage, ListToken, MemorySink, Object, ObjectInfo, ObjectKey,
    Operation, Payload, PutOptions, PutOutcome, Sink,
};

/// What goes wrong with one call.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Refused, nothing done.
    Refuse(ErrorKind),
    /// Done, but the answer is lost.
    ReplyLost(ErrorKind),
    /// Not done, and no answer.
    RequestLost(ErrorKind),
    /// Something in between says that it was done: it was not.
    Impostor,
    /// Something in between takes away what shows that it was done.
    Stripped,
    /// Not done now: it arrives when the next put does, before it.
    Late,
    /// The answer never comes, and nothing is done.
    Hang,
    /// The sink itself breaks.
    Panic,
    /// Done, but stored without encryption.
    Unencrypted,
}

/// A bucket in memory with a script of faults.
#[derive(Debug, Default)]
pub(crate) struct Scripted {
    pub(crate) memory: MemorySink,
    script: Mutex<VecDeque<(Operation, Fault)>>,
    /// The fault of every put whose script has run out.
    always: Mutex<Option<Fault>>,
    late: Mutex<Vec<(ObjectKey, Payload, PutOptions)>>,
    puts: AtomicUsize,
    /// The bucket does not exist.
    missing: bool,
}

impl Scripted {
    /// A bucket that does not exist.
    pub(crate) fn missing() -> Self {
        Self {
            missing: true,
            ..Self::default()
        }
    }

    /// The next call of this operation, after those scripted before, fails like this.
    pub(crate) fn then(self, operation: Operation, fault: Fault) -> Self {
        self.script.lock().unwrap().push_back((operation, fault));
        self
    }

    /// All puts fail like this from now on; `None`: no more.
    pub(crate) fn always(&self, fault: Option<Fault>) {
        *self.always.lock().unwrap() = fault;
    }

    pub(crate) fn puts(&self) -> usize {
        self.puts.load(Ordering::Relaxed)
    }

    fn fault(&self, operation: Operation) -> Option<Fault> {
        if self.missing {
            return Some(Fault::Refuse(ErrorKind::NoSuchBucket));
        }
        let mut script = self.script.lock().unwrap();
        if let Some(place) = script.iter().position(|(scripted, _)| *scripted == operation) {
            return script.remove(place).map(|(_, fault)| fault);
        }
        self.always
            .lock()
            .unwrap()
            .clone()
            .filter(|_| operation == Operation::Put)
    }
}

fn error(operation: Operation, kind: ErrorKind, effect: Effect) -> Error {
    Error::new(operation, kind, effect)
        .with_code("Scripted")
        .with_request_ids(Some("REQ1".to_owned()), None)
}

#[async_trait]
impl Sink for Scripted {
    async fn put(
        &self,
        key: &ObjectKey,
        payload: Payload,
        options: &PutOptions,
    ) -> Result<PutOutcome, Error> {
        self.puts.fetch_add(1, Ordering::Relaxed);
        let late: Vec<_> = self.late.lock().unwrap().drain(..).collect();
        for (key, payload, options) in late {
            self.memory.put(&key, payload, &options).await?;
        }
        let put = Operation::Put;
        match self.fault(put) {
            None => self.memory.put(key, payload, options).await,
            Some(Fault::Refuse(kind)) => Err(error(put, kind, Effect::NotApplied)),
            Some(Fault::RequestLost(kind)) => Err(error(put, kind, Effect::Unknown)),
            Some(Fault::ReplyLost(kind)) => {
                self.memory.put(key, payload, options).await?;
                Err(error(put, kind, Effect::Unknown))
            }
            Some(Fault::Impostor) => {
                Err(error(put, ErrorKind::NotTheStore, Effect::Unknown).with_status(200))
            }
            Some(Fault::Stripped) => {
                self.memory.put(key, payload, options).await?;
                Err(error(put, ErrorKind::NotTheStore, Effect::Unknown).with_status(200))
            }
            Some(Fault::Late) => {
                self.late
                    .lock()
                    .unwrap()
                    .push((key.clone(), payload, options.clone()));
                Err(error(put, ErrorKind::TimedOut, Effect::Unknown))
            }
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Panic) => panic!("the sink breaks, as the test asked"),
            Some(Fault::Unencrypted) => match self.memory.put(key, payload, options).await? {
                PutOutcome::Created(mut receipt) => {
                    receipt.encryption = EncryptionSeen::None;
                    Ok(PutOutcome::Created(receipt))
                }
                other => Ok(other),
            },
        }
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo, Error> {
        match self.fault(Operation::Head) {
            Some(Fault::Refuse(kind)) => Err(error(Operation::Head, kind, Effect::NotApplied)),
            _ => self.memory.head(key).await,
        }
    }

    async fn get(&self, key: &ObjectKey) -> Result<Object, Error> {
        self.memory.get(key).await
    }

    async fn list(&self, prefix: &str, after: Option<&ListToken>) -> Result<ListPage, Error> {
        match self.fault(Operation::List) {
            Some(Fault::Refuse(kind)) => Err(error(Operation::List, kind, Effect::NotApplied)),
            _ => self.memory.list(prefix, after).await,
        }
    }

    async fn delete(&self, key: &ObjectKey) -> Result<(), Error> {
        self.memory.delete(key).await
    }
}

impl fmt::Display for Scripted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scripted store")
    }
}
