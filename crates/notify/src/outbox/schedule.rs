//! How long to wait before a message is tried again. Pure.

use std::time::Duration;

/// How long after its event a message is tried, in all: 3 days.
pub const RETRIED_FOR: Duration = Duration::from_secs(72 * 3_600);

/// The pauses after the first, second, ... failed attempt, in seconds; the last one is repeated.
const PAUSES: [u64; 7] = [5, 60, 300, 1_800, 7_200, 18_000, 36_000];

/// The longest pause that a receiver may ask for.
const MAX_ASKED: Duration = Duration::from_secs(24 * 3_600);

/// The pause after the `attempts`-th failed attempt (from 1), lengthened by up to a fifth; a longer one that the
/// receiver asked for is kept to, up to a day. `draw` is from 0 to 1, and spreads what would come back at one moment.
#[must_use]
pub fn pause_after(attempts: u32, asked: Option<Duration>, draw: f64) -> Duration {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = PAUSES.get(place.min(PAUSES.len() - 1)).copied().unwrap_or(36_000);
    let own = Duration::from_secs(seconds).mul_f64(1.0 + draw.clamp(0.0, 1.0) / 5.0);
    own.max(asked.unwrap_or_default().min(MAX_ASKED))
}
