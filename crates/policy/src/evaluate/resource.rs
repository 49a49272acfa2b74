//! What a request acts on, cut into the fields of its ARN. Knows no pattern.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::{AccountId, Arn, BucketName};

/// What a request acts on: an ARN, or `*` for actions that have no resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    text: Box<str>,
    /// Ends of the first five fields, when the text is an ARN.
    colons: Option<[usize; 5]>,
}

impl Resource {
    /// For actions without a resource type, such as `s3:ListAllMyBuckets`.
    pub fn any() -> Self {
        Self {
            text: "*".into(),
            colons: None,
        }
    }

    /// The ARN, or `*`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Fields 0 to 5 of the ARN; `None` when the text is not one.
    pub(super) fn field(&self, index: usize) -> Option<&str> {
        let colons = self.colons.as_ref()?;
        let start = match index.checked_sub(1) {
            None => 0,
            Some(before) => colons.get(before)? + 1,
        };
        let end = colons.get(index).copied().unwrap_or(self.text.len());
        self.text.get(start..end)
    }

    pub(crate) fn is_arn(&self) -> bool {
        self.colons.is_some()
    }

    /// The ARN of the access point of S3 that it is, or lies behind.
    pub(super) fn access_point(&self) -> Option<&str> {
        let (name, _) = self.within_access_point()?;
        let start = self.text.len() - self.field(5)?.len();
        self.text.get(..start + "accesspoint/".len() + name.len())
    }

    /// The same in the bucket itself.
    pub(super) fn behind(&self, bucket: &BucketName) -> Option<Self> {
        let (_, key) = self.within_access_point()?;
        let partition = self.field(1)?;
        Some(match key {
            Some(key) => format!("arn:{partition}:s3:::{bucket}/{key}").into(),
            None => format!("arn:{partition}:s3:::{bucket}").into(),
        })
    }

    /// The name of an access point and the key of an object behind it
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html>).
    fn within_access_point(&self) -> Option<(&str, Option<&str>)> {
        let is_of_s3 = self.field(2) == Some("s3");
        let rest = self.field(5)?.strip_prefix("accesspoint/").filter(|_| is_of_s3)?;
        match rest.split_once('/') {
            None => Some((rest, None)),
            Some((name, rest)) => Some((name, Some(rest.strip_prefix("object/")?))),
        }
    }

    /// The account that the ARN names.
    pub fn account(&self) -> Option<AccountId> {
        self.field(4)?.parse().ok()
    }
}

impl FromStr for Resource {
    type Err = Infallible;

    /// Never fails: a text that is no ARN is matched by `*` alone.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text.into())
    }
}

impl From<&str> for Resource {
    fn from(text: &str) -> Self {
        let mut colons = [0; 5];
        let mut found = text.match_indices(':').map(|(at, _)| at);
        let complete = colons.iter_mut().all(|place| match found.next() {
            Some(at) => {
                *place = at;
                true
            }
            None => false,
        });
        let is_arn = complete && text.starts_with("arn:");
        Self {
            text: text.into(),
            colons: is_arn.then_some(colons),
        }
    }
}

impl From<String> for Resource {
    fn from(text: String) -> Self {
        text.as_str().into()
    }
}

impl From<&Arn> for Resource {
    fn from(arn: &Arn) -> Self {
        arn.as_str().into()
    }
}

impl From<Arn> for Resource {
    fn from(arn: Arn) -> Self {
        arn.as_str().into()
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
