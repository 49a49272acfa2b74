//! Thrift's compact protocol, as far as a footer and the headers of pages are written in it. Knows no structure of Parquet.
//!
//! Read here and not by the `parquet` crate, because whoever sends an object decides these numbers: each is bounded by what is there
//! before anything is allocated for it.
//!
//! Source: the Thrift project, "Thrift Compact protocol encoding".

use crate::datum::{Damage, Input};

/// How deep structures that are stepped over may lie within each other.
const DEPTH: usize = 16;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const INTEGERS: std::ops::RangeInclusive<u8> = 4..=6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// A field of a structure: its number, and which kind of value follows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) id: i64,
    kind: u8,
}

/// Reads structures off the front of a slice.
#[derive(Debug, Clone)]
pub(super) struct Compact<'a>(Input<'a>);

impl<'a> Compact<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(Input::new(bytes))
    }

    /// How many bytes have been read.
    pub(super) const fn position(&self) -> usize {
        self.0.position()
    }

    /// The field after the one numbered `last`, unless the structure ends here. Its value has to be taken, or stepped over.
    pub(super) fn field(&mut self, last: i64) -> Result<Option<Field>, Damage> {
        let header = self.0.byte()?;
        if header == 0 {
            return Ok(None);
        }
        let (delta, kind) = (i64::from(header >> 4), header & 0xf);
        let id = if delta == 0 {
            self.0.long()?
        } else {
            last.saturating_add(delta)
        };
        Ok(Some(Field { id, kind }))
    }

    /// The whole number of a field.
    pub(super) fn integer(&mut self, field: Field) -> Result<i64, Damage> {
        if INTEGERS.contains(&field.kind) {
            self.0.long()
        } else {
            Err(Damage::Length)
        }
    }

    /// The bytes of a field.
    pub(super) fn bytes(&mut self, field: Field) -> Result<&'a [u8], Damage> {
        if field.kind == BINARY {
            self.binary()
        } else {
            Err(Damage::Length)
        }
    }

    /// Goes into a field that is a structure.
    pub(super) const fn open(&self, field: Field) -> Result<(), Damage> {
        if field.kind == STRUCT {
            Ok(())
        } else {
            Err(Damage::Length)
        }
    }

    /// How many structures the list of a field holds: they follow one by one, each of at least one byte.
    pub(super) fn structs(&mut self, field: Field) -> Result<usize, Damage> {
        if field.kind != LIST {
            return Err(Damage::Length);
        }
        let (count, kind) = self.list()?;
        if kind == STRUCT || count == 0 {
            Ok(count)
        } else {
            Err(Damage::Length)
        }
    }

    /// Steps over a field's value.
    pub(super) fn skip(&mut self, field: Field) -> Result<(), Damage> {
        // In a field, a boolean is its kind.
        if matches!(field.kind, TRUE | FALSE) {
            return Ok(());
        }
        self.skip_value(field.kind, DEPTH)
    }

    fn skip_value(&mut self, kind: u8, depth: usize) -> Result<(), Damage> {
        let deeper = depth.checked_sub(1).ok_or(Damage::Length)?;
        match kind {
            TRUE | FALSE | BYTE => self.0.byte().map(|_| ()),
            _ if INTEGERS.contains(&kind) => self.0.long().map(|_| ()),
            DOUBLE => self.0.take(8).map(|_| ()),
            BINARY => self.binary().map(|_| ()),
            LIST | SET => {
                let (count, kind) = self.list()?;
                (0..count).try_for_each(|_| self.skip_value(kind, deeper))
            }
            MAP => {
                let count = self.count()?;
                let kinds = if count == 0 { 0 } else { self.0.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip_value(kinds >> 4, deeper)?;
                    self.skip_value(kinds & 0xf, deeper)
                })
            }
            STRUCT => {
                let mut last = 0;
                while let Some(field) = self.field(last)? {
                    last = field.id;
                    if !matches!(field.kind, TRUE | FALSE) {
                        self.skip_value(field.kind, deeper)?;
                    }
                }
                Ok(())
            }
            _ => Err(Damage::Length),
        }
    }

    fn binary(&mut self) -> Result<&'a [u8], Damage> {
        let length = self.count()?;
        self.0.take(length)
    }

    fn list(&mut self) -> Result<(usize, u8), Damage> {
        let header = self.0.byte()?;
        let count = match header >> 4 {
            0xf => self.count()?,
            short if usize::from(short) > self.0.remaining() => return Err(Damage::Length),
            short => usize::from(short),
        };
        Ok((count, header & 0xf))
    }

    /// A count or length, which is never more than the bytes that are left.
    fn count(&mut self) -> Result<usize, Damage> {
        match usize::try_from(self.0.unsigned()?) {
            Ok(count) if count <= self.0.remaining() => Ok(count),
            _ => Err(Damage::Length),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Field 1: integer -3; field 2: list of two structures; field 20: the bytes "ab"; field 21: true.
    const SAMPLE: [u8; 14] = [0x15, 5, 0x19, 0x2c, 0x15, 2, 0, 0, 0x08, 40, 2, b'a', b'b', 0x11];

    #[test]
    fn structures_are_read_and_stepped_over() {
        let bytes = [&SAMPLE[..], &[0]].concat();
        let mut compact = Compact::new(&bytes);
        let one = compact.field(0).unwrap().unwrap();
        assert_eq!((one.id, compact.integer(one)), (1, Ok(-3)));
        let two = compact.field(1).unwrap().unwrap();
        let mut again = compact.clone();
        compact.skip(two).unwrap();
        assert_eq!(again.structs(two), Ok(2));
        let twenty = compact.field(2).unwrap().unwrap();
        assert_eq!((twenty.id, compact.bytes(twenty)), (20, Ok(&b"ab"[..])));
        let last = compact.field(20).unwrap().unwrap();
        compact.skip(last).unwrap();
        assert!(compact.field(21).unwrap().is_none());
        assert_eq!(compact.position(), bytes.len());
    }

    #[test]
    fn what_is_not_there_is_not_believed() {
        for bytes in [
            &[0x19, 0xfc, 0xff, 0xff, 0xff, 0x0f][..],
            &[0x18, 0x7f, 1],
            &[0x1b, 9, 0x55],
        ] {
            let mut compact = Compact::new(bytes);
            let field = compact.field(0).unwrap().unwrap();
            assert!(compact.skip(field).is_err(), "{bytes:?}");
        }
        let deep = [0x1c; 10_000];
        let mut compact = Compact::new(&deep);
        let field = compact.field(0).unwrap().unwrap();
        assert!(compact.skip(field).is_err());
    }
}
