//! What is to be there when all is done: the desired state of a customer's side, checked as it is made.
//! Knows nothing of what is there.

mod description;
mod encryption;

pub use bucketline_policy::exporter::template::Integration;
pub use description::Description;
pub use encryption::BucketEncryption;

use bucketline_auth::{AccountId, Error, ErrorKind, ExternalId, Region};
use bucketline_policy::exporter::template::{ExportScope, TrustOptions, least_privilege, trust_policy};
use bucketline_policy::{Arn, BucketName, Document, Partition, PolicyKind};

use crate::iam::{IamName, IamPath};

/// The key of the tag that marks what is ours. Its value is the name of the set-up.
pub const TAG: &str = "bucketline:setup";
/// The key of the tag that a user or role bears whose set-up makes a bucket: it tells a bucket that was made, and not
/// tagged yet when its maker was stopped, from one that somebody else made.
pub(crate) const MAKES_BUCKET: &str = "bucketline:makes-bucket";
/// The path of the users and roles that are made.
const PATH: &str = "/bucketline/";
/// The name of the one policy that they have.
const POLICY: &str = "bucketline-delivery";
/// Days after which parts of an upload that was never completed are removed.
pub(crate) const UNFINISHED_UPLOADS_DAYS: i32 = 7;
/// The name of the rule that does it.
pub(crate) const UNFINISHED_UPLOADS_RULE: &str = "bucketline-unfinished-uploads";

/// Who a customer's role trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Vendor {
    /// The vendor's account: the vendor says which of its own may come.
    Account(AccountId),
    /// One role of the vendor's.
    Principal(Arn),
}

/// How the vendor gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// An IAM user with an access key.
    User,
    /// A role that the vendor assumes with an external ID.
    Role {
        /// Who may.
        vendor: Vendor,
        /// The ID that the vendor made for this customer.
        external_id: ExternalId,
    },
}

/// A customer's side as it is to be: a bucket, and a user or role that may deliver into folders of it.
///
/// ```
/// use bucketline_provision::{Integration, Method, Setup};
///
/// let setup = Setup::builder("acme-events".parse()?, "eu-central-1".parse()?)
///     .method(Method::User)
///     .integration(Integration::Currents)
///     .folder("currents")
///     .build()?;
/// assert_eq!(setup.name().as_str(), "bucketline-acme-events");
/// assert!(setup.policy().to_json().contains("acme-events/currents/*"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Setup {
    name: IamName,
    path: IamPath,
    policy_name: IamName,
    bucket: BucketName,
    region: Region,
    partition: Partition,
    folders: Vec<String>,
    integration: Integration,
    method: Method,
    encryption: BucketEncryption,
    description: Description,
    policy: Document,
    trust: Option<Document>,
}

impl Setup {
    /// A set-up for a bucket in a region.
    #[must_use]
    pub fn builder(bucket: BucketName, region: Region) -> SetupBuilder {
        SetupBuilder {
            bucket,
            region,
            method: Method::User,
            integration: Integration::Currents,
            folders: Vec::new(),
            name: None,
            description: Description::default(),
            encryption: BucketEncryption::S3Keys,
        }
    }

    /// The name of the user or role, and of the set-up.
    #[must_use]
    pub fn name(&self) -> &IamName {
        &self.name
    }

    /// The path before that name.
    #[must_use]
    pub fn path(&self) -> &IamPath {
        &self.path
    }

    /// The name of the inline policy.
    #[must_use]
    pub fn policy_name(&self) -> &IamName {
        &self.policy_name
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &BucketName {
        &self.bucket
    }

    /// The bucket's region.
    #[must_use]
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The partition of all that is made.
    #[must_use]
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The folders of Currents, without the fixed roots of data exports.
    #[must_use]
    pub fn folders(&self) -> &[String] {
        &self.folders
    }

    /// What is delivered.
    #[must_use]
    pub fn integration(&self) -> Integration {
        self.integration
    }

    /// How the vendor gets in.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// How the bucket encrypts.
    #[must_use]
    pub fn encryption(&self) -> &BucketEncryption {
        &self.encryption
    }

    /// What it is for, for people.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// What the user or role may do.
    #[must_use]
    pub fn policy(&self) -> &Document {
        &self.policy
    }

    /// Who may assume the role; none for a user.
    #[must_use]
    pub fn trust(&self) -> Option<&Document> {
        self.trust.as_ref()
    }
}

/// Options of a [`Setup`], checked together by [`build`](Self::build).
#[derive(Clone, Debug)]
pub struct SetupBuilder {
    bucket: BucketName,
    region: Region,
    method: Method,
    integration: Integration,
    folders: Vec<String>,
    name: Option<IamName>,
    description: Description,
    encryption: BucketEncryption,
}

impl SetupBuilder {
    /// How the vendor gets in: a user unless set.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// What is delivered: Currents unless set.
    #[must_use]
    pub fn integration(self, integration: Integration) -> Self {
        Self { integration, ..self }
    }

