//! `Wire`: how values lie in a frame's body: fixed little-endian integers, length-prefixed bytes, lists with a count.
//! It must not know which record it is laying down.
//!
//! Bodies grow at their end. A field that an older reader may ignore is appended to the body, and its reader takes a
//! default where the body ends before it; whatever an older reader must not ignore raises the body's version. So a
//! decoder leaves bytes after the fields it knows alone.

use std::sync::Arc;

use bytes::{BufMut as _, Bytes};

use crate::{GenerationId, Hour, Lane, Lsn, PartitionId, Sequence, SourceId, SpoolTime};

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

macro_rules! wire_integers {
    ($($integer:ty, $put:ident);+ $(;)?) => {
        $(impl Wire for $integer {
            const LEAST: usize = size_of::<$integer>();

            fn put(&self, out: &mut Put<'_>) {
                out.out.$put(*self);
            }

            fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
                Ok(<$integer>::from_le_bytes(input.array()?))
            }
        })+
    };
}

wire_integers!(u8, put_u8; u16, put_u16_le; u32, put_u32_le; u64, put_u64_le);

impl Wire for bool {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Put<'_>) {
        u8::from(*self).put(out);
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        match u8::take(input)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Malformed("a yes or no is neither")),
        }
    }
}

impl<const N: usize> Wire for [u8; N] {
    const LEAST: usize = N;

    fn put(&self, out: &mut Put<'_>) {
        out.out.extend_from_slice(self);
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        input.array()
    }
}

impl Wire for Arc<str> {
    const LEAST: usize = 4;

    fn put(&self, out: &mut Put<'_>) {
        out.bytes(self.as_bytes());
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        text(input).map(Self::from)
    }
}

impl Wire for String {
    const LEAST: usize = 4;

    fn put(&self, out: &mut Put<'_>) {
        out.bytes(self.as_bytes());
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        text(input).map(Self::from)
    }
}

fn text<'a>(input: &mut Take<'a>) -> Result<&'a str, Malformed> {
    std::str::from_utf8(input.slice()?).map_err(|_| Malformed("a text is not UTF-8"))
}

impl<T: Wire> Wire for Option<T> {
    const LEAST: usize = 1;

    fn put(&self, out: &mut Put<'_>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        if bool::take(input)? {
            T::take(input).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    const LEAST: usize = 4;

    fn put(&self, out: &mut Put<'_>) {
        out.count(self.len());
        for item in self {
            item.put(out);
        }
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        let (count, capacity) = input.count::<T>()?;
        let mut list = Self::with_capacity(capacity);
        for _ in 0..count {
            list.push(T::take(input)?);
        }
        Ok(list)
    }
}

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

/// Lays down a value as another one that holds the same.
macro_rules! wire_as {
    ($($type:ty, $inner:ty, $into:expr, $from:expr);+ $(;)?) => {
        $(impl Wire for $type {
            const LEAST: usize = <$inner>::LEAST;

            fn put(&self, out: &mut Put<'_>) {
                let into: fn(&Self) -> $inner = $into;
                into(self).put(out);
            }

            fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
                let from: fn($inner) -> Result<Self, Malformed> = $from;
                from(<$inner>::take(input)?)
            }
        })+
    };
}

wire_as!(
    Lsn, u64, |lsn| lsn.get(), |offset| Ok(Self::new(offset));
    SpoolTime, u64, |time| time.as_millis(), |millis| Ok(Self::from_millis(millis));
    Hour, u32, |hour| hour.get(), |hours| Ok(Self::new(hours));
    PartitionId, u32, |partition| partition.get(), |number| {
        Self::new(number).ok_or(Malformed("a partition has more than 31 bits"))
    };
    GenerationId, [u8; 16], |id| *id.as_bytes(), |bytes| Ok(Self::from_bytes(bytes));
    SourceId, [u8; 16], |id| *id.as_bytes(), |bytes| Ok(Self::from_bytes(bytes));
);

impl Wire for Sequence {
    const LEAST: usize = 17;

    fn put(&self, out: &mut Put<'_>) {
        match self {
            Self::Offset { end, line } => {
                1_u8.put(out);
                end.put(out);
                line.put(out);
            }
            Self::Key(key) => {
                2_u8.put(out);
                key.put(out);
            }
        }
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        match u8::take(input)? {
            1 => Ok(Self::Offset {
                end: u64::take(input)?,
                line: u64::take(input)?,
            }),
            2 => Ok(Self::Key(Wire::take(input)?)),
            _ => Err(Malformed("an unknown choice of Sequence")),
        }
    }
}

wire_fields!(Lane {
    generation: GenerationId,
    event_type: Arc<str>,
    partition: PartitionId,
    hour: Hour,
    schema: u32,
});
