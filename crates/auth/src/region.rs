//! A region's name. Knows nothing of endpoints.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The name of a region: `eu-central-1`, or what another store calls its own.
///
/// 1 to 63 letters, digits and hyphens, neither first nor last a hyphen: it becomes a label of a host name.
///
/// ```
/// use bucketline_auth::Region;
///
/// let region: Region = "us-gov-west-1".parse()?;
/// assert_eq!(region.partition(), "aws-us-gov");
/// assert!("eu-central-1 ".parse::<Region>().is_err());
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Region(String);

impl Region {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that a region of this name belongs to, as ARNs write it; `aws` for any name AWS does not use.
    ///
    /// The prefixes are those of the SDK's own endpoint rules (`partitions.json`).
    #[must_use]
    pub fn partition(&self) -> &'static str {
        const PREFIXES: [(&str, &str); 7] = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("us-iso-", "aws-iso"),
            ("us-isob-", "aws-iso-b"),
            ("eu-isoe-", "aws-iso-e"),
            ("us-isof-", "aws-iso-f"),
            ("eusc-", "aws-eusc"),
        ];
        PREFIXES
            .iter()
            .find(|(prefix, _)| self.0.starts_with(prefix))
            .map_or("aws", |(_, partition)| partition)
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for Region {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let valid = (1..=63).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-');
        if valid {
            Ok(Self(text))
        } else {
            Err(Error::invalid(format!("region `{text}` is not a region's name"))
                .with_remedy("write it like `eu-central-1`: letters, digits and hyphens"))
        }
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.0
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_follow_the_prefix() {
        for (region, partition) in [
            ("us-east-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eusc-de-east-1", "aws-eusc"),
            ("garage", "aws"),
        ] {
            assert_eq!(
                region.parse::<Region>().unwrap().partition(),
                partition,
                "{region}"
            );
        }
    }

    #[test]
    fn a_name_that_cannot_be_part_of_a_host_is_refused() {
        for text in ["", "-a", "a-", "eu central", "eu_central_1", "é", "a.b", "a/b"] {
            assert!(text.parse::<Region>().is_err(), "{text}");
        }
    }
}
