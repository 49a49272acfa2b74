//! How long to wait before trying again: growing, capped, and spread by a hash, so that customers whose store came
//! back do not all return in the same second. Draws no randomness: the same seed and attempt give the same delay.

use std::time::Duration;

/// A growing delay between `base` and `cap`.
///
/// ```
/// use bucketline_connector::Backoff;
/// use std::time::Duration;
///
/// let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
/// assert!(backoff.delay(1, 7) <= Duration::from_secs(1));
/// assert!(backoff.delay(100, 7) <= Duration::from_secs(60));
/// assert!(backoff.delay(100, 7) >= Duration::from_secs(30));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    base: Duration,
    cap: Duration,
}

impl Backoff {
    /// Delays that double from `base` to `cap`.
    pub const fn new(base: Duration, cap: Duration) -> Self {
        Self { base, cap }
    }

    /// The delay after failure number `attempt` (from 1): between half of and the whole of `base * 2^(attempt - 1)`,
    /// never more than the cap. `seed` says where between.
    pub fn delay(&self, attempt: u32, seed: u64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let full = self.base.saturating_mul(1 << doublings).min(self.cap);
        let spread = mix(seed ^ u64::from(attempt).rotate_left(32)) % 1_001;
        // From 500 to 1,000 thousandths.
        full / 1_000 * (500 + u32::try_from(spread / 2).unwrap_or(0))
    }
}

/// A well mixed 64-bit value (the finaliser of SplitMix64).
pub(crate) fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_up_to_the_cap_and_stay_in_their_half() {
        let backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(3));
        for attempt in 1..80 {
            let full = Duration::from_millis(100)
                .saturating_mul(1 << (attempt - 1).min(20))
                .min(Duration::from_secs(3));
            for seed in 0..50 {
                let delay = backoff.delay(attempt, seed);
                assert!(
                    delay >= full / 2 && delay <= full,
                    "{attempt} {seed}: {delay:?} of {full:?}"
                );
            }
        }
    }

    #[test]
    fn seeds_spread_the_delays() {
        let backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
        let distinct: std::collections::BTreeSet<_> = (0..100).map(|seed| backoff.delay(3, seed)).collect();
        assert!(distinct.len() > 50);
    }
}
