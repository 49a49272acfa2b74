//! Amazon Resource Names: six fields, split at the first five colons. Knows no service's own resource syntax.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AccountId, Error, Partition};

/// An ARN, `arn:partition:service:region:account:resource`, with or without wildcards.
///
/// Region and account may be empty; the resource may contain further colons and slashes. At most 2,048 bytes.
///
/// ```
/// use bucketline_policy::Arn;
/// let arn: Arn = "arn:aws:iam::123456789012:role/export/Currents".parse()?;
/// assert_eq!((arn.service(), arn.region(), arn.resource()), ("iam", "", "role/export/Currents"));
/// assert_eq!(arn.account().map(|a| a.to_string()).as_deref(), Some("123456789012"));
/// assert!(!arn.has_wildcard());
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Arn(Box<str>);

const MAX_BYTES: usize = 2_048;

impl Arn {
    /// For ARNs put together from parts that are already checked.
    pub(crate) fn known(text: String) -> Self {
        Self(text.into())
    }

    /// The whole ARN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition; a wildcard or an unknown word gives what stands there.
    pub fn partition(&self) -> &str {
        self.field(1)
    }

    /// The service, such as `s3`.
    pub fn service(&self) -> &str {
        self.field(2)
    }

    /// The region, empty where the service has none in its ARNs.
    pub fn region(&self) -> &str {
        self.field(3)
    }

    /// The account field as text: empty, twelve digits, a wildcard, or a word such as `aws`.
    pub fn account_field(&self) -> &str {
        self.field(4)
    }

    /// The account, when the field holds twelve digits.
    pub fn account(&self) -> Option<AccountId> {
        self.field(4).parse().ok()
    }

    /// Everything after the fifth colon.
    pub fn resource(&self) -> &str {
        self.field(5)
    }

    /// Whether `*` or `?` occurs anywhere.
    pub fn has_wildcard(&self) -> bool {
        self.0.contains(['*', '?'])
    }

    fn field(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }
}

impl FromStr for Arn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |rule: &str| {
            Err(Error::name(format!(
                "`{}` is not an ARN: {rule}",
                shortened(text)
            )))
        };
        if text.len() > MAX_BYTES {
            return wrong("it is longer than 2,048 bytes");
        }
        if text.chars().any(char::is_control) {
            return wrong("it contains a control character");
        }
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        let [prefix, partition, service, _region, _account, resource] = fields.as_slice() else {
            return wrong("it needs six fields separated by colons");
        };
        if *prefix != "arn" {
            return wrong("it must begin with `arn:`");
        }
        if !partition.contains(['*', '?']) && partition.parse::<Partition>().is_err() {
            return wrong("the second field must be a partition such as `aws`");
        }
        if service.is_empty() {
            return wrong("the third field must name a service");
        }
        if resource.is_empty() {
            return wrong("the sixth field must name a resource");
        }
        Ok(Self(text.into()))
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 80 {
        text.to_owned()
    } else {
        text.chars().take(77).chain("...".chars()).collect()
    }
}

impl TryFrom<String> for Arn {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Arn> for String {
    fn from(arn: Arn) -> Self {
        arn.0.into()
    }
}

impl AsRef<str> for Arn {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
