//! Numbers of a fixed count of bits in runs: levels, and references to a dictionary. One at a time, so that a run of a thousand million
//! takes no memory.
//!
//! Source: the Parquet format, "Run Length Encoding / Bit-Packing Hybrid".

use bytes::{Buf as _, Bytes};

use crate::datum::{Damage, Input};

/// The numbers still to come.
#[derive(Debug)]
pub(super) struct Runs {
    rest: Bytes,
    width: u32,
    run: Run,
    /// How many numbers of the run are left.
    left: u64,
}

#[derive(Debug)]
enum Run {
    /// One number, again and again.
    Same(u32),
    /// Packed numbers, and the bit at which the next one begins.
    Packed(Bytes, usize),
}

impl Runs {
    /// Runs of numbers of so many bits.
    ///
    /// # Errors
    /// Where a number would have more than 32.
    pub(super) fn new(bytes: Bytes, width: u32) -> Result<Self, Damage> {
        if width > u32::BITS {
            return Err(Damage::Length);
        }
        Ok(Self {
            rest: bytes,
            width,
            run: Run::Same(0),
            left: 0,
        })
    }

    pub(super) fn next(&mut self) -> Result<u32, Damage> {
        while self.left == 0 {
            self.begin()?;
        }
        self.left -= 1;
        match &mut self.run {
            Run::Same(number) => Ok(*number),
            Run::Packed(bytes, bit) => {
                let packed = bytes.get(*bit / 8..).ok_or(Damage::Truncated)?;
                let number = low_bytes(packed) >> (*bit % 8) & ((1 << self.width) - 1);
                *bit += self.width as usize;
                Ok(number as u32)
            }
        }
    }

    fn begin(&mut self) -> Result<(), Damage> {
        let mut input = Input::new(&self.rest);
        let header = input.unsigned()?;
        let length = input.position();
        self.rest.advance(length);
        let count = header >> 1;
        if header & 1 == 0 {
            let size = self.width.div_ceil(8) as usize;
            let number = low_bytes(self.rest.get(..size).ok_or(Damage::Truncated)?);
            self.rest.advance(size);
            self.run = Run::Same(number as u32);
            self.left = count;
        } else {
            // In groups of eight.
            let size = count.checked_mul(u64::from(self.width));
            let size = size
                .and_then(|size| usize::try_from(size).ok())
                .ok_or(Damage::Length)?;
            if size > self.rest.len() {
                return Err(Damage::Truncated);
            }
            self.run = Run::Packed(self.rest.split_to(size), 0);
            self.left = count.checked_mul(8).ok_or(Damage::Length)?;
        }
        Ok(())
    }
}

/// Up to five bytes as a number, the lowest first: as many as 32 bits can lie in.
fn low_bytes(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().take(5).rev();
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8], width: u32, count: usize) -> Result<Vec<u32>, Damage> {
        let mut runs = Runs::new(Bytes::copy_from_slice(bytes), width)?;
        (0..count).map(|_| runs.next()).collect()
    }

    #[test]
    fn runs_of_both_kinds_follow_one_another() {
        // The numbers 0 to 7 in three bits each, from the specification; then four times 5.
        let bytes = [0x03, 0b1000_1000, 0b1100_0110, 0b1111_1010, 8, 5];
        let wanted = [0, 1, 2, 3, 4, 5, 6, 7, 5, 5, 5, 5];
        assert_eq!(all(&bytes, 3, 12).unwrap(), wanted);
        assert_eq!(all(&bytes, 3, 13), Err(Damage::Truncated));
    }

    #[test]
    fn numbers_have_up_to_32_bits() {
        let numbers: Vec<u32> = (0..8).map(|n| 0xdead_beef_u32.rotate_left(n)).collect();
        let packed: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        assert_eq!(all(&[&[3], packed.as_slice()].concat(), 32, 8).unwrap(), numbers);
        assert!(Runs::new(Bytes::new(), 33).is_err());
        // 31 bits: no number begins at a byte.
        let numbers: Vec<u32> = numbers.iter().map(|number| number >> 1).collect();
        let mut bits = vec![0_u8; 31];
        for (place, number) in numbers.iter().enumerate() {
            for bit in 0..31 {
                let at = place * 31 + bit;
                bits[at / 8] |= ((number >> bit & 1) as u8) << (at % 8);
            }
        }
        assert_eq!(all(&[&[3], bits.as_slice()].concat(), 31, 8).unwrap(), numbers);
    }

    #[test]
    fn what_is_cut_off_or_endless_is_damage() {
        assert_eq!(all(&[], 1, 1), Err(Damage::Truncated));
        assert_eq!(all(&[8], 1, 1), Err(Damage::Truncated));
        assert_eq!(all(&[3], 1, 1), Err(Damage::Truncated));
        assert_eq!(
            all(&[0, 0, 0], 0, 1),
            Err(Damage::Truncated),
            "runs of nothing end"
        );
        assert_eq!(
            all(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 8, 1),
            Err(Damage::Length)
        );
        // A number of no bits takes no bytes.
        assert_eq!(all(&[0xfe, 0xff, 0xff, 0xff, 0x0f], 0, 3).unwrap(), [0, 0, 0]);
    }
}