    /// Adds a folder of Currents, without a slash at either end. `currents` where none is named.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<String>) -> Self {
        self.folders.push(folder.into());
        self
    }

    /// The name of the user or role: `bucketline-` and the bucket's unless set.
    #[must_use]
    pub fn name(self, name: IamName) -> Self {
        Self {
            name: Some(name),
            ..self
        }
    }

    /// What it is for, for people.
    #[must_use]
    pub fn description(self, description: Description) -> Self {
        Self { description, ..self }
    }

    /// How the bucket encrypts by default: with S3's own keys unless set.
    #[must_use]
    pub fn encryption(self, encryption: BucketEncryption) -> Self {
        Self { encryption, ..self }
    }

    /// The set-up, if all of it can be.
    ///
    /// # Errors
    ///
    /// [`InvalidConfig`](ErrorKind::InvalidConfig) where a folder is not one, the vendor's principal is not a role, its
    /// partition or the KMS key's region is not the bucket's, or the policy is larger than IAM takes.
    pub fn build(self) -> Result<Setup, Error> {
        let partition: Partition = self.region.partition().parse().map_err(wrong)?;
        let currents = self.integration != Integration::DataExport;
        let mut folders = self.folders;
        if currents && folders.is_empty() {
            folders.push("currents".to_owned());
        }
        if !currents && !folders.is_empty() {
            return Err(
                invalid("data exports have fixed roots, and no folder of one's choice")
                    .with_remedy("leave out the folders, or set up `both`"),
            );
        }
        let mut scope = ExportScope::new(self.bucket.clone()).partition(partition.clone());
        for folder in &folders {
            scope = scope.folder(folder.clone());
        }
        if self.integration != Integration::Currents {
            scope = scope.data_export();
        }
        if let BucketEncryption::Kms(key) = &self.encryption {
            if key.region() != self.region.as_str() {
                return Err(invalid(format!(
                    "the KMS key `{key}` is not in the bucket's region `{}`",
                    self.region.as_str()
                ))
                .with_remedy("S3 encrypts with keys of the bucket's own region: name one of those"));
            }
            scope = scope.kms_key(key.clone());
        }
        let policy = least_privilege(&scope).map_err(wrong)?;
        let (kind, trust) = match &self.method {
            Method::User => (PolicyKind::InlineUser, None),
            Method::Role { vendor, external_id } => {
                let options = match vendor {
                    Vendor::Account(account) => {
                        TrustOptions::account(*account, external_id.as_str()).partition(partition.clone())
                    }
                    Vendor::Principal(arn) if arn.partition() != partition.as_str() => {
                        return Err(invalid(format!(
                            "the vendor's role `{arn}` is of another partition than the bucket, which is in `{partition}`"
                        )));
                    }
                    Vendor::Principal(arn) => TrustOptions::role(arn.clone(), external_id.as_str()),
                };
                let trust = trust_policy(&options).map_err(wrong)?;
                PolicyKind::Trust.check(&trust).map_err(wrong)?;
                (PolicyKind::InlineRole, Some(trust))
            }
        };
        kind.check(&policy).map_err(|error| {
            wrong(error)
                .with_remedy("name fewer folders, or their common parent, or use a role, which has more room")
        })?;
        let name = match self.name {
            Some(name) => name,
            None => name_for(&self.bucket)?,
        };
        Ok(Setup {
            name,
            path: PATH.parse()?,
            policy_name: POLICY.parse()?,
            bucket: self.bucket,
            region: self.region,
            partition,
            folders,
            integration: self.integration,
            method: self.method,
            encryption: self.encryption,
            description: self.description,
            policy,
            trust,
        })
    }
}

/// A bucket's name may be almost as long as IAM's names.
fn name_for(bucket: &BucketName) -> Result<IamName, Error> {
    let name: String = format!("bucketline-{bucket}").chars().take(64).collect();
    name.parse()
}

fn invalid(what: impl Into<String>) -> Error {
    Error::new(ErrorKind::InvalidConfig, what)
}

fn wrong(error: bucketline_policy::Error) -> Error {
    invalid(error.to_string())
}

#[cfg(test)]
mod tests;
