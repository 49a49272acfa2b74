//! An STS that is asked no faster than a given rate, whoever asks. Reserves moments; the driver waits for them.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use super::{AssumeRoleRequest, AssumedRole, CallerIdentity, Sts, WebIdentityRequest};
use crate::driver::{Moment, wait_until};
use crate::{Error, ErrorKind};

/// Spreads the calls of all who share an STS.
///
/// AWS throttles an account's calls to STS in one region as a whole, so a thousand customers' sessions that are fetched at once
/// (after a start, after an outage) would refuse each other. Calls wait their turn, first come first served; one whose turn would
/// come too late is refused at once, and says when to ask again. The sessions of one role are limited by their
/// [`Cached`](crate::Cached).
///
/// Clones of an `Arc` of it share the rate; two of it do not.
///
/// ```
/// use bucketline_auth::{Paced, Sts};
///
/// # fn shared(sts: impl Sts) -> Paced<impl Sts> {
/// Paced::new(sts).per_second(100).burst(200)
/// # }
/// ```
#[derive(Debug)]
pub struct Paced<S> {
    inner: S,
    pace: Pace,
    /// When the next call would be due if no burst were allowed.
    due: Mutex<Option<Moment>>,
}

#[derive(Clone, Copy, Debug)]
struct Pace {
    interval: Duration,
    burst: u32,
    longest_wait: Duration,
}

impl Pace {
    /// The moment of the turn that is asked for now, which is then taken; or, if that is too far away, how far.
    fn turn(self, due: &mut Option<Moment>, now: Moment) -> Result<Moment, Duration> {
        // The generic cell rate algorithm.
        let next = due.filter(|due| *due > now).unwrap_or(now);
        let wait = next.since(now).saturating_sub(self.interval * (self.burst - 1));
        if wait > self.longest_wait {
            return Err(wait);
        }
        *due = Some(next.after(self.interval));
        Ok(now.after(wait))
    }
}

impl<S: Sts> Paced<S> {
    /// 50 calls a second, of which 100 may come at once; none waits longer than 20 s.
    #[must_use]
    pub fn new(inner: S) -> Self {
        Self {
            inner,
            pace: Pace {
                interval: Duration::from_millis(20),
                burst: 100,
                longest_wait: Duration::from_secs(20),
            },
            due: Mutex::new(None),
        }
    }

    /// How many calls a second, in the long run; one at least.
    #[must_use]
    pub fn per_second(mut self, calls: u32) -> Self {
        self.pace.interval = Duration::from_secs(1) / calls.max(1);
        self
    }

    /// How many calls may come at once after a pause; one at least.
    #[must_use]
    pub fn burst(mut self, calls: u32) -> Self {
        self.pace.burst = calls.max(1);
        self
    }

    /// How long a call waits for its turn; one that would wait longer is refused at once. Keep it below
    /// [`attempt_timeout`](crate::RefreshSettings::attempt_timeout).
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.pace.longest_wait = wait;
        self
    }

    async fn turn(&self, operation: &'static str) -> Result<(), Error> {
        let turn = {
            let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            self.pace.turn(&mut due, Moment::now())
        };
        let moment = turn.map_err(|wait| {
            Error::new(
                ErrorKind::Throttled,
                "too many calls to STS wait already on our side",
            )
            .with_operation(operation)
            .with_retry_after(wait)
            .with_remedy("nothing was asked; it is asked again by itself")
        })?;
        wait_until(moment).await;
        Ok(())
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Sts> Sts for Paced<S> {
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, Error> {
        self.turn("AssumeRole").await?;
        self.inner.assume_role(request).await
    }

    async fn assume_role_with_web_identity(
        &self,
        request: &WebIdentityRequest,
    ) -> Result<AssumedRole, Error> {
        self.turn("AssumeRoleWithWebIdentity").await?;
        self.inner.assume_role_with_web_identity(request).await
    }

    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        self.turn("GetCallerIdentity").await?;
        self.inner.caller_identity().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        interval: Duration::from_millis(20),
        burst: 3,
        longest_wait: Duration::from_millis(40),
    };

    /// When each call's turn is, or how far it would be, in milliseconds from the first.
    fn turns(calls: &[u64]) -> Vec<Result<u64, u64>> {
        let (start, mut due) = (Moment::now(), None);
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap();
        calls
            .iter()
            .map(|at| {
                let turn = PACE.turn(&mut due, start.after(Duration::from_millis(*at)));
                turn.map(|turn| millis(turn.since(start))).map_err(millis)
            })
            .collect()
    }

    #[test]
    fn a_burst_comes_at_once_and_the_rest_in_turn() {
        assert_eq!(
            turns(&[0, 0, 0, 0, 0, 0]),
            [Ok(0), Ok(0), Ok(0), Ok(20), Ok(40), Err(60)]
        );
    }

    #[test]
    fn who_is_refused_takes_no_turn_and_a_pause_gives_the_burst_back() {
        let at_once = [0; 7];
        assert_eq!(turns(&at_once)[5..], [Err(60), Err(60)]);
        let mut calls = at_once.to_vec();
        calls.extend([60, 1_000, 1_000, 1_000, 1_000]);
        assert_eq!(
            turns(&calls)[7..],
            [Ok(60), Ok(1_000), Ok(1_000), Ok(1_000), Ok(1_020)]
        );
    }

    #[test]
    fn in_the_long_run_the_rate_is_kept() {
        let calls: Vec<u64> = (0..1_000).map(|call| call * 10).collect();
        let taken = turns(&calls).into_iter().filter(Result::is_ok).count();
        // 10 s at 50 a second, with the burst and what waits at the end.
        assert!((500..=505).contains(&taken), "{taken}");
    }
}
