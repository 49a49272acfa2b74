//! What the end of a Parquet file says of it: the schema in Avro's words and in Parquet's, and where the columns lie.
//! Believes nothing: what is not there, or not as this crate writes it, is an error.
//!
//! Source: the Parquet format, "File Format" and `parquet.thrift`.

use std::ops::Range;

use parquet::basic::{Repetition, Type as Physical};
use parquet::schema::types::Type as ParquetType;

use super::compact::{Compact, Field};
use super::invalid;
use crate::datum::Damage;
use crate::error::{Error, ErrorKind};

/// The key of the Avro schema among what a file says of itself: the one that Java's `parquet-avro` writes and reads.
pub(super) const AVRO_SCHEMA: &str = "parquet.avro.schema";
const MAGIC: &[u8; 4] = b"PAR1";

/// A file's own description.
#[derive(Debug)]
pub(super) struct Footer<'a> {
    avro_schema: Option<&'a [u8]>,
    elements: Vec<Element<'a>>,
    pub(super) groups: Vec<Group>,
}

/// Some of the file's events.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) rows: u64,
    pub(super) columns: Vec<Chunk>,
}

/// A column of a group.
#[derive(Debug, Clone)]
pub(super) struct Chunk {
    pub(super) codec: i64,
    /// Its pages in the file.
    pub(super) bytes: Range<usize>,
}

/// A step of the schema in Parquet's words, as far as it decides what values mean.
#[derive(Debug, Default, PartialEq, Eq)]
struct Element<'a> {
    physical: Option<i64>,
    repetition: Option<i64>,
    name: &'a [u8],
    children: i64,
}

impl<'a> Footer<'a> {
    pub(super) fn of(object: &'a [u8]) -> Result<Self, Error> {
        if !object.starts_with(MAGIC) {
            return Err(invalid("not a Parquet file: it does not begin with `PAR1`"));
        }
        let cut = || invalid("not a whole Parquet file: it does not end with a footer");
        let (rest, magic) = object.split_last_chunk::<4>().ok_or_else(cut)?;
        let (rest, length) = rest.split_last_chunk::<4>().ok_or_else(cut)?;
        let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
        let start = rest
            .len()
            .checked_sub(length)
            .filter(|start| *start >= MAGIC.len());
        let (Some(start), MAGIC) = (start, magic) else {
            return Err(cut());
        };
        let bytes = rest.get(start..).unwrap_or_default();
        let mut compact = Compact::new(bytes);
        read(&mut compact, start).map_err(|damage| {
            let at = start + compact.position();
            invalid(format!("damaged footer at byte {at}: {damage}"))
        })
    }

    /// The Avro schema that the file carries.
    pub(super) fn avro_schema(&self) -> Result<&'a str, Error> {
        let text = self.avro_schema.ok_or_else(|| {
            invalid(format!(
                "its footer has no `{AVRO_SCHEMA}`: no Parquet file of this crate"
            ))
        })?;
        str::from_utf8(text).map_err(|_| invalid("the schema in its footer is not UTF-8"))
    }

    /// Checks that the file's columns are those of a schema.
    pub(super) fn has_columns_of(&self, schema: &ParquetType) -> Result<(), Error> {
        let mut wanted = Vec::new();
        flatten(schema, &mut wanted);
        if self.elements == wanted {
            Ok(())
        } else {
            Err(invalid(
                "its columns are not those of the schema that its key names",
            ))
        }
    }
}

fn flatten<'a>(node: &'a ParquetType, out: &mut Vec<Element<'a>>) {
    let info = node.get_basic_info();
    let repetition = info.has_repetition().then(|| match info.repetition() {
        Repetition::REQUIRED => 0,
        Repetition::OPTIONAL => 1,
        Repetition::REPEATED => 2,
    });
    let mut element = Element {
        physical: None,
        repetition,
        name: info.name().as_bytes(),
        children: 0,
    };
    if node.is_group() {
        element.children = i64::try_from(node.get_fields().len()).unwrap_or(i64::MAX);
        out.push(element);
        for field in node.get_fields() {
            flatten(field, out);
        }
    } else {
        element.physical = Some(number_of(node.get_physical_type()));
        out.push(element);
    }
}

const fn number_of(physical: Physical) -> i64 {
    match physical {
        Physical::BOOLEAN => 0,
        Physical::INT32 => 1,
        Physical::INT64 => 2,
        Physical::INT96 => 3,
        Physical::FLOAT => 4,
        Physical::DOUBLE => 5,
        Physical::BYTE_ARRAY => 6,
        Physical::FIXED_LEN_BYTE_ARRAY => 7,
    }
}

/// Goes through the fields of a structure; `take` takes the value of each, or steps over it.
fn each_field<'a>(
    compact: &mut Compact<'a>,
    mut take: impl FnMut(&mut Compact<'a>, Field) -> Result<(), Damage>,
) -> Result<(), Damage> {
    let mut last = 0;
    while let Some(field) = compact.field(last)? {
        last = field.id;
        take(compact, field)?;
    }
    Ok(())
}

fn each_struct<'a, T>(
    compact: &mut Compact<'a>,
    field: Field,
    read: impl Fn(&mut Compact<'a>) -> Result<T, Damage>,
) -> Result<Vec<T>, Damage> {
    let count = compact.structs(field)?;
    (0..count).map(|_| read(compact)).collect()
}

