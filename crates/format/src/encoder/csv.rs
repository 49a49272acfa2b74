//! Comma-separated values (RFC 4180), as an encoder: a header of the schema's field names, then a row for each event.
//!
//! A null is an empty field, an empty text a quoted one, so that they are told apart; lists and records within an event are JSON.
//! Guarded, a text that a spreadsheet would take for a formula has an apostrophe before it, and gets it taken away when it is read.

mod table;

use bytes::Bytes;
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Encoder;
use super::datums::Datums;
use crate::compression::Compression;
use crate::error::{Error, ErrorKind};
use crate::json::quote;
use crate::record::RecordSchema;
use table::{Cell, Rows};

const CHUNK: usize = 256 * 1024;

/// Rows of values, compressed as a whole.
#[derive(Debug)]
pub(super) struct Csv {
    pub(super) compression: Compression,
    pub(super) guard: Guard,
}

/// What is done about texts that look like formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guard {
    Off,
    On,
}

#[deny(clippy::missing_trait_methods)]
impl Encoder for Csv {
    fn format(&self) -> &'static str {
        match self.guard {
            Guard::Off => "csv",
            Guard::On => "csv-guarded",
        }
    }

    fn codec(&self) -> &'static str {
        self.compression.name()
    }

    fn version(&self) -> u32 {
        1
    }

    fn extension(&self) -> &'static str {
        match (self.guard, self.compression) {
            (Guard::Off, Compression::None) => "csv",
            (Guard::Off, Compression::Gzip) => "csv.gz",
            (Guard::Off, Compression::Zstandard) => "csv.zst",
            (Guard::On, Compression::None) => "guarded.csv",
            (Guard::On, Compression::Gzip) => "guarded.csv.gz",
            (Guard::On, Compression::Zstandard) => "guarded.csv.zst",
        }
    }

    fn media_type(&self) -> &'static str {
        match self.compression {
            Compression::None => "text/csv; charset=utf-8; header=present",
            Compression::Gzip => "application/gzip",
            Compression::Zstandard => "application/zstd",
        }
    }

    fn encode(&self, schema: &RecordSchema, _: [u8; 16], datums: &[&[u8]]) -> Result<Vec<Bytes>, Error> {
        let mut chunks = Vec::new();
        let mut text = header(schema);
        for datum in datums {
            self.row(&schema.decode_event(datum)?, &mut text)?;
            if text.len() >= CHUNK {
                chunks.push(std::mem::take(&mut text).into_bytes().into());
            }
        }
        chunks.push(text.into_bytes().into());
        self.compression.pack(chunks)
    }

    fn read(&self, schema: &RecordSchema, object: &[u8]) -> Result<Vec<Bytes>, Error> {
        let text = self.compression.text(object)?;
        let rest = text
            .strip_prefix(&header(schema))
            .ok_or_else(|| invalid("its header is not that of its schema"))?;
        let mut datums = Datums::new();
        for (row, cells) in (2_u64..).zip(Rows::of(rest)) {
            datums.push(self.datum(schema, &cells.map_err(invalid)?, row)?)?;
        }
        Ok(datums.into_vec())
    }

    fn same_events(&self, one: &[u8], other: &[u8]) -> bool {
        self.compression.same_text(one, other)
    }
}

impl Csv {
    fn row(&self, json: &str, out: &mut String) -> Result<(), Error> {
        let broken =
            |error: serde_json::Error| Error::new(ErrorKind::InvalidDatum, format!("not an event: {error}"));
        let values = serde_json::Deserializer::from_str(json)
            .deserialize_map(Values)
            .map_err(broken)?;
        for (at, value) in values.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            let value = value.get();
            if value == "null" {
                continue;
            }
            if value.starts_with('"') {
                let text: String = serde_json::from_str(value).map_err(broken)?;
                if self.guard == Guard::On && table::is_formula(&text) {
                    table::quoted(&format!("'{text}"), out);
                } else {
                    table::field(&text, out);
                }
            } else {
                table::field(value, out);
            }
        }
        out.push_str("\r\n");
        Ok(())
    }

    fn datum(&self, schema: &RecordSchema, cells: &[Cell], row: u64) -> Result<Bytes, Error> {
        if cells.len() != schema.fields().len() {
            let (found, wanted) = (cells.len(), schema.fields().len());
            return Err(invalid(format!(
                "row {row} has {found} fields, and its schema {wanted}"
            )));
        }
        let mut json = String::from("{");
        for (at, (field, cell)) in schema.fields().iter().zip(cells).enumerate() {
            if at > 0 {
                json.push(',');
            }
            quote(field.name(), &mut json);
            json.push(':');
            if cell.text.is_empty() && !cell.quoted && field.is_nullable() {
                json.push_str("null");
            } else if field.is_text() {
                let text = match cell.text.strip_prefix('\'') {
                    Some(rest) if self.guard == Guard::On && table::is_formula(rest) => rest,
                    _ => &cell.text,
                };
                quote(text, &mut json);
            } else {
                json.push_str(&cell.text);
            }
        }
        json.push('}');
        let mut datum = Vec::new();
        schema
            .encode_event(&json, &mut datum)
            .map_err(|mismatch| invalid(format!("row {row} is no event of its schema: {mismatch}")))?;
        Ok(datum.into())
    }
}

fn header(schema: &RecordSchema) -> String {
    let mut out = String::new();
    for (at, field) in schema.fields().iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        table::field(field.name(), &mut out);
    }
    out.push_str("\r\n");
    out
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidObject, message.into())
}

/// The values of an event's fields, in order, as they are written.
struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some((_, value)) = map.next_entry::<&'de str, &'de RawValue>()? {
            values.push(value);
        }
        Ok(values)
    }
}
