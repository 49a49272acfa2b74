//! When a connector is checked, and what a file is known by.

use std::time::{Duration, SystemTime};

use super::{Schedule, Stamp};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_793_534_400)
}

/// The first minute, from `from` on, at which something is due.
fn due_after(schedule: &Schedule, from: SystemTime) -> Duration {
    let minute = Duration::from_secs(60);
    let minutes = (0..10_000).find(|minutes| schedule.due(from + minute * *minutes).is_some());
    minute * minutes.unwrap()
}

#[test]
fn a_quiet_connector_is_checked_within_a_day_and_none_at_the_start() {
    let now = noon();
    let mut schedule = Schedule::new(DAY, now, [("a".to_owned(), None)]);
    assert_eq!(schedule.due(now), None, "a short run asks nothing");
    let first = due_after(&schedule, now);
    assert!(first <= Duration::from_secs(600), "{first:?}");
    assert!(
        !schedule.checked("a", true, now + first),
        "that it works is no news"
    );
    let next = due_after(&schedule, now + first);
    assert!(next <= DAY && next >= DAY - HOUR, "{next:?}");
}

#[test]
fn what_delivers_is_not_checked_and_what_was_checked_before_the_start_counts() {
    let now = noon();
    let checked = now - 6 * HOUR;
    let mut schedule = Schedule::new(DAY, now, [("a".to_owned(), Some(checked))]);
    let first = due_after(&schedule, now);
    assert!(first <= 18 * HOUR && first >= 17 * HOUR, "{first:?}");
    // What it had delivered before this run is no sign of life.
    schedule.delivered("a", 100, now + HOUR);
    assert_eq!(due_after(&schedule, now), first);
    schedule.delivered("a", 200, now + 2 * HOUR);
    assert!(due_after(&schedule, now) >= 25 * HOUR);
    // A clock that was set back does not put it off for ever.
    let schedule = Schedule::new(DAY, now, [("a".to_owned(), Some(now + 1000 * DAY))]);
    assert!(due_after(&schedule, now) <= DAY);
}

#[test]
fn one_that_failed_is_looked_at_again_sooner_and_told_once() {
    let now = noon();
    let mut schedule = Schedule::new(DAY, now, [("a".to_owned(), None)]);
    assert!(schedule.checked("a", false, now), "news");
    let again = due_after(&schedule, now);
    assert!(again <= HOUR && again >= Duration::from_secs(600), "{again:?}");
    assert!(!schedule.checked("a", false, now + again), "no news");
    assert!(schedule.checked("a", true, now + again + HOUR), "it works again");
    assert!(!schedule.checked("nobody", false, now));
}

#[test]
fn five_thousand_are_spread() {
    let now = noon();
    let ids = (0..5000).map(|id| (format!("{id:024x}"), Some(now)));
    let mut schedule = Schedule::new(DAY, now, ids);
    // Within any minute of the hour before a day is over, few are due.
    let mut checked = 0;
    for minute in 0..60 {
        let at = now + DAY - HOUR + Duration::from_secs(60 * (minute + 1));
        let mut in_this = 0;
        while let Some(id) = schedule.due(at).map(str::to_owned) {
            schedule.checked(&id, true, at);
            in_this += 1;
        }
        assert!(in_this < 200, "{minute}: {in_this}");
        checked += in_this;
    }
    assert_eq!(checked, 5000);
}

#[test]
fn a_file_that_took_anothers_place_is_another() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    assert!(!Stamp::of(&path).is_there());
    std::fs::write(&path, "one").unwrap();
    let first = Stamp::of(&path);
    assert_eq!(Stamp::of(&path), first);
    let other = folder.path().join("other");
    std::fs::write(&other, "two").unwrap();
    std::fs::rename(&other, &path).unwrap();
    assert_ne!(Stamp::of(&path), first);
}
