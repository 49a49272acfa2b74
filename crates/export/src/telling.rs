//! Who is told of a job's end, and when it is tried again. Pure: sends nothing.

use std::time::Duration;

use bucketline_notify::{RETRIED_FOR, Timestamp, pause_after};
use serde::{Deserialize, Serialize};

use crate::error::chain;
use crate::{JobRecord, JobState, Link};

/// How somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a closed list")]
pub enum Way {
    /// By the channels of whoever tells: `export.completed`, `export.failed`.
    Notice,
    /// By e-mail.
    Mail,
    /// By a signed POST to the address that the request named.
    Callback,
}

impl Way {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Mail => "mail",
            Self::Callback => "callback",
        }
    }
}

/// Whether anybody wants to hear of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notices {
    /// There is one.
    Wanted,
    /// There is none.
    Unwanted,
}

/// One message about a job's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Telling {
    /// How.
    pub way: Way,
    /// Where it stands.
    pub state: TellingState,
    /// How often it failed.
    pub failures: u32,
    /// When it is tried next.
    pub due: Timestamp,
    /// Why it failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "a closed list")]
pub enum TellingState {
    /// It waits, to be sent or sent again.
    Waiting,
    /// It was taken by whoever is to get it.
    Sent,
    /// It was given up.
    GivenUp,
}

impl TellingState {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::GivenUp => "given up",
        }
    }
}

impl Telling {
    /// What is to be told of a job that has just ended.
    pub(crate) fn all_of(record: &JobRecord, now: Timestamp, notices: Notices) -> Vec<Self> {
        let done = record.state == JobState::Completed;
        let mut ways = Vec::new();
        if notices == Notices::Wanted && record.state != JobState::Cancelled {
            ways.push(Way::Notice);
        }
        // A mail brings a link; of a failure, a person hears from the channels of `export.failed`, where the program has any.
        if done && record.delivery.link == Link::ByMail && !record.taken.job.people().is_empty() {
            ways.push(Way::Mail);
        }
        if record.taken.job.callback_url().is_some() && record.state != JobState::Cancelled {
            ways.push(Way::Callback);
        }
        let waiting = |way| Self {
            way,
            state: TellingState::Waiting,
            failures: 0,
            due: now,
            failure: None,
        };
        ways.into_iter().map(waiting).collect()
    }

    /// Whether it is to be sent now.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.state == TellingState::Waiting && self.due <= now
    }

    /// Takes in what came of an attempt at a message about a job that ended at `ended`.
    pub(crate) fn settle(
        &mut self,
        now: Timestamp,
        ended: Timestamp,
        outcome: Result<(), bucketline_notify::Error>,
        draw: f64,
    ) {
        let Err(error) = outcome else {
            self.state = TellingState::Sent;
            self.failure = None;
            return;
        };
        self.failures = self.failures.saturating_add(1);
        self.failure = Some(chain(&error));
        let for_good = error.kind() != bucketline_notify::ErrorKind::NotTaken;
        match next_try(now, ended, self.failures, error.retry_after(), draw).filter(|_| !for_good) {
            Some(due) => self.due = due,
            None => self.state = TellingState::GivenUp,
        }
    }
}

/// When something that failed `failures` times is tried again: within three days of `since`, else never.
pub(crate) fn next_try(
    now: Timestamp,
    since: Timestamp,
    failures: u32,
    asked: Option<Duration>,
    draw: f64,
) -> Option<Timestamp> {
    let due = now.after(pause_after(failures, asked, draw));
    (due.since(since) <= RETRIED_FOR).then_some(due)
}

#[cfg(test)]
mod tests {
    use bucketline_notify::{Error, ErrorKind};

    use super::*;
    use crate::{Delivery, ExportJob, ExportKind, Origin, Storage, TakenJob};

    const HOUR: Duration = Duration::from_secs(3_600);

    fn ended(origin: Origin, state: JobState) -> JobRecord {
        let job = ExportJob::new("acme".parse().unwrap(), ExportKind::EngagementReport)
            .asked_by(origin)
            .mail_to(["ada@example.com".parse().unwrap()])
            .callback("https://example.com/done");
        let id = "d9696570-dfb7-45ae-baa2-25e302a2da27".parse().unwrap();
        let taken = TakenJob::new(id, job, Timestamp::default());
        let mut record = JobRecord::new(taken, Delivery::decide(origin, Storage::Customers));
        record.state = state;
        record
    }

    #[test]
    fn who_is_told_of_which_end() {
        for (origin, state, expected) in [
            (
                Origin::Dashboard,
                JobState::Completed,
                vec![Way::Notice, Way::Mail, Way::Callback],
            ),
            (
                Origin::Dashboard,
                JobState::Failed,
                vec![Way::Notice, Way::Callback],
            ),
            (Origin::Dashboard, JobState::Cancelled, vec![]),
            (Origin::Api, JobState::Completed, vec![Way::Notice, Way::Callback]),
        ] {
            let tellings = Telling::all_of(&ended(origin, state), Timestamp::default(), Notices::Wanted);
            let ways: Vec<Way> = tellings.iter().map(|telling| telling.way).collect();
            assert_eq!(ways, expected, "{origin:?} {state:?}");
        }
    }

    #[test]
    fn what_is_not_taken_is_tried_for_three_days_and_what_is_refused_is_not() {
        let start = Timestamp::default();
        let record = ended(Origin::Api, JobState::Completed);
        let mut telling = Telling::all_of(&record, start, Notices::Unwanted).remove(0);
        let (mut now, mut tries) = (start, 0);
        while telling.state == TellingState::Waiting {
            assert!(telling.due >= now);
            now = telling.due;
            tries += 1;
            telling.settle(now, start, Err(Error::new(ErrorKind::NotTaken, "busy")), 0.0);
        }
        assert_eq!(telling.state, TellingState::GivenUp);
        assert!(tries > 8, "{tries}");
        assert!(now.since(start) <= RETRIED_FOR && now.since(start) > 48 * HOUR);

        let mut refused = Telling::all_of(&record, start, Notices::Unwanted).remove(0);
        refused.settle(start, start, Err(Error::new(ErrorKind::Refused, "gone")), 0.0);
        assert_eq!(refused.state, TellingState::GivenUp);
    }
}
