//! The name of a role in an account. Knows the grammar of IAM's role ARNs, and nothing of who may assume one.

use std::fmt;
use std::str::FromStr;

use bucketline_policy::{AccountId, Arn};
use serde::{Deserialize, Serialize};

use crate::{Error, Region};

/// The ARN of an IAM role: `arn:aws:iam::111122223333:role/path/name`.
///
/// Account, path (printable ASCII, at most 512) and name (1 to 64 of `[A-Za-z0-9_+=,.@-]`) are checked, as
/// [IAM names them]; what people paste instead (a user, the ARN of a session, the root) is refused with a hint.
///
/// [IAM names them]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
///
/// ```
/// use bucketline_auth::RoleArn;
///
/// let role: RoleArn = "arn:aws:iam::111122223333:role/vendors/export".parse()?;
/// assert_eq!(role.account().as_str(), "111122223333");
/// assert_eq!((role.path(), role.name()), ("/vendors/", "export"));
///
/// let error = "arn:aws:sts::111122223333:assumed-role/export/me".parse::<RoleArn>().unwrap_err();
/// assert!(error.to_string().contains("arn:aws:iam::111122223333:role/export"));
/// # Ok::<(), bucketline_auth::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleArn {
    arn: Arn,
    account: AccountId,
}

impl RoleArn {
    /// The whole ARN as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.arn.as_str()
    }

    /// The whole ARN.
    #[must_use]
    pub fn as_arn(&self) -> &Arn {
        &self.arn
    }

    /// The account that the role belongs to.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The partition: `aws`, `aws-cn`, `aws-us-gov` and so on.
    #[must_use]
    pub fn partition(&self) -> &str {
        self.arn.partition()
    }

    /// The path, which begins and ends with a slash; `/` where there is none.
    #[must_use]
    pub fn path(&self) -> &str {
        let resource = self.resource();
        let end = resource.rfind('/').unwrap_or_default();
        resource.get(..=end).unwrap_or("/")
    }

    /// The role's name, without its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.resource().rsplit('/').next().unwrap_or_default()
    }

    /// Checks that sessions of this role can be had from STS in `region`: credentials never cross a partition.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](crate::ErrorKind::InvalidConfig), naming both partitions, where they differ.
    pub fn check_region(&self, region: &Region) -> Result<(), Error> {
        if self.partition() == region.partition() {
            return Ok(());
        }
        Err(Error::invalid(format!(
            "the role is in partition `{}`, region `{region}` in `{}`: credentials do not cross partitions",
            self.partition(),
            region.partition()
        ))
        .with_subject(format!("role `{self}`"))
        .with_remedy("use a region and a caller of the role's own partition"))
    }

    /// With the slash before the path: `/vendors/export`.
    fn resource(&self) -> &str {
        self.arn.resource().strip_prefix("role").unwrap_or_default()
    }
}

impl FromStr for RoleArn {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        const FORM: &str = "write it like `arn:aws:iam::111122223333:role/name`";
        let wrong = |what: &str| Error::invalid(format!("role ARN `{text}` {what}"));
        let arn: Arn = text
            .parse()
            .map_err(|error: bucketline_policy::Error| Error::invalid(error.to_string()).with_remedy(FORM))?;
        if let Some((account, role)) = session_of(&arn) {
            return Err(wrong("names a session, not a role").with_remedy(format!(
                "use the role's own ARN, which is `arn:{}:iam::{account}:role/{role}` unless the role has a path",
                arn.partition()
            )));
        }
        if arn.service() != "iam" || !arn.region().is_empty() {
            return Err(wrong("is not one of IAM").with_remedy(FORM));
        }
        let account = arn
            .account()
            .ok_or_else(|| wrong("has no account id of twelve digits").with_remedy(FORM))?;
        let Some(path_and_name) = arn.resource().strip_prefix("role/") else {
            let kind = arn.resource().split('/').next().unwrap_or_default();
            return Err(wrong(&format!("names a `{kind}`, not a role")).with_remedy(FORM));
        };
        let name_char = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
        let (path, name) = path_and_name.rsplit_once('/').unwrap_or(("", path_and_name));
        if !(1..=64).contains(&name.len()) || !name.chars().all(name_char) {
            return Err(wrong("has no valid role name").with_remedy(
                "a role's name has 1 to 64 letters, digits and `_+=,.@-`; wildcards cannot be assumed",
            ));
        }
        // The two slashes around the path count towards IAM's 512.
        let path_char = |c: char| c.is_ascii_graphic() && !"*?".contains(c);
        if path.len() > 510 || !path.chars().all(path_char) || path.split('/').skip(1).any(str::is_empty) {
            return Err(wrong("has no valid path").with_remedy(FORM));
        }
        Ok(Self { arn, account })
    }
}

impl TryFrom<String> for RoleArn {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<RoleArn> for String {
    fn from(role: RoleArn) -> Self {
        role.as_str().to_owned()
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Account and role name of a session's ARN, which the console and `GetCallerIdentity` show.
fn session_of(arn: &Arn) -> Option<(AccountId, &str)> {
    let rest = arn.resource().strip_prefix("assumed-role/")?;
    Some((arn.account()?, rest.split('/').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_paste_instead_is_named() {
        for (text, expected) in [
            ("arn:aws:iam::111122223333:user/export", "names a `user`"),
            ("arn:aws:iam::111122223333:root", "names a `root`"),
            (
                "arn:aws:sts::111122223333:assumed-role/export/me",
                "names a session",
            ),
            ("arn:aws:s3:::acme-events", "not one of IAM"),
            ("arn:aws:iam::1111:role/export", "twelve digits"),
            ("arn:aws:iam::111122223333:role/", "role name"),
            ("arn:aws:iam::111122223333:role/*", "role name"),
            ("arn:aws:iam::111122223333:role/a//b", "path"),
            ("export", "write it like"),
            ("", "write it like"),
        ] {
            let error = text.parse::<RoleArn>().unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }

    #[test]
    fn a_role_of_another_partition_is_refused_before_any_call() {
        let role: RoleArn = "arn:aws-cn:iam::111122223333:role/export".parse().unwrap();
        assert!(role.check_region(&"cn-north-1".parse().unwrap()).is_ok());
        let error = role
            .check_region(&"eu-central-1".parse().unwrap())
            .unwrap_err()
            .to_string();
        assert!(error.contains("`aws-cn`") && error.contains("`aws`"), "{error}");
    }

    #[test]
    fn a_role_without_a_path_has_the_path_slash() {
        let role: RoleArn = "arn:aws:iam::111122223333:role/export".parse().unwrap();
        assert_eq!((role.path(), role.name()), ("/", "export"));
    }
}
