//! Avro's binary encoding of single values: variable-length integers and length-prefixed bytes.
//! Knows no schema and no JSON.

/// Appends an `int` or `long`: zig-zag, seven bits a byte, least significant first.
pub(crate) fn write_long(value: i64, out: &mut Vec<u8>) {
    let mut rest = zigzag(value);
    while rest >= 0x80 {
        out.push((rest as u8) | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

/// Appends a length or count.
pub(crate) fn write_len(len: usize, out: &mut Vec<u8>) {
    write_long(i64::try_from(len).unwrap_or(i64::MAX), out);
}

/// Appends `string` or `bytes`: the length, then the bytes.
pub(crate) fn write_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    write_len(bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Puts a length in front of what was appended since `start`. For values whose length is known only when they are written.
pub(crate) fn prefix_len(len: usize, start: usize, out: &mut Vec<u8>) {
    let end = out.len();
    write_len(len, out);
    let prefix = out.len() - end;
    if let Some(tail) = out.get_mut(start..) {
        tail.rotate_right(prefix);
    }
}

const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// Reads values off the front of a slice; every read is bounded by what is there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// Why a value could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    /// The bytes end inside a value.
    Truncated,
    /// An integer has more than 64 bits.
    Overlong,
    /// A length or count is negative, or more than the bytes that are left.
    Length,
}

impl<'a> Input<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes have been read.
    pub(crate) const fn position(&self) -> usize {
        self.at
    }

    /// How many bytes are left.
    pub(crate) const fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Damage> {
        let byte = *self.bytes.get(self.at).ok_or(Damage::Truncated)?;
        self.at += 1;
        Ok(byte)
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Damage> {
        let end = self.at.checked_add(len).ok_or(Damage::Truncated)?;
        let taken = self.bytes.get(self.at..end).ok_or(Damage::Truncated)?;
        self.at = end;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        self.take(N)?.try_into().map_err(|_| Damage::Truncated)
    }

    pub(crate) fn long(&mut self) -> Result<i64, Damage> {
        let value = self.unsigned()?;
        Ok(((value >> 1) as i64) ^ -((value & 1) as i64))
    }

    /// An integer that has no sign, and so is not folded.
    #[inline]
    pub(crate) fn unsigned(&mut self) -> Result<u64, Damage> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            if shift == 63 && byte > 1 {
                return Err(Damage::Overlong);
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damage::Overlong)
    }

    /// A length of bytes that follow, or a count of values of at least one byte each: so never more than is left.
    pub(crate) fn len(&mut self) -> Result<usize, Damage> {
        let len = usize::try_from(self.long()?).map_err(|_| Damage::Length)?;
        if len > self.remaining() {
            Err(Damage::Length)
        } else {
            Ok(len)
        }
    }
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Truncated => "the bytes end inside a value",
            Self::Overlong => "an integer has more than 64 bits",
            Self::Length => "a length is negative or beyond the end",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_zigzag_varints() {
        let cases: [(i64, &[u8]); 8] = [
            (0, &[0]),
            (-1, &[1]),
            (1, &[2]),
            (-64, &[0x7f]),
            (64, &[0x80, 1]),
            (-65, &[0x81, 1]),
            (
                i64::MAX,
                &[0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            ),
            (
                i64::MIN,
                &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
            ),
        ];
        for (value, bytes) in cases {
            let mut out = Vec::new();
            write_long(value, &mut out);
            assert_eq!(out, bytes, "{value}");
            assert_eq!(Input::new(bytes).long(), Ok(value));
        }
    }

    #[test]
    fn damaged_integers_and_lengths_are_refused() {
        assert_eq!(Input::new(&[0x80]).long(), Err(Damage::Truncated));
        assert_eq!(Input::new(&[0xff; 9]).long(), Err(Damage::Truncated));
        assert_eq!(
            Input::new(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2]).long(),
            Err(Damage::Overlong)
        );
        assert_eq!(Input::new(&[0xff; 11]).long(), Err(Damage::Overlong));
        assert_eq!(Input::new(&[1]).len(), Err(Damage::Length));
        assert_eq!(Input::new(&[4, 0]).len(), Err(Damage::Length));
        assert_eq!(Input::new(&[4, 0, 0]).len(), Ok(2));
    }

    #[test]
    fn a_length_is_put_in_front() {
        let mut out = b"ab".to_vec();
        out.extend_from_slice(&[7; 70]);
        prefix_len(70, 2, &mut out);
        assert_eq!(out.get(..5), Some(&[b'a', b'b', 0x8c, 1, 7][..]));
        assert_eq!(out.len(), 74);
    }
}
