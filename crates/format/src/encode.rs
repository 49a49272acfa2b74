//! JSON to Avro in one pass, driven by the schema.
//! Nothing is built in between: values go from the text to the datum as they are met. It must not know files or registries.
//!
//! JSON's fields come in any order, Avro's in the schema's. As long as they arrive in the schema's order (the usual case) values are
//! appended as they are met, nulls are filled in for what was left out, and nothing is remembered of any of them. At the first field
//! that comes too late the record is read again from its beginning, this time with the places of all values, which are put in
//! order once, at its end.

use crate::datum::{prefix_len, write_bytes, write_long};
use crate::json::{self, Cursor, Text};
use crate::mismatch::{Mismatch, MismatchReason};
use crate::record::{Field, Kind, Record, Type};

type Encoded = Result<(), Box<Mismatch>>;

impl From<MismatchReason> for Box<Mismatch> {
    fn from(reason: MismatchReason) -> Self {
        Mismatch::here(reason)
    }
}

/// Appends the datum of a whole JSON text. On a mismatch `out` is as it was.
pub(crate) fn encode(record: &Record, text: &str, out: &mut Vec<u8>) -> Result<(), Mismatch> {
    let base = out.len();
    let mut cursor = Cursor::new(text);
    whole(&mut cursor, record, out).map_err(|mismatch| {
        out.truncate(base);
        mismatch.finish()
    })
}

fn whole(cursor: &mut Cursor<'_>, record: &Record, out: &mut Vec<u8>) -> Encoded {
    match cursor.peek()? {
        b'{' => object(cursor, record, Order::Hoped, out)?,
        b'"' | b'[' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9' => {
            return Err(MismatchReason::NotAnObject.into());
        }
        _ => return Err(MismatchReason::NotJson.into()),
    }
    Ok(cursor.end()?)
}

/// Where in `out` a field's value lies.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    start: usize,
    end: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// No value yet.
    #[default]
    Absent,
    /// A null was filled in, since a later field came first.
    Filled,
    /// The text has it.
    Seen,
}

/// Records of up to this many fields keep their slots on the stack.
const INLINE_FIELDS: usize = 48;

/// How a record's fields are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// As if they came in the schema's order.
    Hoped,
    /// In any order. Records within a record that is read again are read so at once: otherwise each would double the work of the next.
    Any,
}

fn object(cursor: &mut Cursor<'_>, record: &Record, order: Order, out: &mut Vec<u8>) -> Encoded {
    if order == Order::Hoped {
        let (start, base) = (cursor.clone(), out.len());
        if in_order(cursor, record, out)? {
            return Ok(());
        }
        *cursor = start;
        out.truncate(base);
    }
    let count = record.fields().len();
    if count <= INLINE_FIELDS {
        let mut slots = [Slot::default(); INLINE_FIELDS];
        fields(cursor, record, slots.get_mut(..count).unwrap_or_default(), out)
    } else {
        fields(cursor, record, &mut vec![Slot::default(); count], out)
    }
}

/// Appends a record whose fields come in the schema's order. `false` if they do not, or one is missing or there twice: `fields` knows
/// which. What is wrong with a value, or a field that the schema does not have, is found here as it would be there.
fn in_order(cursor: &mut Cursor<'_>, record: &Record, out: &mut Vec<u8>) -> Result<bool, Box<Mismatch>> {
    let mut rest = record.fields().iter();
    cursor.step();
    if cursor.peek()? == b'}' {
        cursor.step();
        return Ok(all_null(rest.as_slice(), out));
    }
    loop {
        let expected = rest.as_slice().first();
        let field = match expected.filter(|field| cursor.key_is(field.key())) {
            Some(field) => {
                rest.next();
                field
            }
            None => {
                let next = record.fields().len() - rest.len();
                let key = cursor.key()?;
                let index = find(record, key, next)?;
                let Some(left_out) = index
                    .checked_sub(next)
                    .and_then(|count| rest.as_slice().get(..count))
                else {
                    return Ok(false);
                };
                if !all_null(left_out, out) {
                    return Ok(false);
                }
                match rest.nth(left_out.len()) {
                    Some(field) => field,
                    None => return Ok(false),
                }
            }
        };
        value(cursor, field.avro_type(), Order::Hoped, out)
            .map_err(|mismatch| mismatch.in_field(field.name()))?;
        match cursor.next()? {
            b',' => {}
            b'}' => return Ok(all_null(rest.as_slice(), out)),
            _ => return Err(MismatchReason::NotJson.into()),
        }
    }
}

