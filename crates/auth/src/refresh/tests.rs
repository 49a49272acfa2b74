//! The schedule, minute by minute, and against whatever order of events. Knows no clock.

use std::time::UNIX_EPOCH;

use proptest::prelude::*;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn hour_long() -> Schedule {
    let mut schedule = Schedule::new(RefreshSettings::default());
    assert!(schedule.renewed(at(0), Some(at(0) + HOUR), 0.0));
    schedule
}

#[test]
fn nothing_held_means_waiting_for_it() {
    assert_eq!(
        Schedule::new(RefreshSettings::default()).action(at(0)),
        Action::Wait
    );
}

#[test]
fn an_hour_s_session_goes_through_its_windows() {
    let schedule = hour_long();
    for (minute, second, expected) in [
        (0, 0, Action::Serve),
        (44, 59, Action::Serve),
        (45, 0, Action::ServeAndRefresh),
        (58, 59, Action::ServeAndRefresh),
        (59, 0, Action::Wait),
        (59, 49, Action::Wait),
        (61, 0, Action::Wait),
    ] {
        assert_eq!(
            schedule.action(at(minute * 60 + second)),
            expected,
            "{minute}:{second}"
        );
    }
    assert!(schedule.is_usable(at(59 * 60 + 49)));
    assert!(
        !schedule.is_usable(at(59 * 60 + 50)),
        "the last ten seconds are for clocks that differ"
    );
}

#[test]
fn the_window_follows_the_lifetime() {
    // 21 and 90 minutes: the table says more than half of the lifetime, and half is the most.
    for (lifetime, early) in [
        (15 * 60, 5 * 60),
        (20 * 60, 5 * 60),
        (21 * 60, 630),
        (60 * 60, 15 * 60),
        (89 * 60, 15 * 60),
        (90 * 60, 45 * 60),
        (120 * 60, 60 * 60),
        (720 * 60, 60 * 60),
    ] {
        let mut schedule = Schedule::new(RefreshSettings::default());
        schedule.renewed(at(0), Some(at(lifetime)), 0.0);
        assert_eq!(
            schedule.action(at(lifetime - early - 1)),
            Action::Serve,
            "{lifetime}"
        );
        assert_eq!(
            schedule.action(at(lifetime - early)),
            Action::ServeAndRefresh,
            "{lifetime}"
        );
    }
}

#[test]
fn a_key_without_expiry_is_never_fetched_again() {
    let mut schedule = Schedule::new(RefreshSettings::default());
    schedule.renewed(at(0), None, 0.5);
    assert_eq!(schedule.action(at(10_000_000)), Action::Serve);
}

#[test]
fn trouble_at_sts_is_ridden_out_while_the_session_is_valid() {
    let mut schedule = hour_long();
    let now = at(59 * 60);
    schedule.failed(now, ErrorKind::Unavailable, None, 0.0);
    assert_eq!(schedule.action(now), Action::Serve);
    assert_eq!(
        schedule.action(at(59 * 60 + 1)),
        Action::Wait,
        "asked again after the pause"
    );
    schedule.failed(at(3595), ErrorKind::Unavailable, None, 0.0);
    assert_eq!(
        schedule.action(at(3595)),
        Action::Fail,
        "and never served once it is expired"
    );
}

/// An outage at the worst moment, in which every attempt hangs until it is given up.
#[test]
fn a_session_of_an_hour_outlasts_an_outage_of_up_to_32_minutes_whenever_it_begins() {
    for minutes in 1..=32 {
        let outage = Duration::from_secs(minutes * 60);
        let settings = RefreshSettings::default().outlasting(outage);
        let timeout = settings.attempt_timeout.as_secs();
        for (jitter, begins_early) in [(0.0, 1), (0.5, 1), (1.0, 0), (1.0, 1), (1.0, 29)] {
            let mut schedule = Schedule::new(settings.clone());
            assert!(schedule.renewed(at(0), Some(at(0) + HOUR), jitter));
            let due = (0..3600).find(|&second| schedule.action(at(second)) == Action::ServeAndRefresh);
            let begins = due.expect("a refresh is due") - begins_early;
            let (mut now, mut attempt) = (begins, None);
            loop {
                assert!(
                    schedule.is_usable(at(now)),
                    "{minutes} min, jitter {jitter}, second {now}"
                );
                if attempt.is_some_and(|began| began + timeout == now) {
                    schedule.failed(at(now), ErrorKind::Unavailable, None, jitter);
                    attempt = None;
                }
                let asks = matches!(schedule.action(at(now)), Action::ServeAndRefresh | Action::Wait);
                if asks && attempt.is_none() {
                    if at(now) >= at(begins) + outage {
                        break;
                    }
                    attempt = Some(now);
                }
                now += 1;
            }
        }
    }
}

