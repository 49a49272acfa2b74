//! Condition keys, and the types of their values.

use std::fmt;

use crate::Text;

/// A condition key and the type of its values.
#[derive(Clone, Debug)]
pub struct ConditionKey {
    pub(crate) key: Text,
    pub(crate) value_type: ValueType,
    pub(crate) multivalued: bool,
}

impl ConditionKey {
    /// The key, perhaps with a placeholder: `s3:prefix`, `aws:RequestTag/${TagKey}`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The type of its values.
    #[must_use]
    pub fn value_type(&self) -> ValueType {
        self.value_type
    }

    /// Whether a request can carry several values of it.
    #[must_use]
    pub fn is_multivalued(&self) -> bool {
        self.multivalued
    }

    /// Whether `key` is this key, in any case, or what it becomes when its placeholders are filled:
    /// `kms:EncryptionContext:aws:s3:arn` is one of `kms:EncryptionContext:${EncryptionContextKey}`.
    #[must_use]
    pub fn covers(&self, key: &str) -> bool {
        let Some((head, rest)) = next_placeholder(&self.key) else {
            return self.key.eq_ignore_ascii_case(key);
        };
        let tail = rest.rsplit(['}', '>']).next().unwrap_or_default();
        let fits =
            |end: Option<&str>, literal: &str| end.is_some_and(|end| end.eq_ignore_ascii_case(literal));
        key.len() > head.len() + tail.len()
            && !head.is_empty()
            && fits(key.get(..head.len()), head)
            && fits(key.get(key.len() - tail.len()..), tail)
    }
}

/// What stands before the first placeholder (`${TagKey}`, `<key>`), and what comes after its beginning.
fn next_placeholder(key: &str) -> Option<(&str, &str)> {
    key.split_once("${").or_else(|| key.split_once('<'))
}

/// The type of a condition key's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ValueType {
    /// Text.
    String,
    /// `true` or `false`.
    Bool,
    /// A number.
    Numeric,
    /// A point in time.
    Date,
    /// The ARN of a resource.
    Arn,
    /// An address or a range of them.
    IpAddress,
    /// Bytes, as base64.
    Binary,
    /// A type that this version of the crate does not know.
    Unknown,
}

impl ValueType {
    /// With the letter of the packed form and the reference's word.
    pub(crate) const ALL: [(Self, char, &'static str); 8] = [
        (Self::String, 'S', "String"),
        (Self::Bool, 'B', "Bool"),
        (Self::Numeric, 'N', "Numeric"),
        (Self::Date, 'D', "Date"),
        (Self::Arn, 'A', "ARN"),
        (Self::IpAddress, 'I', "IPAddress"),
        (Self::Binary, 'Y', "Binary"),
        (Self::Unknown, 'U', "Unknown"),
    ];

    /// The word that AWS's reference has for it, `ARN`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        let found = Self::ALL.iter().find(|(known, _, _)| *known == self);
        found.map_or("", |(_, _, name)| name)
    }

    /// A type by the reference's word, and whether that is one of several values (`ArrayOfString`).
    #[cfg(feature = "json")]
    pub(crate) fn from_word(word: &str) -> (Self, bool) {
        let (name, many) = match word.strip_prefix("ArrayOf") {
            Some(name) => (name, true),
            None => (word, false),
        };
        let found = Self::ALL
            .iter()
            .find(|(_, _, known)| known.eq_ignore_ascii_case(name));
        (found.map_or(Self::Unknown, |(known, _, _)| *known), many)
    }
}

impl fmt::Display for ValueType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{ConditionKey, ValueType};

    #[test]
    fn placeholders_stand_for_any_text() {
        let key = |key: &'static str| ConditionKey {
            key: key.into(),
            value_type: ValueType::String,
            multivalued: false,
        };
        let tag = key("aws:RequestTag/${TagKey}");
        assert!(tag.covers("AWS:requesttag/Team") && tag.covers("aws:RequestTag/a/b"));
        assert!(
            !tag.covers("aws:RequestTag/")
                && !tag.covers("aws:RequestTag")
                && !tag.covers("aws:ResourceTag/a")
        );
        let middle = key("codebuild:environment.environmentVariables/${name}.value");
        assert!(middle.covers("codebuild:environment.environmentVariables/STAGE.value"));
        assert!(!middle.covers("codebuild:environment.environmentVariables/STAGE.type"));
        assert!(key("s3:RequestObjectTag/<key>").covers("s3:RequestObjectTag/team"));
        assert!(key("s3:prefix").covers("S3:Prefix") && !key("s3:prefix").covers("s3:prefix/x"));
    }
}
