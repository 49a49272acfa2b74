//! When credentials are fetched again: the schedule alone, without a clock, a task or credentials in it.
//!
//! The windows are those that AWS's SDKs are agreeing on ("static stability"): refresh ahead of expiry while the old
//! credentials still serve, wait for new ones only in the last minute. Unlike there, credentials are never served past
//! their expiry (S3 would answer `ExpiredToken`), and a refusal is not papered over.

use std::time::{Duration, SystemTime};

use crate::ErrorKind;

/// A refresh begins within this part of its window, one of so many.
const JITTERED: u32 = 4;
/// A refusal is remembered for 1 to 5 s, so that a hundred waiting requests are one call to STS.
const REMEMBER_MIN: Duration = Duration::from_secs(1);
const REMEMBER_SPREAD: Duration = Duration::from_secs(4);
/// One refusal may be a replica of IAM that has not yet heard of a change; two in a row, seconds apart, are an answer.
const DENIALS_THAT_COUNT: u32 = 2;

/// How early and how often credentials are fetched again.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefreshSettings {
    /// How long before expiry a refresh begins while the old credentials still serve. By default by lifetime: 5 min
    /// up to 20 min, 15 min up to 90 min, 60 min above.
    pub early: Option<Duration>,
    /// How long before expiry requests wait for new credentials. Default: 60 s.
    pub waiting: Duration,
    /// How long before expiry credentials count as expired, for the sake of clocks that differ. Default: 10 s.
    pub skew: Duration,
    /// The longest pause between attempts while the old credentials still serve. Default: 60 s.
    pub longest_pause: Duration,
    /// How long one attempt may take. Default: 30 s.
    pub attempt_timeout: Duration,
}

impl Default for RefreshSettings {
    fn default() -> Self {
        Self {
            early: None,
            waiting: Duration::from_secs(60),
            skew: Duration::from_secs(10),
            longest_pause: Duration::from_secs(60),
            attempt_timeout: Duration::from_secs(30),
        }
    }
}

impl RefreshSettings {
    /// Fetches so early that sessions outlast an outage of STS of this length, whenever it begins. A session of an hour outlasts one
    /// of 32 minutes at most: it is refreshed after a quarter of its life at the earliest.
    ///
    /// ```
    /// use std::time::Duration;
    /// use bucketline_auth::RefreshSettings;
    ///
    /// let settings = RefreshSettings::default().outlasting(Duration::from_secs(30 * 60));
    /// assert_eq!(settings.early.map(|early| early.as_secs() / 60), Some(41));
    /// ```
    #[must_use]
    pub fn outlasting(self, outage: Duration) -> Self {
        // What is left of the window once jitter has taken its part has to cover the outage, the attempt that still hangs when it ends,
        // and the pause after that.
        let needed = outage + self.attempt_timeout + self.longest_pause + self.skew;
        let early = needed.saturating_sub(self.waiting / JITTERED) * JITTERED / (JITTERED - 1);
        self.early(early)
    }

    /// How long before expiry a refresh begins, whatever the lifetime.
    #[must_use]
    pub fn early(mut self, early: Duration) -> Self {
        self.early = Some(early);
        self
    }

    /// How long before expiry requests wait for new credentials.
    #[must_use]
    pub fn waiting(mut self, waiting: Duration) -> Self {
        self.waiting = waiting;
        self
    }

    /// How long before expiry credentials count as expired.
    #[must_use]
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = skew;
        self
    }

    /// The longest pause between attempts while the old credentials still serve.
    #[must_use]
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause;
        self
    }

    /// How long one attempt may take.
    #[must_use]
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }
}

/// What a request for credentials is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// What is held.
    Serve,
    /// What is held, while new ones are fetched beside it.
    ServeAndRefresh,
    /// New ones, once they are there.
    Wait,
    /// The last failure, which is a moment ago.
    Fail,
}

/// The times at which credentials of a known expiry change their standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lease {
    refresh_at: SystemTime,
    wait_at: SystemTime,
    usable_until: SystemTime,
}

impl Lease {
    /// Windows longer than the lifetime allows are cut, so that short-lived credentials serve for half of it at least, or for a
    /// quarter where a window was asked for.
    fn new(settings: &RefreshSettings, now: SystemTime, expiry: SystemTime, jitter: f64) -> Option<Self> {
        let lifetime = expiry.duration_since(now).ok()?;
        let skew = settings.skew.min(lifetime / 10);
        let early = match settings.early {
            Some(early) => early.min(lifetime / 4 * 3),
            None => early_by_lifetime(lifetime).min(lifetime / 2),
        };
        let waiting = settings.waiting.min(early / 2);
        // Spread over the first part of the window: connectors that started together do not all ask together.
        let spread = (early - waiting).mul_f64(jitter.clamp(0.0, 1.0) / f64::from(JITTERED));
        let usable_until = expiry.checked_sub(skew)?;
        (now < usable_until).then_some(())?;
        Some(Self {
            refresh_at: expiry.checked_sub(early)?.checked_add(spread)?,
            wait_at: expiry.checked_sub(waiting)?,
            usable_until,
        })
    }
}

