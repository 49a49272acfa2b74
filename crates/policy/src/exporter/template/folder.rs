//! A folder's place in a pattern: characters that mean something to IAM are written so that they mean themselves.

use crate::Error;

/// A key prefix without slashes at its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder(String);

impl Folder {
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        if text.is_empty() {
            return Err(Error::name(
                "the folder is empty: a policy for the whole bucket is never what is wanted",
            ));
        }
        if text.split('/').any(str::is_empty) {
            return Err(Error::name(format!(
                "the folder `{text}` begins, ends or continues with an empty segment"
            )));
        }
        if !text
            .chars()
            .all(|c| matches!(c, '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{ff}'))
        {
            return Err(Error::name(format!(
                "the folder `{text}` has a character that no IAM policy may contain"
            )));
        }
        Ok(Self(text.to_owned()))
    }

    /// For use in a resource or in the value of a `StringLike` condition.
    pub(crate) fn escaped(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for c in self.0.chars() {
            match c {
                '*' => out.push_str("${*}"),
                '?' => out.push_str("${?}"),
                '$' => out.push_str("${$}"),
                _ => out.push(c),
            }
        }
        out
    }
}
