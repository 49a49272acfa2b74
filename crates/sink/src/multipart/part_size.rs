//! How large the parts of an object are whose length nobody knows. It must not know who sends them.

use super::PartLimits;

/// So many parts of one size before the size doubles.
const OF_ONE_SIZE: u32 = 1_000;

/// The size of the part of this number, from 1: `first` for the first thousand, then twice that, and so on, so that an object of any
/// length that the store takes has no more parts than it allows.
pub(super) fn size_of(number: u32, first: u64, limits: PartLimits) -> u64 {
    let doublings = number.saturating_sub(1) / OF_ONE_SIZE;
    let first = first.max(limits.smallest).max(1);
    let size = first
        .checked_shl(doublings)
        .filter(|size| size >> doublings == first);
    size.unwrap_or(u64::MAX).min(limits.largest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_thousand_parts_are_room_for_what_s3_takes() {
        let limits = PartLimits::default();
        let size = |number| size_of(number, 8 << 20, limits);
        assert_eq!((size(1), size(1_000), size(1_001)), (8 << 20, 8 << 20, 16 << 20));
        let all: u64 = (1..=limits.most).map(size).sum();
        assert!(all > 5 << 40, "S3's largest object when this was made, 5 TiB");
    }

    #[test]
    fn a_part_stays_within_the_limits() {
        let limits = PartLimits::default();
        assert_eq!(size_of(1, 1, limits), limits.smallest);
        assert_eq!(size_of(10_000, 5 << 30, limits), limits.largest);
        assert_eq!(size_of(9_001, u64::MAX, limits), limits.largest);
    }
}