fn early_by_lifetime(lifetime: Duration) -> Duration {
    const MINUTE: Duration = Duration::from_secs(60);
    if lifetime <= MINUTE * 20 {
        MINUTE * 5
    } else if lifetime < MINUTE * 90 {
        MINUTE * 15
    } else {
        MINUTE * 60
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Nothing,
    Forever,
    Until(Lease),
}

/// What is held, what went wrong of late, and when to ask again.
#[derive(Debug)]
pub(crate) struct Schedule {
    settings: RefreshSettings,
    held: Held,
    failures: u32,
    denials: u32,
    retry_at: Option<SystemTime>,
}

impl Schedule {
    pub(crate) fn new(settings: RefreshSettings) -> Self {
        Self {
            settings,
            held: Held::Nothing,
            failures: 0,
            denials: 0,
            retry_at: None,
        }
    }

    pub(crate) fn action(&self, now: SystemTime) -> Action {
        let paused = self.is_paused(now);
        match self.held {
            Held::Forever => Action::Serve,
            Held::Until(lease) if now < lease.usable_until => {
                if paused || now < lease.refresh_at {
                    Action::Serve
                } else if now < lease.wait_at {
                    Action::ServeAndRefresh
                } else {
                    Action::Wait
                }
            }
            _ if paused => Action::Fail,
            _ => Action::Wait,
        }
    }

    /// Until when what is held serves without a thought: no refresh is due and none has failed. `None` in it: for ever.
    pub(crate) fn serves_until(&self) -> Option<Option<SystemTime>> {
        match self.held {
            _ if self.failures > 0 => None,
            Held::Nothing => None,
            Held::Forever => Some(None),
            Held::Until(lease) => Some(Some(lease.refresh_at)),
        }
    }

    /// Whether what is held is valid still.
    pub(crate) fn is_usable(&self, now: SystemTime) -> bool {
        match self.held {
            Held::Nothing => false,
            Held::Forever => true,
            Held::Until(lease) => now < lease.usable_until,
        }
    }

    /// New credentials are there. Answers `false`, and takes them for a failure, where they have expired already.
    pub(crate) fn renewed(&mut self, now: SystemTime, expiry: Option<SystemTime>, jitter: f64) -> bool {
        let held = match expiry {
            None => Held::Forever,
            Some(expiry) => match Lease::new(&self.settings, now, expiry, jitter) {
                Some(lease) => Held::Until(lease),
                None => {
                    self.failed(now, ErrorKind::Unexpected, None, jitter);
                    return false;
                }
            },
        };
        *self = Self {
            held,
            ..Self::new(self.settings.clone())
        };
        true
    }

    /// An attempt failed; `asked` is how long the service wants to be left alone.
    pub(crate) fn failed(&mut self, now: SystemTime, kind: ErrorKind, asked: Option<Duration>, jitter: f64) {
        let jitter = jitter.clamp(0.0, 1.0);
        self.failures = self.failures.saturating_add(1);
        if kind == ErrorKind::Denied {
            self.denials = self.denials.saturating_add(1);
            if self.denials >= DENIALS_THAT_COUNT {
                self.held = Held::Nothing;
            }
        } else {
            self.denials = 0;
        }
        let pause = if kind != ErrorKind::Denied && self.is_usable(now) {
            let doubled = REMEMBER_MIN * 2_u32.saturating_pow(self.failures.min(16));
            doubled
                .min(self.settings.longest_pause)
                .mul_f64(0.5 + jitter / 2.0)
        } else {
            REMEMBER_MIN + REMEMBER_SPREAD.mul_f64(jitter)
        };
        let asked = asked.unwrap_or_default().min(self.settings.longest_pause);
        self.retry_at = now.checked_add(pause.max(asked));
    }

    /// Everything is as new: what is held is not to be used, and the next request asks at once.
    pub(crate) fn forget(&mut self) {
        *self = Self::new(self.settings.clone());
    }

    pub(crate) fn settings(&self) -> &RefreshSettings {
        &self.settings
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    pub(crate) fn retry_at(&self) -> Option<SystemTime> {
        self.retry_at
    }

    /// A clock that was set back must not turn a pause of seconds into one of hours.
    fn is_paused(&self, now: SystemTime) -> bool {
        let longest = self.settings.longest_pause.max(REMEMBER_MIN + REMEMBER_SPREAD);
        self.retry_at
            .and_then(|at| at.duration_since(now).ok())
            .is_some_and(|rest| !rest.is_zero() && rest <= longest)
    }
}

#[cfg(test)]
mod tests;
