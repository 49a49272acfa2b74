//! `Random`: numbers from a seed, good enough to pick faults with.

/// SplitMix64: small, and the same everywhere for ever.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `most`, both among them.
    pub(super) fn up_to(&mut self, most: usize) -> usize {
        let most = most as u64;
        let drawn = if most == u64::MAX {
            self.next()
        } else {
            self.next() % (most + 1)
        };
        usize::try_from(drawn).unwrap_or(usize::MAX)
    }

    pub(super) const fn coin(&mut self) -> bool {
        self.next() & 1 == 1
    }
}
