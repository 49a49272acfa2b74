//! What requests name as their bucket: the bucket itself, or an access point before it. It must not know whether that exists.

use std::fmt;
use std::str::FromStr;

use crate::{BucketName, Error, Region};

/// A bucket as requests name it.
///
/// ```
/// use bucketline_sink::BucketAddress;
///
/// let bucket: BucketAddress = "acme-events".parse()?;
/// assert!(bucket.access_point().is_none());
/// let point: BucketAddress = "arn:aws:s3:eu-central-1:111122223333:accesspoint/export".parse()?;
/// let region = point.access_point().and_then(|point| point.region()).expect("in its ARN");
/// assert_eq!(region.as_str(), "eu-central-1");
/// assert!("arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap".parse::<BucketAddress>().is_err());
/// # Ok::<(), bucketline_sink::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a bucket is named, or an access point before it"
)]
pub enum BucketAddress {
    /// The bucket's own name.
    Name(BucketName),
    /// An access point, which has policies of its own.
    AccessPoint(AccessPoint),
}

/// An access point before a general purpose bucket, by its ARN or by the alias that AWS made for it.
///
/// Access points of several regions, of directory buckets, of Outposts and of Object Lambda are refused by name: conditional
/// writes, consistency or contents differ there.
///
/// Source: [access point names, ARNs and
/// aliases](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccessPoint {
    text: String,
    /// In the ARN alone.
    region: Option<Region>,
}

impl BucketAddress {
    /// Checks `text` and makes it an address.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: it is neither a bucket's name nor an access point; the message says why.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let arn = text.starts_with("arn:") && !text.starts_with("arn:aws:s3:::");
        if arn || text.ends_with(ALIAS) {
            AccessPoint::parse(text).map(Self::AccessPoint)
        } else {
            BucketName::parse(text).map(Self::Name)
        }
    }

    /// As requests name it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::AccessPoint(point) => point.as_str(),
        }
    }

    /// The access point, where it is one.
    #[must_use]
    pub const fn access_point(&self) -> Option<&AccessPoint> {
        match self {
            Self::Name(_) => None,
            Self::AccessPoint(point) => Some(point),
        }
    }
}

/// What the alias of an access point before a general purpose bucket ends in.
const ALIAS: &str = "-s3alias";

impl AccessPoint {
    /// Checks `text`, an ARN or an alias.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `NotApplied`: it is neither, or one that is not supported; the message says why.
    pub fn parse(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        let region = if text.starts_with("arn:") {
            region_of(&text).map(Some)
        } else {
            alias_fault(&text).map_or(Ok(None), Err)
        };
        match region {
            Ok(region) => Ok(Self { text, region }),
            Err(fault) => {
                let shown: String = text.chars().filter(|c| !c.is_control()).take(120).collect();
                Err(Error::invalid(format!(
                    "`{shown}` is not an access point that can be used: {fault}"
                )))
            }
        }
    }

    /// The ARN or the alias.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The region, which stands in an ARN and in no alias.
    #[must_use]
    pub const fn region(&self) -> Option<&Region> {
        self.region.as_ref()
    }

    /// Whether it is named by its ARN.
    #[must_use]
    pub const fn is_arn(&self) -> bool {
        self.region.is_some()
    }
}

