//! Numbers for tests that try much and have to try the same every time.

/// A row of numbers that looks like chance and is the same every time (Steele's `SplitMix64`).
pub(crate) struct Row(pub(crate) u64);

impl Row {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub(crate) fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }

    pub(crate) fn list(&mut self, from: &[&str]) -> String {
        let count = 1 + self.below(2);
        let items: Vec<String> = (0..count).map(|_| format!("\"{}\"", self.pick(from))).collect();
        format!("[{}]", items.join(","))
    }
}
