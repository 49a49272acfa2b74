//! The closed worlds of AWS: an ARN of one partition never names anything in another. Knows no service.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Error;

/// The second field of an ARN: `aws`, `aws-cn`, `aws-us-gov`, one of the isolated partitions, or the word that an
/// S3-compatible store uses in its own ARNs.
///
/// ```
/// use bucketline_policy::Partition;
/// assert_eq!(Partition::default().as_str(), "aws");
/// let china: Partition = "aws-cn".parse()?;
/// assert_eq!(china.dns_suffix(), "amazonaws.com.cn");
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Partition(Name);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Name {
    Known(&'static str),
    Other(Box<str>),
}

/// Partitions with the suffix of their service endpoints
/// (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>, botocore's
/// `partitions.json`).
const KNOWN: [(&str, &str); 8] = [
    ("aws", "amazonaws.com"),
    ("aws-cn", "amazonaws.com.cn"),
    ("aws-us-gov", "amazonaws.com"),
    ("aws-iso", "c2s.ic.gov"),
    ("aws-iso-b", "sc2s.sgov.gov"),
    ("aws-iso-e", "cloud.adc-e.uk"),
    ("aws-iso-f", "csp.hci.ic.gov"),
    ("aws-eusc", "amazonaws.eu"),
];

impl Partition {
    /// The commercial partition, `aws`.
    pub const AWS: Self = Self(Name::Known("aws"));
    /// The Chinese regions, `aws-cn`.
    pub const AWS_CN: Self = Self(Name::Known("aws-cn"));
    /// `GovCloud` (US), `aws-us-gov`.
    pub const AWS_US_GOV: Self = Self(Name::Known("aws-us-gov"));

    /// The word as it stands in an ARN.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Name::Known(name) => name,
            Name::Other(name) => name,
        }
    }

    /// The ends of service host names, of all partitions.
    pub(crate) fn dns_suffixes() -> impl Iterator<Item = &'static str> {
        KNOWN.iter().map(|(_, suffix)| *suffix)
    }

    /// Whether this is one of AWS's own partitions.
    pub fn is_aws(&self) -> bool {
        matches!(self.0, Name::Known(_))
    }

    /// The end of service host names in this partition (`amazonaws.com` where the partition is not AWS's).
    pub fn dns_suffix(&self) -> &'static str {
        let found = KNOWN.iter().find(|(name, _)| *name == self.as_str());
        found.map_or("amazonaws.com", |(_, suffix)| suffix)
    }
}

impl Default for Partition {
    fn default() -> Self {
        Self::AWS
    }
}

impl FromStr for Partition {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some((name, _)) = KNOWN.iter().find(|(name, _)| *name == text) {
            return Ok(Self(Name::Known(name)));
        }
        let valid = !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !valid {
            return Err(Error::name(format!(
                "`{text}` is not a partition: `aws`, `aws-cn` or `aws-us-gov`"
            )));
        }
        Ok(Self(Name::Other(text.into())))
    }
}

impl TryFrom<String> for Partition {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> Self {
        partition.as_str().to_owned()
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
