//! `Wire`: how values lie in a frame's body: fixed little-endian integers, length-prefixed bytes, lists with a count.
//! It must not know which record it is laying down.
//!
//! Bodies grow at their end, and so do the records within them, each of which has its length before it. A field that an
//! older reader may ignore is appended, and its reader takes a default where the record ends before it; whatever an older
//! reader must not ignore raises the version of the frame's body as well. So a decoder leaves bytes behind the fields that it
//! knows alone, wherever they stand. What stands in a batch by the thousand (an event, a body, a route) has no length of
//! its own and never grows: more of it would be one more list at the end of the batch.

mod values;

use std::ops::Range;

use bytes::Bytes;

/// A value that lies in a body.
pub(crate) trait Wire: Sized {
    /// The fewest bytes that a value takes: what bounds the memory that a hostile count can ask for.
    const LEAST: usize;

    fn put(&self, out: &mut Put<'_>);

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed>;
}

/// A record that grows: the body of a frame, or, with its length before it, a part of one.
pub(crate) trait Fields: Sized {
    /// The fewest bytes that its fields take.
    const LEAST_FIELDS: usize;

    fn put_fields(&self, out: &mut Put<'_>);

    /// Takes the fields that are known here; what is behind them is left.
    fn take_fields(input: &mut Take<'_>) -> Result<Self, Malformed>;
}

/// The version for [`Take::later`] of a field that no version of the body demands.
pub(crate) const NEVER: u8 = u8::MAX;

/// A body that does not hold what its kind says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

/// Where a body is laid down.
#[derive(Debug)]
pub(crate) struct Put<'a> {
    out: &'a mut Vec<u8>,
    /// Set where a count or a length does not fit its field: the frame must not be written.
    too_large: bool,
    /// As a later or an earlier version would lay it down.
    #[cfg(test)]
    pub(crate) other: OtherVersion,
}

/// How another version of a record differs, in tests.
#[cfg(test)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OtherVersion {
    #[default]
    This,
    /// One with more fields, this many bytes of them, behind every record.
    Later(u8),
}

impl<'a> Put<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            too_large: false,
            #[cfg(test)]
            other: OtherVersion::This,
        }
    }

    /// A record within a body: its length, then its fields.
    pub(crate) fn nested(&mut self, record: &impl Fields) {
        let start = self.out.len();
        0_u32.put(self);
        self.fields(record);
        let length = self.out.len() - start - size_of::<u32>();
        let length = u32::try_from(length).unwrap_or_else(|_| self.overflow());
        if let Some(place) = self.out.get_mut(start..start + size_of::<u32>()) {
            place.copy_from_slice(&length.to_le_bytes());
        }
    }

    /// The fields of a record.
    pub(crate) fn fields(&mut self, record: &impl Fields) {
        record.put_fields(self);
        #[cfg(test)]
        if let OtherVersion::Later(bytes) = self.other {
            self.out.extend((0..bytes).map(|_| 0xEE));
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
    version: u8,
    at: usize,
    end: usize,
}

impl<'a> Take<'a> {
    /// Reads a body that was laid down as this version of its kind.
    pub(crate) fn new(body: &'a Bytes, version: u8) -> Self {
        Self {
            body,
            version,
            at: 0,
            end: body.len(),
        }
    }

    pub(crate) fn remaining(&self) -> usize {
        self.end.saturating_sub(self.at)
    }

    /// A field that was added to a record: `default` where the record ends before it, which a body of version `demanded` or
    /// a later one must not.
    pub(crate) fn later<T: Wire>(&mut self, demanded: u8, default: T) -> Result<T, Malformed> {
        if self.remaining() == 0 && self.version < demanded {
            Ok(default)
        } else {
            T::take(self)
        }
    }

    /// A record within the body: only as much as its length says, of which what is not known is passed over.
    pub(crate) fn nested<T: Fields>(&mut self) -> Result<T, Malformed> {
        let range = self.next_range()?;
        let mut record = Take {
            body: self.body,
            version: self.version,
            at: range.start,
            end: range.end,
        };
        T::take_fields(&mut record)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let rest = self.body.get(self.at..self.end).unwrap_or_default();
        let array = *rest.first_chunk::<N>().ok_or(ENDS_EARLY)?;
        self.at += N;
        Ok(array)
    }

    fn slice(&mut self) -> Result<&'a [u8], Malformed> {
        let range = self.next_range()?;
        self.body.get(range).ok_or(ENDS_EARLY)
    }

    /// Length-prefixed bytes that share the body's memory.
    pub(crate) fn shared(&mut self) -> Result<Bytes, Malformed> {
        let range = self.next_range()?;
        Ok(self.body.slice(range))
    }

    /// Where the length-prefixed bytes lie that come next; behind them from now on.
    fn next_range(&mut self) -> Result<Range<usize>, Malformed> {
        let length = self.length()?;
        let start = self.at;
        let end = start
            .checked_add(length)
            .filter(|end| *end <= self.end)
            .ok_or(ENDS_EARLY)?;
        self.at = end;
        Ok(start..end)
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

/// Lays down the fields of a record that grows one after the other: the list is the layout, and is only ever added to, by
/// fields with a default behind the `+`. As a part of a body it has its length before it.
macro_rules! wire_fields {
    ($type:ident { $($field:ident: $kind:ty),+ $(,)? } $(+ { $($later:ident: $later_kind:ty = $default:expr),+ $(,)? })?) => {
        impl crate::wire::Fields for $type {
            const LEAST_FIELDS: usize = 0 $(+ <$kind as crate::wire::Wire>::LEAST)+;

            fn put_fields(&self, out: &mut crate::wire::Put<'_>) {
                $(<$kind as crate::wire::Wire>::put(&self.$field, out);)+
                $($(<$later_kind as crate::wire::Wire>::put(&self.$later, out);)+)?
            }

            fn take_fields(input: &mut crate::wire::Take<'_>) -> Result<Self, crate::wire::Malformed> {
                Ok(Self {
                    $($field: <$kind as crate::wire::Wire>::take(input)?,)+
                    $($($later: input.later::<$later_kind>(crate::wire::NEVER, $default)?,)+)?
                })
            }
        }

        crate::wire::wire_nested!($type);
    };
}

/// Lets a record that grows stand within a body.
macro_rules! wire_nested {
    ($type:ident) => {
        impl crate::wire::Wire for $type {
            const LEAST: usize = 4 + <Self as crate::wire::Fields>::LEAST_FIELDS;

            fn put(&self, out: &mut crate::wire::Put<'_>) {
                out.nested(self);
            }

            fn take(input: &mut crate::wire::Take<'_>) -> Result<Self, crate::wire::Malformed> {
                input.nested()
            }
        }
    };
}

/// Lays down the fields of something that stands by the thousand: without a length, so it never grows.
macro_rules! wire_fixed {
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

pub(crate) use {wire_choice, wire_fields, wire_fixed, wire_nested};

#[cfg(test)]
mod tests;
