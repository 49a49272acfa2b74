//! Rules as a connector gives them: what is done, and to which fields. Knows no schema.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use super::{HmacKey, REDACTED};
use crate::error::{Error, ErrorKind};

/// What is done to the value of a field. A null stays a null under all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Nothing: an exception from what another rule chooses more widely.
    Keep,
    /// A text becomes `[REDACTED]`.
    Remove,
    /// A text becomes its SHA-256, in 64 lower-case hexadecimal digits. Whoever can guess a value can prove the guess.
    Hash,
    /// A text becomes its HMAC-SHA-256 under a key, in 64 lower-case hexadecimal digits.
    Hmac(HmacKey),
    /// The event is as if it had come without the field: it becomes null, which it has to be able to be.
    Drop,
}

impl Action {
    /// The word for it in a configuration.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Remove => "remove",
            Self::Hash => "hash",
            Self::Hmac(_) => "hmac",
            Self::Drop => "drop",
        }
    }

    /// What is written in a text's place, where this is an action on texts.
    pub(super) fn on_text(&self) -> Option<OnText> {
        match self {
            Self::Keep | Self::Drop => None,
            Self::Remove => Some(OnText::Remove),
            Self::Hash => Some(OnText::Hash),
            Self::Hmac(key) => Some(OnText::Hmac(key.clone())),
        }
    }
}

/// What is done to a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OnText {
    Remove,
    Hash,
    Hmac(HmacKey),
}

impl OnText {
    /// What stands in the text's place.
    pub(super) fn replacement(&self, text: &[u8]) -> String {
        match self {
            Self::Remove => REDACTED.to_owned(),
            Self::Hash => hex(&Sha256::digest(text)),
            Self::Hmac(key) => hex(&key.tag(text)),
        }
    }
}

/// Which fields a rule is about.
///
/// ```
/// use bucketline_format::transform::Selector;
///
/// let anywhere: Selector = "email".parse()?;
/// let there: Selector = "sender.email".parse()?;
/// assert_eq!((anywhere.as_str(), there.to_string().as_str()), ("email", "the field `sender.email`"));
/// assert!("e-mail".parse::<Selector>().is_err());
/// # Ok::<(), bucketline_format::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Selector {
    /// A name without dots: the fields of this name, wherever they are. With dots: the field at this path from the root, where
    /// the items of a list are passed through.
    Field(FieldPath),
    /// The fields that their schema marks as personal data: see [`Field::is_personal`](crate::Field::is_personal).
    Personal,
}

/// The name or path of a field.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(String);

impl Selector {
    /// The name, the path, or `@pii`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Field(path) => &path.0,
            Self::Personal => "@pii",
        }
    }

    /// The field of this name or path.
    pub(super) fn field(path: &str) -> Self {
        Self::Field(FieldPath(path.to_owned()))
    }
}

impl FromStr for Selector {
    type Err = Error;

    /// A field's name, or its path.
    fn from_str(text: &str) -> Result<Self, Error> {
        let is_name = |name: &str| {
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        };
        if text.split('.').all(is_name) {
            return Ok(Self::field(text));
        }
        let shown: String = text.chars().take(64).flat_map(char::escape_debug).collect();
        Err(Error::new(
            ErrorKind::InvalidTransform,
            format!("`{shown}` is not the name of a field, nor a path of names joined by dots"),
        ))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(path) => write!(f, "the field `{}`", path.0),
            Self::Personal => f.write_str("the tag `pii`"),
        }
    }
}

/// One action on some fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub(super) action: Action,
    pub(super) selectors: Vec<Selector>,
}

impl Rule {
    /// A rule.
    pub fn new(action: Action, selectors: impl IntoIterator<Item = Selector>) -> Self {
        Self {
            action,
            selectors: selectors.into_iter().collect(),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            _ = write!(text, "{byte:02x}");
            text
        })
}
