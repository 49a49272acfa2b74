//! The outbox by itself: no clock but the one that the test moves.

use std::time::Duration;

use super::*;
use crate::{ErrorKind, EventData, EventKind, Subject};

const HOUR: Duration = Duration::from_secs(3_600);

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(seconds * 1_000)
}

fn event(kind: EventKind, cause: &str, seconds: u64) -> Event {
    Event::new(kind, Subject::connector("c1"), at(seconds)).data(EventData::default().cause(cause))
}

fn outbox() -> Outbox {
    Outbox::open(vec![("ops".to_owned(), Filter::all())], Vec::new())
}

fn offer(outbox: &mut Outbox, now: u64, event: &Event) -> bool {
    let records = outbox.offer(at(now), event);
    let taken = !records.is_empty();
    records.into_iter().for_each(|record| outbox.fold(record));
    taken
}

fn refused() -> Result<(), Error> {
    Err(Error::new(ErrorKind::NotTaken, "503"))
}

#[test]
fn a_state_is_told_once_until_it_changes() {
    let mut outbox = outbox();
    assert!(offer(
        &mut outbox,
        1,
        &event(EventKind::ConnectorBlocked, "auth", 1)
    ));
    assert!(!offer(
        &mut outbox,
        2,
        &event(EventKind::ConnectorBlocked, "auth", 2)
    ));
    assert!(offer(
        &mut outbox,
        3,
        &event(EventKind::ConnectorBlocked, "bucket", 3)
    ));
    assert!(offer(
        &mut outbox,
        4,
        &event(EventKind::ConnectorRecovered, "", 4)
    ));
    assert!(!offer(
        &mut outbox,
        5,
        &event(EventKind::ConnectorRecovered, "", 5)
    ));
    assert!(offer(
        &mut outbox,
        6,
        &event(EventKind::ConnectorBlocked, "auth", 6)
    ));
    assert_eq!(outbox.len(), 4);
}

#[test]
fn nobody_hears_of_the_end_of_a_trouble_that_nobody_heard_of() {
    let mut outbox = outbox();
    assert!(!offer(
        &mut outbox,
        1,
        &event(EventKind::ConnectorRecovered, "", 1)
    ));
    assert!(offer(&mut outbox, 2, &event(EventKind::ConnectorLaunched, "", 2)));
    assert!(!offer(
        &mut outbox,
        3,
        &event(EventKind::ConnectorRecovered, "", 3)
    ));
}

#[test]
fn a_message_is_tried_for_three_days_and_then_given_up() {
    let mut outbox = outbox();
    offer(&mut outbox, 0, &event(EventKind::ConnectorBlocked, "auth", 0));
    let (mut now, mut attempts, mut ids) = (at(0), 0, Vec::new());
    let given_up = loop {
        let begun = outbox.begin(now);
        assert_eq!(begun.len(), 1, "attempt {attempts}");
        attempts += 1;
        ids.push(begun[0].message.id.clone());
        let record = outbox.settle(now, begun[0].place, &refused(), 0.5).unwrap();
        let end = matches!(record, Record::GivenUp { .. });
        outbox.fold(record);
        if end {
            break now;
        }
        now = outbox.next_due().unwrap();
        assert!(outbox.begin(at(now.as_seconds() - 1)).is_empty());
    };
    assert_eq!(outbox.len(), 0);
    ids.dedup();
    assert_eq!(ids.len(), 1, "every attempt has one id");
    assert!((8..20).contains(&attempts), "{attempts}");
    assert!(
        given_up.since(at(0)) > 48 * HOUR && given_up.since(at(0)) <= RETRIED_FOR,
        "{given_up}"
    );
}

#[test]
fn a_receiver_that_wants_no_more_is_not_asked_again() {
    let mut outbox = outbox();
    offer(&mut outbox, 0, &event(EventKind::ConnectorBlocked, "auth", 0));
    let begun = outbox.begin(at(0));
    let gone = Err(Error::new(ErrorKind::Refused, "410 Gone"));
    let record = outbox.settle(at(1), begun[0].place, &gone, 0.0).unwrap();
    assert!(
        matches!(&record, Record::GivenUp { why, .. } if why == "410 Gone"),
        "{record:?}"
    );
}

#[test]
fn a_pause_that_the_receiver_asks_for_is_kept_to() {
    let mut outbox = outbox();
    offer(&mut outbox, 0, &event(EventKind::ConnectorBlocked, "auth", 0));
    let begun = outbox.begin(at(0));
    let later = Err(Error::new(ErrorKind::NotTaken, "429").with_retry_after(Duration::from_secs(900)));
    let record = outbox.settle(at(0), begun[0].place, &later, 0.0).unwrap();
    outbox.fold(record);
    assert_eq!(outbox.next_due(), Some(at(900)));
}

#[test]
fn one_channel_gets_one_message_at_a_time_in_order() {
    let mut outbox = outbox();
    offer(&mut outbox, 0, &event(EventKind::ConnectorBlocked, "auth", 0));
    offer(&mut outbox, 0, &event(EventKind::ConnectorBlocked, "bucket", 0));
    let first = outbox.begin(at(0));
    assert_eq!(first.len(), 1);
    assert_eq!(
        first[0].message.event.particulars().cause.as_deref(),
        Some("auth")
    );
    assert!(outbox.begin(at(0)).is_empty());
    let sent = outbox.settle(at(0), first[0].place, &Ok(()), 0.0).unwrap();
    outbox.fold(sent);
    assert_eq!(
        outbox.begin(at(0))[0]
            .message
            .event
            .particulars()
            .cause
            .as_deref(),
        Some("bucket")
    );
}

