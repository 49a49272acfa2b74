//! How numbers, texts, lists, ids and places lie in a body.

use std::sync::Arc;

use bytes::{BufMut as _, Bytes};

use super::{Malformed, Put, Take, Wire, wire_fields};
use crate::{GenerationId, Hour, Lane, Lsn, PartitionId, Sequence, SourceId, SpoolTime};

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

impl Wire for Bytes {
    const LEAST: usize = 4;

    fn put(&self, out: &mut Put<'_>) {
        out.bytes(self);
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        input.shared()
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

impl<T: Wire> Wire for Box<T> {
    const LEAST: usize = T::LEAST;

    fn put(&self, out: &mut Put<'_>) {
        (**self).put(out);
    }

    fn take(input: &mut Take<'_>) -> Result<Self, Malformed> {
        T::take(input).map(Self::new)
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
            Self::Offset { start, end, line } => {
                1_u8.put(out);
                start.put(out);
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
                start: u64::take(input)?,
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
