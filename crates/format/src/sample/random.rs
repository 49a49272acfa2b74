//! Pseudo-random numbers from a seed: SplitMix64.
//! Not for secrets; fixed for ever, since the sample's bytes depend on it.

#[derive(Debug)]
pub(super) struct Random {
    state: u64,
}

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self { state: mix(seed) }
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number below `bound`, which is small beside 2^64, so the bias is of no concern.
    pub(super) const fn below(&mut self, bound: u64) -> u64 {
        match self.next().checked_rem(bound) {
            Some(number) => number,
            None => 0,
        }
    }

    /// True `per_mille` times in a thousand.
    pub(super) const fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    pub(super) fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        pick(from, self.next())
    }
}

/// Spreads a number over 64 bits; two numbers never meet.
pub(super) const fn mix(number: u64) -> u64 {
    let mut z = number;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The element that a hash selects; `None` if there is none.
pub(super) fn pick<T: Copy>(from: &[T], hash: u64) -> Option<T> {
    from.get(usize::try_from(hash.checked_rem(from.len() as u64)?).unwrap_or_default())
        .copied()
}
