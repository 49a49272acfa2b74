//! The names that become parts of keys: checked where they come in.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, ErrorKind};

/// The longest of them, in bytes: a key has at most 1,024.
const MAX_LENGTH: usize = 128;

macro_rules! key_part {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        ///
        /// 1 to 128 of `[A-Za-z0-9._-]`, not `.` or `..`: it is a segment of keys and policies as it stands.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Error;

            fn from_str(text: &str) -> Result<Self, Error> {
                check($what, text)?;
                Ok(Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

key_part!(
    /// A workspace, by its id.
    WorkspaceId,
    "workspace id"
);
key_part!(
    /// A segment of users, by its id.
    SegmentId,
    "segment id"
);

fn check(what: &str, text: &str) -> Result<(), Error> {
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let problem = if text.is_empty() {
        "is empty".to_owned()
    } else if text.len() > MAX_LENGTH {
        format!("has {} bytes; the limit is {MAX_LENGTH}", text.len())
    } else if text == "." || text == ".." {
        format!("`{text}` would be a path of its own")
    } else if let Some(c) = text.chars().find(|c| !sound(*c)) {
        format!(
            "`{}` has `{}` in it; letters, digits, `.`, `_` and `-` are fine",
            text.escape_debug(),
            c.escape_debug()
        )
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Invalid, format!("{what} {problem}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_place_in_a_key() {
        for text in [
            "",
            ".",
            "..",
            "a/b",
            "a*",
            "a b",
            "\u{fc}",
            "a\n",
            &"x".repeat(129),
        ] {
            assert!(text.parse::<SegmentId>().is_err(), "{text}");
            assert!(
                serde_json::from_value::<SegmentId>(text.into()).is_err(),
                "{text}"
            );
        }
        assert_eq!(
            "abc56c0c-rd4a".parse::<SegmentId>().unwrap().as_str(),
            "abc56c0c-rd4a"
        );
    }
}
