//! Avro datum to JSON, and the checks that a datum is one.
//! Reads any bytes: lengths and counts are bounded by what is there, and depth by the schema.

use std::fmt::Write as _;

use crate::datum::{Damage, Input};
use crate::error::{Error, ErrorKind};
use crate::json::quote;
use crate::record::{Kind, Record, Type};

/// How much of Avro's freedom is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// Any datum that Avro allows: arrays in several blocks, integers with needless bytes.
    Avro,
    /// The one form that this crate's encoder writes.
    Canonical,
}

/// Reads one record off the input and tells the visitor what is in it.
pub(crate) fn walk(
    record: &Record,
    input: &mut Input<'_>,
    strictness: Strictness,
    visitor: &mut impl Visit,
) -> Result<(), Error> {
    Walk {
        input,
        strictness,
        visitor,
    }
    .record(record)
    .map_err(|fault| {
        Error::new(
            ErrorKind::InvalidDatum,
            format!(
                "not a datum of its schema: {} at byte {}",
                fault,
                input.position()
            ),
        )
    })
}

/// What a walk over a datum meets, in order.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Token<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    Float(f32),
    Double(f64),
    Text(&'a str),
    Key(&'a str),
    Open(char),
    Close(char),
}

/// Whoever wants to know what is in a datum.
pub(crate) trait Visit {
    fn token(&mut self, token: Token<'_>);
}

/// Nobody: for checking alone.
#[derive(Debug)]
pub(crate) struct Ignore;

impl Visit for Ignore {
    fn token(&mut self, _: Token<'_>) {}
}

enum Fault {
    Damage(Damage),
    Wrong(&'static str),
}

impl From<Damage> for Fault {
    fn from(damage: Damage) -> Self {
        Self::Damage(damage)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Damage(damage) => damage.fmt(f),
            Self::Wrong(why) => f.write_str(why),
        }
    }
}

struct Walk<'w, 'a, V> {
    input: &'w mut Input<'a>,
    strictness: Strictness,
    visitor: &'w mut V,
}

impl<V: Visit> Walk<'_, '_, V> {
    fn record(&mut self, record: &Record) -> Result<(), Fault> {
        self.visitor.token(Token::Open('{'));
        for field in record.fields() {
            self.visitor.token(Token::Key(field.name()));
            self.value(field.avro_type())?;
        }
        self.visitor.token(Token::Close('}'));
        Ok(())
    }

    fn value(&mut self, expected: &Type) -> Result<(), Fault> {
        if let Some(null) = expected.null_branch() {
            let branch = self.integer()?;
            if branch == i64::from(null >> 1) {
                self.visitor.token(Token::Null);
                return Ok(());
            }
            if branch != i64::from((null ^ 2) >> 1) {
                return Err(Fault::Wrong("a union has no such branch"));
            }
        }
        let token = match expected.kind() {
            Kind::Boolean => match self.input.byte()? {
                0 => Token::Boolean(false),
                1 => Token::Boolean(true),
                _ => return Err(Fault::Wrong("a boolean is neither 0 nor 1")),
            },
            Kind::Int => {
                let value = self.integer()?;
                i32::try_from(value).map_err(|_| Fault::Wrong("an int has more than 32 bits"))?;
                Token::Integer(value)
            }
            Kind::Long => Token::Integer(self.integer()?),
            Kind::Float => {
                let value = f32::from_le_bytes(self.input.array()?);
                if !value.is_finite() {
                    return Err(Fault::Wrong("a float is not a finite number"));
                }
                Token::Float(value)
            }
            Kind::Double => {
                let value = f64::from_le_bytes(self.input.array()?);
                if !value.is_finite() {
                    return Err(Fault::Wrong("a double is not a finite number"));
                }
                Token::Double(value)
            }
            Kind::String => {
                let len = self.len()?;
                let bytes = self.input.take(len)?;
                Token::Text(str::from_utf8(bytes).map_err(|_| Fault::Wrong("a string is not UTF-8"))?)
            }
            Kind::Array(item) => return self.array(item),
            Kind::Record(record) => return self.record(record),
        };
        self.visitor.token(token);
        Ok(())
    }

    fn array(&mut self, item: &Type) -> Result<(), Fault> {
        self.visitor.token(Token::Open('['));
        let mut blocks = 0;
        loop {
            let count = self.integer()?;
            if count == 0 {
                break;
            }
            blocks += 1;
            if self.strictness == Strictness::Canonical && (count < 0 || blocks > 1) {
                return Err(Fault::Wrong("an array is not written as one block"));
            }
            if count < 0 {
                // A negative count is followed by the block's size in bytes, which only helps those who skip.
                self.len()?;
            }
            // Every item takes a byte at least, so a count beyond what is left is a lie that must not be believed in a loop.
            if count.unsigned_abs() > self.input.remaining() as u64 {
                return Err(Damage::Length.into());
            }
            for _ in 0..count.unsigned_abs() {
                self.value(item)?;
            }
        }
        self.visitor.token(Token::Close(']'));
        Ok(())
    }

    fn integer(&mut self) -> Result<i64, Fault> {
        let start = self.input.position();
        let value = self.input.long()?;
        if self.strictness == Strictness::Canonical && self.input.position() - start != long_len(value) {
            return Err(Fault::Wrong("an integer is longer than it needs to be"));
        }
        Ok(value)
    }

    fn len(&mut self) -> Result<usize, Fault> {
        let len = usize::try_from(self.integer()?).map_err(|_| Damage::Length)?;
        if len > self.input.remaining() {
            Err(Damage::Length.into())
        } else {
            Ok(len)
        }
    }
}

const fn long_len(value: i64) -> usize {
    let zigzag = ((value << 1) ^ (value >> 63)) as u64;
    let bits = 64 - (zigzag | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// Writes compact JSON: fields in the schema's order, nulls included, numbers in their shortest form that reads back the same.
#[derive(Debug, Default)]
pub(crate) struct Printer {
    json: String,
    after_value: bool,
}

impl Printer {
    pub(crate) fn into_json(self) -> String {
        self.json
    }
}

impl Visit for Printer {
    fn token(&mut self, token: Token<'_>) {
        let closes = matches!(token, Token::Close(_));
        if self.after_value && !closes {
            self.json.push(',');
        }
        self.after_value = !matches!(token, Token::Key(_) | Token::Open(_));
        match token {
            Token::Null => self.json.push_str("null"),
            Token::Boolean(value) => self.json.push_str(if value { "true" } else { "false" }),
            // Writing to a `String` cannot fail.
            Token::Integer(value) => _ = write!(self.json, "{value}"),
            Token::Float(value) => _ = write!(self.json, "{value:?}"),
            Token::Double(value) => _ = write!(self.json, "{value:?}"),
            Token::Text(text) => quote(text, &mut self.json),
            Token::Key(name) => {
                // Names are letters, digits and `_`.
                self.json.push('"');
                self.json.push_str(name);
                self.json.push_str("\":");
            }
            Token::Open(bracket) | Token::Close(bracket) => self.json.push(bracket),
        }
    }
}
