//! A desk that several processes share: here two of them in one, since a lock is of a file that was opened.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bucketline_notify::doubles::Recorder;
use bucketline_notify::{Desk, ErrorKind, Event, EventKind, Filter, Subject, Teller, Timestamp};

const LONG: Duration = Duration::from_secs(5);

async fn desk(folder: &Path, hook: &Recorder) -> Desk {
    let channels = vec![("ops".to_owned(), Filter::all(), Arc::new(hook.clone()) as _)];
    Desk::open(folder, channels).await.unwrap()
}

fn event(id: &str, at: u64) -> Event {
    Event::new(
        EventKind::ExportCompleted,
        Subject::export(id),
        Timestamp::from_millis(at),
    )
}

fn told(hook: &Recorder) -> Vec<String> {
    let messages = hook.messages();
    messages
        .iter()
        .map(|message| message.event.subject().id().to_owned())
        .collect()
}

#[tokio::test]
async fn what_is_left_beside_the_holder_is_told_by_it_in_order_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Recorder::new();
    let service = desk(folder.path(), &hook).await;
    let command = desk(folder.path(), &hook).await;
    for (id, at) in [("b", 2_000), ("a", 10), ("b", 2_000)] {
        command.tell(event(id, at)).await.unwrap();
    }
    assert_eq!(command.settle(LONG).await, 0);
    assert!(told(&hook).is_empty());

    assert_eq!(service.collect().await.unwrap(), 2);
    assert_eq!(service.collect().await.unwrap(), 0);
    service.settle(LONG).await;
    assert_eq!(told(&hook), ["a", "b"]);
}

#[tokio::test]
async fn whoever_comes_after_the_holder_takes_over_what_it_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Recorder::new();
    let service = desk(folder.path(), &hook).await;
    service.tell(event("a", 1)).await.unwrap();
    let command = desk(folder.path(), &hook).await;
    service.settle(LONG).await;
    drop(service);

    command.tell(event("a", 1)).await.unwrap();
    command.tell(event("b", 2)).await.unwrap();
    command.settle(LONG).await;
    assert_eq!(told(&hook), ["a", "b"], "what the holder told is not told again");
}

#[tokio::test]
async fn a_state_that_was_told_is_not_told_again_by_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Recorder::new();
    // Not on a whole second, as times are.
    for at in [1_793_491_200_123, 1_793_491_260_456] {
        let desk = desk(folder.path(), &hook).await;
        let passed = Event::new(
            EventKind::CheckPassed,
            Subject::grant("acme"),
            Timestamp::from_millis(at),
        );
        desk.tell(passed).await.unwrap();
        assert_eq!(desk.settle(LONG).await, 0);
    }
    assert_eq!(told(&hook), ["acme"]);
}

#[tokio::test]
async fn what_a_short_command_could_not_send_is_sent_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Recorder::new();
    hook.fail([ErrorKind::NotTaken]);
    let command = desk(folder.path(), &hook).await;
    command.tell(event("a", 1)).await.unwrap();
    assert_eq!(command.settle(LONG).await, 1, "it waits for its next attempt");
    drop(command);

    tokio::time::sleep(Duration::from_secs(7)).await;
    let next = desk(folder.path(), &hook).await;
    assert_eq!(next.settle(LONG).await, 0);
    assert_eq!(told(&hook), ["a"]);
}

#[tokio::test]
async fn what_cannot_be_read_is_set_aside_and_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let hook = Recorder::new();
    let left = folder.path().join("left");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("0-x.json"), "{\"kind\":\"of.the.future\"}").unwrap();
    let desk = desk(folder.path(), &hook).await;
    desk.tell(event("a", 1)).await.unwrap();
    desk.settle(LONG).await;
    assert_eq!(told(&hook), ["a"]);
    assert!(left.join("0-x.unreadable").exists());
}