/// `FileMetaData`; `end` is where the pages end in the file.
fn read<'a>(compact: &mut Compact<'a>, end: usize) -> Result<Footer<'a>, Damage> {
    let mut footer = Footer {
        avro_schema: None,
        elements: Vec::new(),
        groups: Vec::new(),
    };
    each_field(compact, |compact, field| {
        match field.id {
            2 => footer.elements = each_struct(compact, field, element)?,
            4 => footer.groups = each_struct(compact, field, |compact| group(compact, end))?,
            5 => {
                let pairs = each_struct(compact, field, key_value)?;
                let mut ours = pairs
                    .into_iter()
                    .filter(|(key, _)| *key == AVRO_SCHEMA.as_bytes());
                footer.avro_schema = ours.next().map(|(_, value)| value);
            }
            _ => compact.skip(field)?,
        }
        Ok(())
    })?;
    Ok(footer)
}

/// `SchemaElement`.
fn element<'a>(compact: &mut Compact<'a>) -> Result<Element<'a>, Damage> {
    let mut element = Element::default();
    each_field(compact, |compact, field| {
        match field.id {
            1 => element.physical = Some(compact.integer(field)?),
            3 => element.repetition = Some(compact.integer(field)?),
            4 => element.name = compact.bytes(field)?,
            5 => element.children = compact.integer(field)?,
            _ => compact.skip(field)?,
        }
        Ok(())
    })?;
    Ok(element)
}

/// `KeyValue`.
fn key_value<'a>(compact: &mut Compact<'a>) -> Result<(&'a [u8], &'a [u8]), Damage> {
    let (mut key, mut value) = (&[][..], &[][..]);
    each_field(compact, |compact, field| {
        match field.id {
            1 => key = compact.bytes(field)?,
            2 => value = compact.bytes(field)?,
            _ => compact.skip(field)?,
        }
        Ok(())
    })?;
    Ok((key, value))
}

/// `RowGroup`.
fn group(compact: &mut Compact<'_>, end: usize) -> Result<Group, Damage> {
    let mut group = Group {
        rows: 0,
        columns: Vec::new(),
    };
    each_field(compact, |compact, field| {
        match field.id {
            1 => group.columns = each_struct(compact, field, |compact| chunk(compact, end))?,
            3 => group.rows = u64::try_from(compact.integer(field)?).map_err(|_| Damage::Length)?,
            _ => compact.skip(field)?,
        }
        Ok(())
    })?;
    Ok(group)
}

/// `ColumnChunk`, and the `ColumnMetaData` in it.
fn chunk(compact: &mut Compact<'_>, end: usize) -> Result<Chunk, Damage> {
    let (mut codec, mut size, mut data, mut dictionary) = (0, 0, 0, None);
    each_field(compact, |compact, field| {
        if field.id != 3 {
            return compact.skip(field);
        }
        compact.open(field)?;
        each_field(compact, |compact, field| {
            match field.id {
                4 => codec = compact.integer(field)?,
                7 => size = compact.integer(field)?,
                9 => data = compact.integer(field)?,
                11 => dictionary = Some(compact.integer(field)?),
                _ => compact.skip(field)?,
            }
            Ok(())
        })
    })?;
    let place = |number: i64| usize::try_from(number).map_err(|_| Damage::Length);
    // The dictionary, where there is one, stands before the data.
    let start = place(dictionary.unwrap_or(data))?;
    let length = place(size)?;
    let after = start.checked_add(length).filter(|after| *after <= end);
    Ok(Chunk {
        codec,
        bytes: start..after.ok_or(Damage::Length)?,
    })
}

/// The header of a page.
#[derive(Debug, Default)]
pub(super) struct PageHeader {
    /// 0 for data, 2 for a dictionary.
    pub(super) kind: i64,
    pub(super) unpacked: usize,
    pub(super) packed: usize,
    pub(super) values: u32,
    pub(super) encoding: i64,
    /// How the levels of definition are encoded.
    pub(super) definitions: i64,
    /// How the levels of repetition are encoded.
    pub(super) repetitions: i64,
    /// How long the header is.
    pub(super) length: usize,
}

impl PageHeader {
    /// `PageHeader`, with the `DataPageHeader` or `DictionaryPageHeader` in it.
    pub(super) fn of(bytes: &[u8]) -> Result<Self, Error> {
        let mut header = Self::default();
        let mut compact = Compact::new(bytes);
        let read = each_field(&mut compact, |compact, field| {
            let size = |number: i64| usize::try_from(number).map_err(|_| Damage::Length);
            match field.id {
                1 => header.kind = compact.integer(field)?,
                2 => header.unpacked = size(compact.integer(field)?)?,
                3 => header.packed = size(compact.integer(field)?)?,
                5 | 7 => {
                    compact.open(field)?;
                    each_field(compact, |compact, field| {
                        match field.id {
                            1 => {
                                header.values =
                                    u32::try_from(compact.integer(field)?).map_err(|_| Damage::Length)?;
                            }
                            2 => header.encoding = compact.integer(field)?,
                            // In a dictionary's header the third field is a boolean, which is stepped over.
                            3 if header.kind == 0 => header.definitions = compact.integer(field)?,
                            4 if header.kind == 0 => header.repetitions = compact.integer(field)?,
                            _ => compact.skip(field)?,
                        }
                        Ok(())
                    })?;
                }
                _ => compact.skip(field)?,
            }
            Ok(())
        });
        read.map_err(|damage| {
            Error::new(
                ErrorKind::InvalidObject,
                format!("damaged header of a page: {damage}"),
            )
        })?;
        header.length = compact.position();
        Ok(header)
    }
}
