//! A borrowed JSON scanner: hands out the tokens of a text, in order, without building anything.
//! It must not know schemas: what a token has to be is asked by the encoder.
//!
//! The text is already UTF-8 (`&str`), so bytes of 0x80 and above stand for themselves. Strings without escapes, which is nearly
//! all of them, are handed out as slices of the input.

mod number;
mod quote;
mod text;

pub(crate) use quote::quote;
pub(crate) use text::{Text, unescape};

use crate::mismatch::MismatchReason;

/// A place in a JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
        }
    }

    /// The next byte that is not white space, left in place.
    pub(crate) fn peek(&mut self) -> Result<u8, MismatchReason> {
        loop {
            match self.bytes.get(self.at) {
                Some(b' ' | b'\n' | b'\t' | b'\r') => self.at += 1,
                Some(&byte) => return Ok(byte),
                None => return Err(MismatchReason::NotJson),
            }
        }
    }

    /// Steps over the byte that [`Cursor::peek`] showed.
    pub(crate) const fn step(&mut self) {
        self.at += 1;
    }

    /// The next byte that is not white space, taken.
    pub(crate) fn next(&mut self) -> Result<u8, MismatchReason> {
        let byte = self.peek()?;
        self.step();
        Ok(byte)
    }

    /// Nothing but white space may follow.
    pub(crate) fn end(&mut self) -> Result<(), MismatchReason> {
        match self.peek() {
            Ok(_) => Err(MismatchReason::NotJson),
            Err(_) => Ok(()),
        }
    }

    /// `true`, `false` or `null`, letter by letter.
    pub(crate) fn literal(&mut self, word: &[u8]) -> Result<(), MismatchReason> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            return Ok(());
        }
        Err(MismatchReason::NotJson)
    }

    /// Steps over a field's name and the colon after it, if just this stands here: the name between its quotes, then the colon.
    pub(crate) fn key_is(&mut self, key: &[u8]) -> bool {
        let is_it = self.rest().starts_with(key);
        if is_it {
            self.at += key.len();
        }
        is_it
    }

    /// A field's name and the colon after it, from the opening quote on.
    pub(crate) fn key(&mut self) -> Result<Text<'a>, MismatchReason> {
        if self.next()? != b'"' {
            return Err(MismatchReason::NotJson);
        }
        let key = self.text()?;
        if self.next()? != b':' {
            return Err(MismatchReason::NotJson);
        }
        Ok(key)
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }
}
