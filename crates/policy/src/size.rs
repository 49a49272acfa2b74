//! The size of a document as AWS counts it, and the quota of each kind of policy. Knows no content.

use crate::document::Document;
use crate::json::Position;
use crate::{Error, ErrorKind};

/// Where a document is used, which decides how it is counted and how large it may be
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PolicyKind {
    /// A managed policy: 6,144 characters without white space.
    Managed,
    /// All inline policies of a user together: 2,048 characters without white space.
    InlineUser,
    /// All inline policies of a group together: 5,120 characters without white space.
    InlineGroup,
    /// All inline policies of a role together: 10,240 characters without white space.
    InlineRole,
    /// A role's trust policy: 2,048 characters without white space (the quota can be raised to 4,096).
    Trust,
    /// A session policy: 2,048 characters, white space included. STS also limits a packed form that it alone can compute.
    Session,
    /// A bucket policy: 20 KB, counted in bytes as sent.
    Bucket,
    /// A service control policy: 5,120 characters as sent.
    ServiceControl,
    /// A resource control policy: 5,120 characters as sent.
    ResourceControl,
}

impl PolicyKind {
    /// The largest size AWS accepts, in the unit of [`size_of`](Self::size_of).
    pub fn quota(self) -> usize {
        match self {
            Self::Managed => 6_144,
            Self::InlineUser | Self::Trust | Self::Session => 2_048,
            Self::InlineGroup | Self::ServiceControl | Self::ResourceControl => 5_120,
            Self::InlineRole => 10_240,
            Self::Bucket => 20 * 1_024,
        }
    }

    /// The size of this text, as AWS counts it for this kind.
    ///
    /// "White space" is what stands between JSON tokens and inside strings alike: IAM's quotas count neither.
    pub fn size_of(self, text: &str) -> usize {
        match self {
            Self::Managed | Self::InlineUser | Self::InlineGroup | Self::InlineRole | Self::Trust => text
                .chars()
                .filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'))
                .count(),
            Self::Session | Self::ServiceControl | Self::ResourceControl => text.chars().count(),
            Self::Bucket => text.len(),
        }
    }

    /// Whether the document fits when it is sent as [`Document::to_json`] writes it.
    ///
    /// # Errors
    /// [`ErrorKind::TooLarge`] with the size and the quota.
    pub fn check(self, document: &Document) -> Result<(), Error> {
        let (size, quota) = (self.size_of(&document.to_json()), self.quota());
        if size <= quota {
            return Ok(());
        }
        let message = format!(
            "the policy has {size} characters, {} more than the {quota} allowed",
            size - quota
        );
        Err(Error::new(ErrorKind::TooLarge, message).at("", None::<Position>))
    }
}