/// The region of `arn:partition:s3:region:account:accesspoint/name`, or what is wrong with it.
fn region_of(arn: &str) -> Result<Region, &'static str> {
    let mut parts = arn.splitn(6, ':').skip(2);
    let mut next = || parts.next().unwrap_or_default();
    let (service, region, account, resource) = (next(), next(), next(), next());
    match service {
        "s3" => {}
        "s3express" => return Err("those of directory buckets are not supported"),
        "s3-outposts" => return Err("those of Outposts are not supported"),
        "s3-object-lambda" => return Err("those of Object Lambda change what is read"),
        _ => return Err("it is not of S3"),
    }
    let name = ["accesspoint/", "accesspoint:"]
        .iter()
        .find_map(|kind| resource.strip_prefix(kind))
        .ok_or("its ARN looks like `arn:aws:s3:eu-central-1:111122223333:accesspoint/name`")?;
    if region.is_empty() || name.ends_with(".mrap") {
        return Err(
            "multi-region access points are not supported: what was written in one region is read late in another",
        );
    }
    let sound = |text: &str| {
        let bytes_are = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        (3..=50).contains(&text.len())
            && text.bytes().all(bytes_are)
            && !text.starts_with('-')
            && !text.ends_with('-')
    };
    let region = region.parse().map_err(|_| "its region is not one")?;
    if account.len() != 12 || !account.bytes().all(|b| b.is_ascii_digit()) {
        return Err("its account has to have 12 digits");
    }
    if !sound(name) {
        return Err("its name has 3 to 50 lower-case letters, digits and `-`, and nothing behind it");
    }
    Ok(region)
}

/// An alias is made by AWS, of what a bucket's name may have, but for its end.
fn alias_fault(text: &str) -> Option<&'static str> {
    let sound = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !text.ends_with(ALIAS) {
        return Some("an alias ends in `-s3alias`");
    }
    if !(20..=63).contains(&text.len()) || !text.bytes().all(sound) || text.starts_with('-') {
        return Some("an alias has up to 63 lower-case letters, digits and `-`");
    }
    None
}

impl From<BucketName> for BucketAddress {
    fn from(name: BucketName) -> Self {
        Self::Name(name)
    }
}

impl From<AccessPoint> for BucketAddress {
    fn from(point: AccessPoint) -> Self {
        Self::AccessPoint(point)
    }
}

impl FromStr for BucketAddress {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for BucketAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for AccessPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_before_one_bucket_in_one_region_is_taken() {
        for (text, region) in [
            (
                "arn:aws:s3:eu-central-1:111122223333:accesspoint/export",
                Some("eu-central-1"),
            ),
            (
                "arn:aws-cn:s3:cn-north-1:111122223333:accesspoint:export-2",
                Some("cn-north-1"),
            ),
            ("export-abcdefghijklmnopqrstuvwxyz012345use1a-s3alias", None),
        ] {
            let address = BucketAddress::parse(text).unwrap();
            let point = address.access_point().unwrap();
            assert_eq!(
                (point.as_str(), point.region().map(Region::as_str)),
                (text, region)
            );
        }
        assert_eq!(BucketAddress::parse("acme-events").unwrap().access_point(), None);
    }

    #[test]
    fn what_differs_is_refused_by_its_name() {
        for (text, why) in [
            (
                "arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap",
                "multi-region",
            ),
            ("mfzwi23gnjvgw.mrap", "multi-region"),
            (
                "arn:aws:s3express:us-west-2:111122223333:accesspoint/a--usw2-az1--xa-s3",
                "directory buckets",
            ),
            ("acme--usw2-az1--x-s3", "directory buckets"),
            ("export--usw2-az1--xa-s3", "directory buckets"),
            (
                "arn:aws:s3-outposts:us-west-2:111122223333:outpost/op-1/accesspoint/a",
                "Outposts",
            ),
            (
                "arn:aws:s3-object-lambda:us-west-2:111122223333:accesspoint/a",
                "Object Lambda",
            ),
            ("export-abcdefghijklmnopqrstuv--ol-s3", "Object Lambda"),
            ("arn:aws:s3:::acme-events", "not its ARN"),
            (
                "arn:aws:s3:eu-central-1:111122223333:accesspoint/export/object/a",
                "nothing behind it",
            ),
            ("arn:aws:s3:eu-central-1:1111:accesspoint/export", "12 digits"),
            ("arn:aws:s3:Nowhere!:111122223333:accesspoint/export", "region"),
            ("arn:aws:iam::111122223333:role/export", "not of S3"),
            ("arn:aws:s3:eu-central-1:111122223333:bucket/export", "looks like"),
            ("Export-s3alias", "lower-case"),
        ] {
            let said = BucketAddress::parse(text).unwrap_err().to_string();
            assert!(said.contains(why), "{text}: {said}");
        }
    }
}
