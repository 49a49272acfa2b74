//! One event in the making: who, when, from what, and the line that is being written.
//! Writes values; which ones is the business of [`values`](super::values).

use std::fmt::Write as _;

use super::people::Person;
use super::random::{Random, mix};
use super::values::Maker;
use super::workspace::{Origin, Workspace};
use crate::json::quote;

#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) origin: Origin<'a>,
    pub(super) person: Person,
    /// The event's ordinal in the stream, from 1.
    pub(super) count: u64,
    /// When it happened, in milliseconds since 1970.
    pub(super) at_ms: u64,
    pub(super) random: &'a mut Random,
    pub(super) scratch: &'a mut String,
    pub(super) out: &'a mut String,
}

impl Scene<'_> {
    /// Writes a field and a comma, or nothing if it has no value.
    pub(super) fn field(&mut self, key: &str, make: Maker) {
        let start = self.out.len();
        self.out.push_str(key);
        let value = self.out.len();
        make(self);
        if self.out.len() == value {
            self.out.truncate(start);
        } else {
            self.out.push(',');
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        quote(text, self.out);
    }

    /// Text that needs no escapes.
    pub(super) fn plain(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a `String` cannot fail.
        _ = write!(self.out, "\"{text}\"");
    }

    /// A JSON text inside a string.
    pub(super) fn nested(&mut self, json: std::fmt::Arguments<'_>) {
        self.scratch.clear();
        _ = self.scratch.write_fmt(json);
        quote(self.scratch, self.out);
    }

    pub(super) fn one_of(&mut self, texts: &[&str]) {
        if let Some(text) = self.random.pick(texts) {
            self.text(text);
        }
    }

    pub(super) fn number(&mut self, number: u64) {
        _ = write!(self.out, "{number}");
    }

    /// A number that is exact in 32 bits, in all its digits: the shortest text of the 32-bit value might stand for another 64-bit one.
    pub(super) fn float(&mut self, value: f32) {
        _ = write!(self.out, "{}", f64::from(value));
    }

    pub(super) fn boolean(&mut self, value: bool) {
        self.out.push_str(if value { "true" } else { "false" });
    }

    pub(super) fn null(&mut self) {
        self.out.push_str("null");
    }

    /// Hexadecimal digits, at most 16 of each number.
    pub(super) fn hex(&mut self, numbers: &[u64], digits: usize) {
        self.out.push('"');
        let each = numbers
            .iter()
            .flat_map(|number| (0..16).rev().map(move |place| (number >> (4 * place)) & 0xf));
        self.out.extend(each.take(digits).filter_map(digit));
        self.out.push('"');
    }

    /// The form of a UUID, from 128 bits.
    pub(super) fn uuid(&mut self, high: u64, low: u64) {
        self.out.push('"');
        for (index, place) in (0..16).rev().enumerate() {
            if index == 8 || index == 12 {
                self.out.push('-');
            }
            self.out.extend(digit((high >> (4 * place)) & 0xf));
        }
        for (index, place) in (0..16).rev().enumerate() {
            if index == 0 || index == 4 {
                self.out.push('-');
            }
            self.out.extend(digit((low >> (4 * place)) & 0xf));
        }
        self.out.push('"');
    }

    /// An id that belongs to a thing, the same whenever that thing is named.
    pub(super) fn id_of(&mut self, hash: u64, which: u64) {
        let high = mix(hash ^ which);
        self.uuid(high, mix(high));
    }
}

fn digit(value: u64) -> Option<char> {
    char::from_digit(u32::try_from(value).unwrap_or_default(), 16)
}
