//! The notifier, whole: over restarts, failing receivers, a disk that refuses.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bucketline_notify::doubles::Recorder;
use bucketline_notify::{
    Clock, EmailChannel, Error, ErrorKind, Event, EventData, EventKind, FileStore, Filter, Notifier, Record,
    Store, Subject, Timestamp, Told,
};

/// A clock that the test moves.
#[derive(Debug, Default)]
struct MovedClock(AtomicU64);

impl MovedClock {
    fn advance(&self, by: Duration) {
        let millis = u64::try_from(by.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::Relaxed);
    }
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(1_793_491_200_000 + self.0.load(Ordering::Relaxed))
    }

    fn draw(&self) -> f64 {
        0.0
    }
}

fn blocked(cause: &str) -> Event {
    Event::new(
        EventKind::ConnectorBlocked,
        Subject::connector("60aa"),
        Timestamp::from_millis(1_793_491_200_000),
    )
    .workspace("globex")
    .data(EventData::default().cause(cause))
}

fn store(folder: &Path) -> FileStore {
    FileStore::new(folder.join("outbox.ndjson"))
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_under_one_id() {
    let (recorder, clock) = (Recorder::new(), Arc::new(MovedClock::default()));
    recorder.fail([ErrorKind::NotTaken; 3]);
    let notifier = Notifier::builder()
        .channel("hook", Filter::all(), recorder.clone())
        .clock(clock.clone())
        .start()
        .await
        .unwrap();
    assert_eq!(notifier.notify(blocked("auth")).await.unwrap(), Told::New);
    for pause in [0, 5, 60, 300] {
        assert!(recorder.messages().is_empty(), "before the pause of {pause} s");
        clock.advance(Duration::from_secs(pause));
        notifier.settle(Duration::from_secs(10)).await;
    }
    let messages = recorder.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].id, blocked("auth").id());
    assert_eq!(notifier.shutdown(Duration::ZERO).await, 0);
}

#[tokio::test]
async fn what_waits_is_told_by_the_next_process_and_what_was_told_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::new();
    recorder.fail([ErrorKind::NotTaken]);
    let clock = Arc::new(MovedClock::default());
    let start = || {
        Notifier::builder()
            .clock(clock.clone())
            .channel("hook", Filter::all(), recorder.clone())
            .store(store(folder.path()))
            .start()
    };
    let first = start().await.unwrap();
    first.notify(blocked("auth")).await.unwrap();
    assert_eq!(first.shutdown(Duration::from_secs(5)).await, 1);

    // A crash in the middle of a write that was never acknowledged.
    let path = folder.path().join("outbox.ndjson");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes.extend_from_slice(br#"{"accepted":{"event":{"kind":"conn"#);
    std::fs::write(&path, bytes).unwrap();

    let second = start().await.unwrap();
    assert_eq!(second.notify(blocked("auth")).await.unwrap(), Told::Repeated);
    assert_eq!(second.notify(blocked("bucket")).await.unwrap(), Told::New);
    clock.advance(Duration::from_secs(5));
    assert_eq!(second.settle(Duration::from_secs(10)).await, 0);
    let told: Vec<_> = recorder
        .messages()
        .iter()
        .map(|m| m.event.particulars().cause.clone())
        .collect();
    assert!(
        told.contains(&Some("auth".to_owned())) && told.len() == 2,
        "{told:?}"
    );
}

#[tokio::test]
async fn damage_in_the_middle_refuses_the_start_and_names_the_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("outbox.ndjson"),
        "{\"known\":{\"id\":\"a\"}}\nnonsense\n",
    )
    .unwrap();
    let error = Notifier::builder()
        .store(store(folder.path()))
        .start()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store);
    assert!(error.to_string().contains("line 2"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_nobody_elses() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let notifier = Notifier::builder()
        .store(store(folder.path()))
        .start()
        .await
        .unwrap();
    notifier.notify(blocked("auth")).await.unwrap();
    let mode = std::fs::metadata(folder.path().join("outbox.ndjson"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[derive(Debug)]
struct FullDisk;

impl Store for FullDisk {
    fn load(&mut self) -> Result<Vec<Record>, Error> {
        Ok(Vec::new())
    }

    fn append(&mut self, _: &[Record]) -> Result<(), Error> {
        Err(Error::new(ErrorKind::Store, "no space left on device"))
    }

    fn replace(&mut self, _: &[Record]) -> Result<(), Error> {
        Err(Error::new(ErrorKind::Store, "no space left on device"))
    }
}

#[tokio::test]
async fn what_cannot_be_written_down_is_not_taken() {
    let recorder = Recorder::new();
    let notifier = Notifier::builder()
        .channel("hook", Filter::all(), recorder.clone())
        .store(FullDisk)
        .start()
        .await
        .unwrap();
    for _ in 0..2 {
        let error = notifier.notify(blocked("auth")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Store);
    }
    assert_eq!(notifier.settle(Duration::from_secs(1)).await, 0);
    assert!(recorder.messages().is_empty());
}

#[tokio::test]
async fn a_workspace_hears_of_itself_alone() {
    let (acme, globex, mail) = (Recorder::new(), Recorder::new(), Recorder::new());
    let to = vec!["Ops <ops@example.com>".parse().unwrap()];
    let notifier = Notifier::builder()
        .channel("acme", Filter::all().workspace("acme"), acme.clone())
        .channel("globex", Filter::all().workspace("globex"), globex.clone())
        .channel(
            "mail",
            Filter::all(),
            EmailChannel::new(Arc::new(mail.clone()), to).unwrap(),
        )
        .start()
        .await
        .unwrap();
    notifier.notify(blocked("auth")).await.unwrap();
    assert_eq!(notifier.settle(Duration::from_secs(10)).await, 0);
    assert!(acme.messages().is_empty());
    assert_eq!(globex.messages().len(), 1);
    let mails = mail.mails();
    assert_eq!(
        mails[0].subject,
        "[bucketline] connector `60aa` is blocked (auth)"
    );
    assert_eq!(mails[0].id, globex.messages()[0].id);
}

#[tokio::test]
async fn two_channels_of_one_name_are_refused() {
    let builder = Notifier::builder().channel("hook", Filter::all(), Recorder::new());
    let error = builder
        .channel("hook", Filter::all(), Recorder::new())
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`hook`"), "{error}");
}
