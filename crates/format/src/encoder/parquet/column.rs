//! A column of a group, read value by value: the levels of each, and those that are there as a datum has them.
//!
//! Decoded here and not by the `parquet` crate, which asserts that what it is given is whole.

use bytes::Bytes;
use parquet::basic::Type as Physical;
use parquet::schema::types::ColumnDescriptor;

use super::footer::Chunk;
use super::invalid;
use super::pages::{Budget, Page, Pages};
use super::runs::Runs;
use crate::datum::{Damage, Input, write_bytes, write_long};
use crate::error::Error;

/// What is still to come of a column.
#[derive(Debug)]
pub(super) struct Column {
    physical: Physical,
    /// The highest levels.
    highest: Levels,
    pages: Pages,
    dictionary: Option<Dictionary>,
    page: OpenPage,
    /// The levels of the next value, once they are known.
    next: Option<Levels>,
}

/// Where in its event a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Levels {
    pub(super) definition: i16,
    pub(super) repetition: i16,
}

/// Values as datums have them, one after the other, and where each ends.
#[derive(Debug, Default)]
struct Dictionary {
    values: Vec<u8>,
    ends: Vec<usize>,
}

#[derive(Debug)]
struct OpenPage {
    /// How many values have levels that were not read yet.
    left: u32,
    repetitions: Option<Runs>,
    definitions: Option<Runs>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    /// Themselves, and where the next one stands: the byte, or of booleans the bit.
    Plain(Bytes, usize),
    Referred(Runs),
}

impl Column {
    pub(super) fn new(
        descriptor: &ColumnDescriptor,
        object: &[u8],
        chunk: &Chunk,
        budget: &mut Budget,
    ) -> Result<Self, Error> {
        Ok(Self {
            physical: descriptor.physical_type(),
            highest: Levels {
                definition: descriptor.max_def_level(),
                repetition: descriptor.max_rep_level(),
            },
            pages: Pages::new(object, chunk, budget)?,
            dictionary: None,
            page: OpenPage {
                left: 0,
                repetitions: None,
                definitions: None,
                values: Values::Plain(Bytes::new(), 0),
            },
            next: None,
        })
    }

    /// The levels of the next value, which is left in place; nothing at the end of the column.
    pub(super) fn peek(&mut self, budget: &mut Budget) -> Result<Option<Levels>, Error> {
        if self.next.is_none() && (self.page.left > 0 || self.turn(budget)?) {
            self.next = Some(self.page.levels().map_err(damaged)?);
        }
        Ok(self.next)
    }

    /// Steps over a value's levels, which have to be these.
    pub(super) fn take(&mut self, levels: Levels, budget: &mut Budget) -> Result<(), Error> {
        if self.peek(budget)? != Some(levels) {
            return Err(invalid("its columns contradict one another"));
        }
        self.next = None;
        Ok(())
    }

    /// Appends the value whose levels were taken last.
    pub(super) fn append(&mut self, out: &mut Vec<u8>) -> Result<(), Error> {
        match &mut self.page.values {
            Values::Plain(bytes, bit) if self.physical == Physical::BOOLEAN => {
                let byte = bytes.get(*bit / 8).ok_or_else(|| damaged(Damage::Truncated))?;
                out.push(byte >> (*bit % 8) & 1);
                *bit += 1;
            }
            Values::Plain(bytes, at) => {
                let mut input = Input::new(bytes.get(*at..).unwrap_or_default());
                plain(self.physical, &mut input, out)?;
                *at += input.position();
            }
            Values::Referred(references) => {
                let reference = references.next().map_err(damaged)? as usize;
                let value = self
                    .dictionary
                    .as_ref()
                    .and_then(|dictionary| dictionary.get(reference));
                out.extend_from_slice(
                    value.ok_or_else(|| invalid("a value refers to none in its dictionary"))?,
                );
            }
        }
        Ok(())
    }

    /// Opens the next page of values, if there is one.
    fn turn(&mut self, budget: &mut Budget) -> Result<bool, Error> {
        loop {
            match self.pages.next(budget)? {
                None => return Ok(false),
                Some(Page::Dictionary(bytes)) => {
                    self.dictionary = Some(Dictionary::of(self.physical, &bytes, budget)?)
                }
                Some(Page::Data {
                    bytes,
                    values,
                    is_plain,
                }) => {
                    self.page = OpenPage::of(bytes, values, is_plain, self.highest).map_err(damaged)?;
                    return Ok(true);
                }
            }
        }
    }
}