/// Appends nulls for fields that were left out; `false` if one of them may not be null.
fn all_null(left_out: &[Field], out: &mut Vec<u8>) -> bool {
    left_out.iter().all(|field| {
        let null = field.avro_type().null_branch();
        out.extend(null);
        null.is_some()
    })
}

#[inline(never)]
fn fields(cursor: &mut Cursor<'_>, record: &Record, slots: &mut [Slot], out: &mut Vec<u8>) -> Encoded {
    let base = out.len();
    let mut next = 0;
    let mut in_order = true;
    cursor.step();
    if cursor.peek()? == b'}' {
        cursor.step();
    } else {
        loop {
            let key = cursor.key()?;
            let index = find(record, key, next)?;
            if index >= next {
                fill(record, slots, next..index, out);
                next = index + 1;
            } else {
                in_order = false;
            }
            let (Some(field), Some(slot)) = (record.fields().get(index), slots.get_mut(index)) else {
                return Err(MismatchReason::UnknownField.into());
            };
            if slot.state == State::Seen {
                return Err(Mismatch::here(MismatchReason::DuplicateField).in_field(field.name()));
            }
            let start = out.len();
            value(cursor, field.avro_type(), Order::Any, out)
                .map_err(|mismatch| mismatch.in_field(field.name()))?;
            *slot = Slot {
                start,
                end: out.len(),
                state: State::Seen,
            };
            match cursor.next()? {
                b',' => {}
                b'}' => break,
                _ => return Err(MismatchReason::NotJson.into()),
            }
        }
    }
    fill(record, slots, next..slots.len(), out);
    if let Some(missing) = missing(record, slots) {
        return Err(Mismatch::here(MismatchReason::MissingField).in_field(missing.name()));
    }
    if !in_order {
        let end = out.len();
        for slot in slots.iter() {
            out.extend_from_within(slot.start..slot.end);
        }
        out.drain(base..end);
    }
    Ok(())
}

#[inline(always)]
fn find(record: &Record, key: Text<'_>, next: usize) -> Result<usize, Box<Mismatch>> {
    let unknown = |name: &[u8]| {
        Mismatch::at_foreign_field(MismatchReason::UnknownField, &String::from_utf8_lossy(name))
    };
    match key {
        Text::Plain(name) => record.index_of(name, next).ok_or_else(|| unknown(name)),
        Text::Escaped(raw) => {
            let mut name = Vec::with_capacity(raw.len());
            json::unescape(raw, &mut name)?;
            record.index_of(&name, next).ok_or_else(|| unknown(&name))
        }
    }
}

/// Writes nulls for the fields of `range`, where they may be null.
fn fill(record: &Record, slots: &mut [Slot], range: std::ops::Range<usize>, out: &mut Vec<u8>) {
    let fields = record.fields().get(range.clone()).unwrap_or_default();
    let slots = slots.get_mut(range).unwrap_or_default();
    for (field, slot) in fields.iter().zip(slots) {
        if let Some(null) = field.avro_type().null_branch() {
            let start = out.len();
            out.push(null);
            *slot = Slot {
                start,
                end: start + 1,
                state: State::Filled,
            };
        }
    }
}

fn missing<'a>(record: &'a Record, slots: &[Slot]) -> Option<&'a Field> {
    record
        .fields()
        .iter()
        .zip(slots)
        .find(|(_, slot)| slot.state == State::Absent)
        .map(|(field, _)| field)
}

#[inline(always)]
fn value(cursor: &mut Cursor<'_>, expected: &Type, order: Order, out: &mut Vec<u8>) -> Encoded {
    let first = cursor.peek()?;
    if let Some(null) = expected.null_branch() {
        if first == b'n' {
            cursor.literal(b"null")?;
            out.push(null);
            return Ok(());
        }
        out.push(null ^ 2);
        if first == b'{' && names_its_branch(cursor, expected.kind()) {
            return branch(cursor, expected.kind(), order, out);
        }
    }
    plain(cursor, expected.kind(), first, order, out)
}

