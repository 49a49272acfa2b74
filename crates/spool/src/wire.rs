//! `Wire`: how values lie in a frame's body: fixed little-endian integers, length-prefixed bytes, lists with a count.
//! It must not know which record it is laying down.
//!
//! Bodies grow at their end. A field that an older reader may ignore is appended to the body, and its reader takes a
//! default where the body ends before it; whatever an older reader must not ignore raises the body's version. So a
//! decoder leaves bytes after the fields it knows alone.

mod values;

use bytes::Bytes;

/// A value that lies in a body.
pub(crate) trait Wire: Sized {
    /// The fewest bytes that a value takes: what bounds the memory that a hostile count can ask for.
    const LEAST: usize;

    fn put(&self, out: &mut Put<'_>);

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed>;
}

/// A body that does not hold what its kind says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// Where a body is laid down.
#[derive(Debug)]
pub(crate) struct Put<'a> {
    out: &'a mut Vec<u8>,
    /// Set where a count or a length does not fit its field: the frame must not be written.
    too_large: bool,
}

impl<'a> Put<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            too_large: false,
        }
    }

    pub(crate) fn too_large(&self) -> bool {
        self.too_large
    }

    /// A count or length, in 32 bits.
    pub(crate) fn count(&mut self, count: usize) {
        u32::try_from(count).unwrap_or_else(|_| self.overflow()).put(self);
    }

    /// A count that has only 8 bits.
    pub(crate) fn short_count(&mut self, count: usize) {
        u8::try_from(count).unwrap_or_else(|_| self.overflow()).put(self);
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn reserve(&mut self, more: usize) {
        self.out.reserve(more);
    }

    fn overflow<T: Default>(&mut self) -> T {
        self.too_large = true;
        T::default()
    }
}

/// A body being read.
#[derive(Debug)]
pub(crate) struct Take<'a> {
    body: &'a Bytes,
    at: usize,
}

impl<'a> Take<'a> {
    pub(crate) const fn new(body: &'a Bytes) -> Self {
        Self { body, at: 0 }
    }

    pub(crate) fn remaining(&self) -> usize {
        self.body.len().saturating_sub(self.at)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let rest = self.body.get(self.at..).unwrap_or_default();
        let array = *rest.first_chunk::<N>().ok_or(ENDS_EARLY)?;
        self.at += N;
        Ok(array)
    }

    fn slice(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.length()?;
        let end = self.at.saturating_add(length);
        let slice = self.body.get(self.at..end).ok_or(ENDS_EARLY)?;
        self.at = end;
        Ok(slice)
    }

    /// Length-prefixed bytes that share the body's memory.
    pub(crate) fn shared(&mut self) -> Result<Bytes, Malformed> {
        let length = self.length()?;
        let start = self.at;
        let end = start
            .checked_add(length)
            .filter(|end| *end <= self.body.len())
            .ok_or(ENDS_EARLY)?;
        self.at = end;
        Ok(self.body.slice(start..end))
    }

    fn length(&mut self) -> Result<usize, Malformed> {
        usize::try_from(u32::take(self)?).map_err(|_| ENDS_EARLY)
    }

    /// A list's count, and the capacity that it may be given before its items have been seen.
    pub(crate) fn count<T: Wire>(&mut self) -> Result<(usize, usize), Malformed> {
        let count = self.length()?;
        Ok((count, count.min(self.remaining() / T::LEAST.max(1))))
    }
}

const ENDS_EARLY: Malformed = Malformed("the body ends early");

/// Lays down the fields of a struct one after the other: the list is the layout, and is only ever added to.
macro_rules! wire_fields {
    ($type:ident { $($field:ident: $kind:ty),+ $(,)? }) => {
        impl crate::wire::Wire for $type {
            const LEAST: usize = 0 $(+ <$kind as crate::wire::Wire>::LEAST)+;

            fn put(&self, out: &mut crate::wire::Put<'_>) {
                $(<$kind as crate::wire::Wire>::put(&self.$field, out);)+
            }

            fn take(input: &mut crate::wire::Take<'_>) -> Result<Self, crate::wire::Malformed> {
                Ok(Self { $($field: <$kind as crate::wire::Wire>::take(input)?),+ })
            }
        }
    };
}

/// Lays down a choice as one byte: the numbers are the format.
macro_rules! wire_choice {
    ($type:ident { $($variant:ident = $number:literal),+ $(,)? }) => {
        impl crate::wire::Wire for $type {
            const LEAST: usize = 1;

            fn put(&self, out: &mut crate::wire::Put<'_>) {
                let number: u8 = match self { $(Self::$variant => $number),+ };
                number.put(out);
            }

            fn take(input: &mut crate::wire::Take<'_>) -> Result<Self, crate::wire::Malformed> {
                match u8::take(input)? {
                    $($number => Ok(Self::$variant),)+
                    _ => Err(crate::wire::Malformed(concat!("an unknown choice of ", stringify!($type)))),
                }
            }
        }
    };
}

pub(crate) use {wire_choice, wire_fields};