#[test]
fn a_revoked_grant_stops_a_session_that_is_still_valid() {
    let mut schedule = hour_long();
    schedule.failed(at(2800), ErrorKind::Denied, None, 0.0);
    assert_eq!(
        schedule.action(at(2800)),
        Action::Serve,
        "one refusal may be a replica that lags"
    );
    assert_eq!(
        schedule.action(at(2801)),
        Action::ServeAndRefresh,
        "so it is asked again within seconds"
    );
    schedule.failed(at(2801), ErrorKind::Denied, None, 0.0);
    assert_eq!(schedule.action(at(2801)), Action::Fail);
    assert_eq!(
        schedule.action(at(2802)),
        Action::Wait,
        "and again, in case the customer puts it right"
    );
}

#[test]
fn refusals_count_only_in_a_row() {
    let mut schedule = hour_long();
    schedule.failed(at(2800), ErrorKind::Denied, None, 0.0);
    schedule.failed(at(2810), ErrorKind::Throttled, None, 0.0);
    schedule.failed(at(2820), ErrorKind::Denied, None, 0.0);
    assert!(schedule.is_usable(at(2820)));
}

#[test]
fn pauses_grow_up_to_their_limit_while_the_old_serve() {
    let mut schedule = Schedule::new(RefreshSettings::default());
    schedule.renewed(at(0), Some(at(0) + HOUR * 12), 0.0);
    let mut pauses = Vec::new();
    for _ in 0..8 {
        schedule.failed(at(100), ErrorKind::Unavailable, None, 1.0);
        pauses.push(
            schedule
                .retry_at()
                .unwrap()
                .duration_since(at(100))
                .unwrap()
                .as_secs(),
        );
    }
    assert_eq!(pauses, [2, 4, 8, 16, 32, 60, 60, 60]);
}

#[test]
fn credentials_that_come_expired_are_a_failure() {
    let mut schedule = Schedule::new(RefreshSettings::default());
    assert!(!schedule.renewed(at(100), Some(at(99)), 0.0));
    assert_eq!(schedule.action(at(100)), Action::Fail);
}

#[test]
fn forgetting_asks_again_at_once() {
    let mut schedule = hour_long();
    schedule.failed(at(3599), ErrorKind::Denied, None, 1.0);
    schedule.forget();
    assert_eq!(schedule.action(at(3599)), Action::Wait);
}

#[test]
fn a_clock_set_back_does_not_prolong_a_pause() {
    let mut schedule = Schedule::new(RefreshSettings::default());
    schedule.failed(at(100_000), ErrorKind::Denied, None, 0.0);
    assert_eq!(schedule.action(at(0)), Action::Wait);
}

proptest! {
    /// Whatever happens in whatever order: never serve what is expired, never wait or fail while a fresh lease is held.
    #[test]
    fn what_is_served_is_valid(
        lifetime in 1_u64..50_000,
        jitter in 0.0_f64..1.0,
        steps in prop::collection::vec((0_u64..2_000, 0_u8..4), 0..40),
    ) {
        let mut schedule = Schedule::new(RefreshSettings::default());
        let mut now = at(0);
        let mut expiry = now + Duration::from_secs(lifetime);
        schedule.renewed(now, Some(expiry), jitter);
        for (seconds, event) in steps {
            now += Duration::from_secs(seconds);
            let action = schedule.action(now);
            if matches!(action, Action::Serve | Action::ServeAndRefresh) {
                prop_assert!(now < expiry);
            }
            prop_assert_eq!(schedule.is_usable(now) && action == Action::Fail, false);
            match event {
                0 => schedule.failed(now, ErrorKind::Throttled, None, jitter),
                1 => schedule.failed(now, ErrorKind::Denied, None, jitter),
                2 => {
                    expiry = now + Duration::from_secs(lifetime);
                    prop_assert!(schedule.renewed(now, Some(expiry), jitter));
                    prop_assert_eq!(schedule.action(now), Action::Serve);
                }
                _ => {}
            }
        }
    }
}

#[test]
fn a_pause_that_the_service_asks_for_is_kept() {
    let mut schedule = Schedule::new(RefreshSettings::default());
    schedule.failed(at(0), ErrorKind::Throttled, Some(Duration::from_secs(40)), 0.0);
    assert_eq!(schedule.action(at(39)), Action::Fail);
    assert_eq!(schedule.action(at(40)), Action::Wait);
    // Nobody is kept waiting for a day by one header.
    schedule.failed(
        at(50),
        ErrorKind::Throttled,
        Some(Duration::from_secs(86_400)),
        0.0,
    );
    assert_eq!(
        schedule.retry_at(),
        Some(at(50) + RefreshSettings::default().longest_pause)
    );
}