/// Whether the object at the cursor is how Avro's JSON encoding writes a union's value, `{"string": "x"}`: one field, named as
/// the branch is. Where the branch is a record that has a field of that name itself, it is taken for the record.
/// Source: Avro's specification, "JSON Encoding".
fn names_its_branch(cursor: &Cursor<'_>, branch: &Kind) -> bool {
    let mut ahead = cursor.clone();
    ahead.step();
    let (Ok(b'"'), Ok(Text::Plain(name))) = (ahead.peek(), ahead.key()) else {
        return false;
    };
    match branch {
        Kind::Boolean => name == b"boolean",
        Kind::Int => name == b"int",
        Kind::Long => name == b"long",
        Kind::Float => name == b"float",
        Kind::Double => name == b"double",
        Kind::String => name == b"string",
        Kind::Array(_) => name == b"array",
        Kind::Record(record) => name == record.full_name().as_bytes() && record.index_of(name, 0).is_none(),
    }
}

/// The value within an object that names its branch.
fn branch(cursor: &mut Cursor<'_>, branch: &Kind, order: Order, out: &mut Vec<u8>) -> Encoded {
    cursor.step();
    cursor.key()?;
    let first = cursor.peek()?;
    plain(cursor, branch, first, order, out)?;
    match cursor.next()? {
        b'}' => Ok(()),
        b',' => Err(MismatchReason::WrongType.into()),
        _ => Err(MismatchReason::NotJson.into()),
    }
}

/// A value that is no null.
#[inline(always)]
fn plain(cursor: &mut Cursor<'_>, expected: &Kind, first: u8, order: Order, out: &mut Vec<u8>) -> Encoded {
    match (expected, first) {
        (Kind::String, b'"') => {
            cursor.step();
            string(cursor.text()?, out)
        }
        (Kind::Int, b'-' | b'0'..=b'9') => {
            let value = i32::try_from(cursor.integer()?).map_err(|_| MismatchReason::OutOfRange)?;
            write_long(value.into(), out);
            Ok(())
        }
        (Kind::Long, b'-' | b'0'..=b'9') => {
            write_long(cursor.integer()?, out);
            Ok(())
        }
        (Kind::Float, b'-' | b'0'..=b'9') => {
            out.extend_from_slice(&cursor.float()?.to_le_bytes());
            Ok(())
        }
        (Kind::Double, b'-' | b'0'..=b'9') => {
            out.extend_from_slice(&cursor.double()?.to_le_bytes());
            Ok(())
        }
        (Kind::Boolean, b't') => {
            out.push(1);
            Ok(cursor.literal(b"true")?)
        }
        (Kind::Boolean, b'f') => {
            out.push(0);
            Ok(cursor.literal(b"false")?)
        }
        (Kind::Array(item), b'[') => array(cursor, item, order, out),
        (Kind::Record(record), b'{') => object(cursor, record, order, out),
        (_, b'"' | b'[' | b'{' | b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
            Err(MismatchReason::WrongType.into())
        }
        _ => Err(MismatchReason::NotJson.into()),
    }
}

#[inline(always)]
fn string(text: Text<'_>, out: &mut Vec<u8>) -> Encoded {
    match text {
        Text::Plain(bytes) => write_bytes(bytes, out),
        Text::Escaped(raw) => {
            let start = out.len();
            json::unescape(raw, out)?;
            prefix_len(out.len() - start, start, out);
        }
    }
    Ok(())
}

/// One block with its count, then the empty block that ends an array.
fn array(cursor: &mut Cursor<'_>, item: &Type, order: Order, out: &mut Vec<u8>) -> Encoded {
    let start = out.len();
    let mut count = 0;
    cursor.step();
    if cursor.peek()? == b']' {
        cursor.step();
    } else {
        loop {
            value(cursor, item, order, out).map_err(|mismatch| mismatch.in_item(count))?;
            count += 1;
            match cursor.next()? {
                b',' => {}
                b']' => break,
                _ => return Err(MismatchReason::NotJson.into()),
            }
        }
        prefix_len(count, start, out);
    }
    out.push(0);
    Ok(())
}
