//! The one module that reads the clock, draws randomness and starts tasks. It decides nothing.

use std::future::Future;
use std::time::{Duration, SystemTime};

use crate::clock::{Clock, Jitter};
use crate::{Error, ErrorKind};

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the driver that reads the clock"
    )]
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct SystemJitter;

impl Jitter for SystemJitter {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the driver that draws randomness"
    )]
    fn draw(&self) -> f64 {
        let mut bytes = [0; 4];
        // A machine without randomness at all still refreshes, only without a spread.
        if getrandom::fill(&mut bytes).is_err() {
            return 0.5;
        }
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// 128 bits of the operating system's randomness.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the driver that draws randomness"
)]
pub(crate) fn random_bytes() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        Error::new(
            ErrorKind::Unexpected,
            format!("this machine has no randomness: {error}"),
        )
    })?;
    Ok(bytes)
}

/// A moment by tokio's clock, which a test may stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(tokio::time::Instant);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(tokio::time::Instant::now())
    }

    pub(crate) fn since(self, earlier: Self) -> Duration {
        self.0.saturating_duration_since(earlier.0)
    }

    pub(crate) fn after(self, pause: Duration) -> Self {
        Self(self.0.checked_add(pause).unwrap_or(self.0))
    }
}

/// Waits for a moment; not at all, if it has come.
#[expect(clippy::disallowed_methods, reason = "this is the driver that waits")]
pub(crate) async fn wait_until(moment: Moment) {
    let rest = moment.since(Moment::now());
    if !rest.is_zero() {
        tokio::time::sleep(rest).await;
    }
}

/// Starts a task that lives on when whoever asked for it is gone. `false` where no tokio runtime is running.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> bool {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return false;
    };
    drop(runtime.spawn(task));
    true
}