impl OpenPage {
    fn of(mut rest: Bytes, left: u32, is_plain: bool, highest: Levels) -> Result<Self, Damage> {
        let repetitions = level_runs(&mut rest, highest.repetition)?;
        let definitions = level_runs(&mut rest, highest.definition)?;
        let values = if is_plain {
            Values::Plain(rest, 0)
        } else {
            let width = *rest.first().ok_or(Damage::Truncated)?;
            Values::Referred(Runs::new(rest.split_off(1), width.into())?)
        };
        Ok(Self {
            left,
            repetitions,
            definitions,
            values,
        })
    }

    fn levels(&mut self) -> Result<Levels, Damage> {
        self.left -= 1;
        let next = |runs: &mut Option<Runs>| match runs {
            None => Ok(0),
            Some(runs) => i16::try_from(runs.next()?).map_err(|_| Damage::Length),
        };
        Ok(Levels {
            repetition: next(&mut self.repetitions)?,
            definition: next(&mut self.definitions)?,
        })
    }
}

/// The levels that a page begins with, behind their length, where the column has any.
fn level_runs(page: &mut Bytes, highest: i16) -> Result<Option<Runs>, Damage> {
    if highest == 0 {
        return Ok(None);
    }
    let length = u32::from_le_bytes(Input::new(page).array()?);
    let end = usize::try_from(length)
        .ok()
        .and_then(|length| length.checked_add(4))
        .filter(|end| *end <= page.len())
        .ok_or(Damage::Length)?;
    let levels = page.split_to(end).split_off(4);
    Runs::new(levels, i16::BITS - highest.leading_zeros()).map(Some)
}

impl Dictionary {
    fn of(physical: Physical, bytes: &[u8], budget: &mut Budget) -> Result<Self, Error> {
        let mut dictionary = Self::default();
        let mut input = Input::new(bytes);
        while input.remaining() > 0 {
            // Where each value ends may take more than the values do.
            budget.take(size_of::<usize>())?;
            plain(physical, &mut input, &mut dictionary.values)?;
            dictionary.ends.push(dictionary.values.len());
        }
        Ok(dictionary)
    }

    fn get(&self, place: usize) -> Option<&[u8]> {
        let end = *self.ends.get(place)?;
        let start = match place.checked_sub(1) {
            None => 0,
            Some(before) => *self.ends.get(before)?,
        };
        self.values.get(start..end)
    }
}

/// Reads a value as Parquet has it, and appends it as Avro has it. Booleans have no form of their own.
fn plain(physical: Physical, input: &mut Input<'_>, out: &mut Vec<u8>) -> Result<(), Error> {
    let no_number = || invalid("a number is infinite, or none");
    match physical {
        Physical::INT32 => write_long(i32::from_le_bytes(input.array().map_err(damaged)?).into(), out),
        Physical::INT64 => write_long(i64::from_le_bytes(input.array().map_err(damaged)?), out),
        Physical::FLOAT => {
            let bytes = input.array().map_err(damaged)?;
            let value = Some(f32::from_le_bytes(bytes)).filter(|value| value.is_finite());
            value.ok_or_else(no_number)?;
            out.extend_from_slice(&bytes);
        }
        Physical::DOUBLE => {
            let bytes = input.array().map_err(damaged)?;
            let value = Some(f64::from_le_bytes(bytes)).filter(|value| value.is_finite());
            value.ok_or_else(no_number)?;
            out.extend_from_slice(&bytes);
        }
        Physical::BYTE_ARRAY => {
            let length = u32::from_le_bytes(input.array().map_err(damaged)?);
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let text = input.take(length).map_err(damaged)?;
            let text = str::from_utf8(text).map_err(|_| invalid("a text is not UTF-8"))?;
            write_bytes(text.as_bytes(), out);
        }
        Physical::BOOLEAN | Physical::INT96 | Physical::FIXED_LEN_BYTE_ARRAY => {
            return Err(invalid(
                "a column has a dictionary that no column of its type has",
            ));
        }
    }
    Ok(())
}

fn damaged(damage: Damage) -> Error {
    invalid(format!("a page is damaged: {damage}"))
}
