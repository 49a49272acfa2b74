//! A notifier that several processes of one machine share: whoever holds the desk tells, the others leave their events at it.
//! It must not know what the events say.

mod left;

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::Mutex;

use self::left::Left;
use crate::driver::blocking;
use crate::{Channel, Error, ErrorKind, Event, FileStore, Filter, Notifier, Teller};

/// Events of several processes, told by one of them: a folder with what is remembered, and a lock of the operating system that ends
/// with its process.
///
/// A service that runs holds the desk. A command beside it leaves its events there, durably, and the service takes them up; where
/// nobody holds the desk the command does, for as long as it lives, and tells what it can. What then still waits is told by the next
/// one that holds it.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use bucketline_notify::doubles::Recorder; // stands in for `Webhook` here: this example runs
/// use bucketline_notify::{Desk, Event, EventKind, Filter, Subject, Teller, Timestamp};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let hook = Recorder::new();
/// let service = Desk::open(folder.path(), vec![("ops".into(), Filter::all(), Arc::new(hook.clone()))]).await?;
/// let command = Desk::open(folder.path(), vec![("ops".into(), Filter::all(), Arc::new(hook.clone()))]).await?;
///
/// command.tell(Event::new(EventKind::CheckPassed, Subject::grant("acme"), Timestamp::default())).await?;
/// assert!(hook.messages().is_empty()); // left at the desk
/// service.collect().await?;
/// service.settle(Duration::from_secs(5)).await;
/// assert_eq!(hook.messages().len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Desk {
    folder: PathBuf,
    left: Left,
    channels: Vec<(String, Filter, Arc<dyn Channel>)>,
    held: Mutex<Option<Held>>,
}

/// The notifier, for as long as this process holds the desk.
#[derive(Debug)]
struct Held {
    notifier: Arc<Notifier>,
    _lock: File,
}

impl Desk {
    /// A desk in `folder`, which is made if it is not there; held by this process if nobody else holds it. What an earlier holder
    /// could not tell, and what was left meanwhile, is told to `channels`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`] where the folder cannot be used; [`ErrorKind::InvalidConfig`] for two channels of one name.
    ///
    /// # Cancel safety
    ///
    /// Given up, nothing is lost.
    pub async fn open(
        folder: impl Into<PathBuf>,
        channels: Vec<(String, Filter, Arc<dyn Channel>)>,
    ) -> Result<Self, Error> {
        let folder = folder.into();
        let left = Left::new(folder.join("left"));
        let (made, left) = {
            let left = left.clone();
            blocking(move || (left.make(), left)).await?
        };
        made?;
        let desk = Self {
            folder,
            left,
            channels,
            held: Mutex::new(None),
        };
        desk.collect().await?;
        Ok(desk)
    }

    /// Takes the desk if nobody holds it any more, and takes up what other processes left; how many events those were.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Store`]: what was left stays there.
    ///
    /// # Cancel safety
    ///
    /// Given up, what was taken up may be taken up again, which tells nothing twice.
    pub async fn collect(&self) -> Result<usize, Error> {
        let mut held = self.held.lock().await;
        self.hold(&mut held).await?;
        match held.as_ref() {
            Some(held) => self.take_up(&held.notifier).await,
            None => Ok(0),
        }
    }

    /// Waits until all that can be told now was tried, at most for `at_most`; how many messages of this desk still wait, as far as
    /// this process can tell: none where another one holds it.
    ///
    /// # Cancel safety
    ///
    /// Changes nothing, whenever it is given up.
    pub async fn settle(&self, at_most: Duration) -> usize {
        let notifier = self
            .held
            .lock()
            .await
            .as_ref()
            .map(|held| Arc::clone(&held.notifier));
        match notifier {
            Some(notifier) => notifier.settle(at_most).await,
            None => 0,
        }
    }

    async fn hold(&self, held: &mut Option<Held>) -> Result<(), Error> {
        if held.is_some() {
            return Ok(());
        }
        let path = self.folder.join("lock");
        let Some(lock) = blocking(move || lock(&path)).await?? else {
            return Ok(());
        };
        let mut builder = Notifier::builder().store(FileStore::new(self.folder.join("outbox.ndjson")));
        for (name, filter, channel) in &self.channels {
            builder = builder.channel(name.clone(), filter.clone(), Arc::clone(channel));
        }
        *held = Some(Held {
            notifier: Arc::new(builder.start().await?),
            _lock: lock,
        });
        Ok(())
    }

    async fn take_up(&self, notifier: &Notifier) -> Result<usize, Error> {
        let left = self.left.clone();
        let found = blocking(move || left.all()).await??;
        let mut taken = 0;
        for (path, event) in found {
            notifier.notify(event).await?;
            let left = self.left.clone();
            blocking(move || left.remove(&path)).await??;
            taken += 1;
        }
        Ok(taken)
    }
}

#[async_trait]
impl Teller for Desk {
    async fn tell(&self, event: Event) -> Result<(), Error> {
        let mut held = self.held.lock().await;
        if held.is_none() {
            let left = self.left.clone();
            blocking(move || left.leave(&event)).await??;
            // Whoever held the desk may have gone before it could see what was left.
            self.hold(&mut held).await?;
            return match held.as_ref() {
                Some(held) => self.take_up(&held.notifier).await.map(drop),
                None => Ok(()),
            };
        }
        match held.as_ref() {
            Some(held) => held.notifier.tell(event).await,
            None => Ok(()),
        }
    }
}

fn lock(path: &Path) -> Result<Option<File>, Error> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Store, format!("lock `{}`: {error}", path.display())).with_source(error)
    };
    let mut options = OpenOptions::new();
    let file = options.write(true).create(true).truncate(false).open(path);
    let file = file.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}