#[test]
fn a_new_process_goes_on_where_the_last_one_was() {
    let channels = || {
        vec![
            ("ops".to_owned(), Filter::all()),
            ("mail".to_owned(), Filter::all()),
        ]
    };
    let mut first = Outbox::open(channels(), Vec::new());
    let mut written = Vec::new();
    let blocked = event(EventKind::ConnectorBlocked, "auth", 0);
    written.extend(first.offer(at(0), &blocked));
    written.iter().cloned().for_each(|record| first.fold(record));
    let begun = first.begin(at(0));
    let ops = begun.iter().find(|attempt| attempt.channel == "ops").unwrap();
    let sent = first.settle(at(0), ops.place, &Ok(()), 0.0).unwrap();
    first.fold(sent.clone());
    written.push(sent);

    for records in [written, first.records()] {
        let mut second = Outbox::open(channels(), records);
        assert!(second.offer(at(5), &blocked).is_empty(), "it was told");
        let again = second.begin(at(5));
        assert_eq!(again.len(), 1);
        assert_eq!(
            (again[0].channel.as_str(), &again[0].message.id),
            ("mail", &blocked.id())
        );
    }
    let mut without_mail = Outbox::open(vec![("ops".to_owned(), Filter::all())], first.records());
    assert!(
        without_mail.begin(at(5)).is_empty(),
        "a channel that is no more is told nothing"
    );
}

#[test]
fn things_that_happen_are_told_each_once() {
    let mut outbox = outbox();
    let done = |job: &str, seconds| Event::new(EventKind::ExportCompleted, Subject::export(job), at(seconds));
    assert!(offer(&mut outbox, 1, &done("a", 1)));
    assert!(
        !offer(&mut outbox, 9, &done("a", 9)),
        "the same export, told again after a crash"
    );
    assert!(offer(&mut outbox, 2, &done("b", 2)));
    let hour = |revision| {
        Event::new(EventKind::HourCompleted, Subject::connector("c1"), at(3))
            .data(EventData::default().hour("2026-11-26-14").revision(revision))
    };
    assert!(offer(&mut outbox, 3, &hour(0)));
    assert!(!offer(&mut outbox, 3, &hour(0)));
    assert!(offer(&mut outbox, 3, &hour(1)));
}

#[test]
fn a_full_queue_gives_its_oldest_up() {
    let mut outbox = outbox();
    for job in 0..=MAX_WAITING {
        let event = Event::new(
            EventKind::ExportCompleted,
            Subject::export(job.to_string()),
            at(1),
        );
        offer(&mut outbox, 1, &event);
    }
    assert_eq!(outbox.len(), MAX_WAITING);
    assert_eq!(outbox.begin(at(1))[0].message.event.subject().id(), "1");
}

#[test]
fn a_start_is_told_once_and_again_only_after_an_end() {
    let mut outbox = outbox();
    let told = |outbox: &mut Outbox, kind, at| offer(outbox, at, &event(kind, "", at));
    assert!(told(&mut outbox, EventKind::ConnectorLaunched, 1));
    assert!(!told(&mut outbox, EventKind::ConnectorLaunched, 2), "a restart");
    assert!(told(&mut outbox, EventKind::ConnectorBlocked, 3));
    assert!(
        !told(&mut outbox, EventKind::ConnectorLaunched, 4),
        "a restart while blocked"
    );
    assert!(told(&mut outbox, EventKind::ConnectorRecovered, 5));
    assert!(!told(&mut outbox, EventKind::ConnectorLaunched, 6));
    assert!(told(&mut outbox, EventKind::ConnectorStopped, 7));
    assert!(told(&mut outbox, EventKind::ConnectorLaunched, 8));
}

#[test]
fn a_loss_that_comes_near_does_not_make_an_old_block_news() {
    let mut outbox = outbox();
    let warned = |percent, at| {
        Event::new(EventKind::ConnectorWarned, Subject::connector("c1"), self::at(at))
            .data(EventData::default().percent(percent))
    };
    let blocked = |at| event(EventKind::ConnectorBlocked, "auth", at);
    assert!(offer(&mut outbox, 1, &blocked(1)));
    assert!(offer(&mut outbox, 2, &warned(50, 2)));
    assert!(!offer(&mut outbox, 3, &blocked(3)), "seen again after a restart");
    assert!(!offer(&mut outbox, 4, &warned(50, 4)));
    assert!(offer(&mut outbox, 5, &warned(75, 5)));
    assert!(offer(
        &mut outbox,
        6,
        &event(EventKind::ConnectorRecovered, "", 6)
    ));
    assert!(offer(&mut outbox, 7, &warned(50, 7)), "another trouble");
    assert!(
        offer(&mut outbox, 8, &event(EventKind::ConnectorRecovered, "", 8)),
        "of a warning alone"
    );
}
