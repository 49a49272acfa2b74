//! The names of things in a configuration: connectors and workspaces, parsed once. Knows nothing of what they configure.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The id of a connector: 24 lower-case hexadecimal digits. It is part of every object's key, and is never used again
/// for another connector.
///
/// ```
/// use bucketline_connector::ConnectorId;
///
/// let id: ConnectorId = "5f1e0c2ab7d94e00a1b2c3d4".parse()?;
/// assert_eq!(id.as_str(), "5f1e0c2ab7d94e00a1b2c3d4");
/// assert!("5F1E0C2AB7D94E00A1B2C3D4".parse::<ConnectorId>().is_err(), "upper case");
/// # Ok::<(), bucketline_connector::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectorId(Arc<str>);

impl ConnectorId {
    /// How many digits an id has.
    pub const LENGTH: usize = 24;

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConnectorId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == Self::LENGTH && digits {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId {
                what: "connector id",
                rule: "24 lower-case hexadecimal digits",
                found: shown(text),
            })
        }
    }
}

impl fmt::Display for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ConnectorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectorId({})", self.0)
    }
}

/// The id of a workspace, a tenant's space: 1 to 128 characters of `A-Z a-z 0-9 _ . -`.
///
/// ```
/// use bucketline_connector::WorkspaceId;
///
/// assert_eq!("acme".parse::<WorkspaceId>()?.as_str(), "acme");
/// assert!("two words".parse::<WorkspaceId>().is_err());
/// # Ok::<(), bucketline_connector::InvalidId>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkspaceId(Arc<str>);

impl WorkspaceId {
    /// The longest id, in bytes.
    pub const MAX_LENGTH: usize = 128;

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for WorkspaceId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'));
        if (1..=Self::MAX_LENGTH).contains(&text.len()) && plain {
            Ok(Self(text.into()))
        } else {
            Err(InvalidId {
                what: "workspace id",
                rule: "1 to 128 characters of `A-Z a-z 0-9 _ . -`",
                found: shown(text),
            })
        }
    }
}

impl std::borrow::Borrow<str> for WorkspaceId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WorkspaceId({})", self.0)
    }
}

/// A text that is no [`ConnectorId`] or [`WorkspaceId`], and the rule that it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no {what}: expected {rule}")]
pub struct InvalidId {
    what: &'static str,
    rule: &'static str,
    found: String,
}

/// The beginning of a refused text: enough to recognise it in one line.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(64).flat_map(char::escape_default).collect();
    if text.chars().nth(64).is_some() {
        shown.push_str("...");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connector_id_is_24_lower_case_digits() {
        assert!("0123456789abcdef01234567".parse::<ConnectorId>().is_ok());
        for wrong in [
            "",
            "0123456789abcdef0123456",
            "0123456789abcdef012345678",
            "0123456789abcdeg01234567",
        ] {
            assert!(wrong.parse::<ConnectorId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_workspace_id_has_bounds() {
        assert!("a".repeat(128).parse::<WorkspaceId>().is_ok());
        for wrong in [String::new(), "a".repeat(129), "a/b".into(), "é".into()] {
            assert!(wrong.parse::<WorkspaceId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_error_quotes_no_control_characters_and_is_short() {
        let error = format!("\n{}", "x".repeat(500))
            .parse::<WorkspaceId>()
            .unwrap_err()
            .to_string();
        assert!(error.contains("`\\nxxx") && error.len() < 200, "{error}");
    }
}
