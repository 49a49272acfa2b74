//! What an integration needs, as statements: its calls, each with the resources and context that it is made in.

use super::template::folder::Folder;
use crate::document::{Document, Operator, Statement, Test};
use crate::permissions::{CallOption, Operation, Permission, Scope, required_permissions};
use crate::{Arn, BucketName, Error, Partition};

/// The calls of an integration and what they are made on.
///
/// ```
/// use bucketline_policy::exporter::Needs;
/// use bucketline_policy::{CallOption, Operation};
/// let needs = Needs::new("acme-events".parse()?)
///     .folder("currents")?
///     .call(Operation::PutObject, &[])
///     .call(Operation::ListObjectsV2, &[]);
/// # Ok::<(), bucketline_policy::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Needs {
    bucket: BucketName,
    partition: Partition,
    folders: Vec<Folder>,
    claims: bool,
    calls: Vec<(Operation, Vec<CallOption>)>,
    key: Option<Key>,
    role: Option<Arn>,
}

#[derive(Clone, Debug)]
enum Key {
    Named(Arn),
    OfBucket { region: String },
}

/// One permission that one call needs, as a statement that grants exactly it.
#[derive(Clone, Debug)]
pub(super) struct Need {
    pub(super) operation: Operation,
    pub(super) action: &'static str,
    pub(super) resource: String,
    pub(super) statement: Statement,
}

impl Needs {
    /// Nothing yet, of this bucket.
    pub fn new(bucket: BucketName) -> Self {
        Self {
            bucket,
            partition: Partition::AWS,
            folders: Vec::new(),
            claims: false,
            calls: Vec::new(),
            key: None,
            role: None,
        }
    }

    /// What an exporter calls: put, get and head objects, list, and ask for the bucket's region.
    #[must_use]
    pub fn exporter(self) -> Self {
        use Operation as O;
        [
            O::PutObject,
            O::GetObject,
            O::HeadObject,
            O::ListObjectsV2,
            O::GetBucketLocation,
        ]
        .into_iter()
        .fold(self, |needs, operation| needs.call(operation, &[]))
    }

    /// What uploads in parts call besides.
    #[must_use]
    pub fn multipart(self) -> Self {
        use Operation as O;
        [
            O::CreateMultipartUpload,
            O::UploadPart,
            O::CompleteMultipartUpload,
            O::AbortMultipartUpload,
            O::ListParts,
            O::ListMultipartUploads,
        ]
        .into_iter()
        .fold(self, |needs, operation| needs.call(operation, &[]))
    }

    /// Adds a call.
    #[must_use]
    pub fn call(mut self, operation: Operation, options: &[CallOption]) -> Self {
        self.calls.push((operation, options.to_vec()));
        self
    }

    /// Adds a folder, without a slash at either end. With folders, objects are needed and keys listed below these alone.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when the folder is not well formed.
    pub fn folder(mut self, folder: &str) -> Result<Self, Error> {
        self.folders.push(Folder::parse(folder)?);
        Ok(self)
    }

    /// Objects below `_bucketline/`, where the register of folders lies, are needed too. Nothing is listed there.
    #[must_use]
    pub fn claims(mut self) -> Self {
        self.claims = true;
        self
    }

    /// The partition of the bucket, `aws` unless set.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        self.partition = partition;
        self
    }

    /// All objects are encrypted with this key.
    #[must_use]
    pub fn kms_key(mut self, key: Arn) -> Self {
        self.key = Some(Key::Named(key));
        self
    }

    /// All objects are encrypted with some key in this region.
    #[must_use]
    pub fn kms_of_bucket(mut self, region: impl Into<String>) -> Self {
        self.key = Some(Key::OfBucket {
            region: region.into(),
        });
        self
    }

    /// The role that [`Operation::AssumeRole`] takes on.
    #[must_use]
    pub fn role(mut self, role: Arn) -> Self {
        self.role = Some(role);
        self
    }

    /// All needs, each once. Those of the same action and resource are the need of the first call that has it.
    pub(super) fn all(&self) -> Vec<Need> {
        let mut all: Vec<Need> = Vec::new();
        for (operation, options) in &self.calls {
            let mut options = options.clone();
            if self.key.is_some() && !options.contains(&CallOption::Kms) {
                options.push(CallOption::Kms);
            }
            for permission in required_permissions(*operation, &options) {
                for need in self.on(*operation, permission) {
                    if !all.iter().any(|known| known.statement == need.statement) {
                        all.push(need);
                    }
                }
            }
        }
        all
    }

    /// The needs as one document, which grants exactly them.
    pub(super) fn document(&self) -> Document {
        Document::new(self.all().into_iter().map(|need| need.statement).collect())
    }

    fn on(&self, operation: Operation, permission: Permission) -> Vec<Need> {
        let bucket = self.bucket.arn(&self.partition).to_string();
        let below = |text: &str| format!("{text}/*");
        let folders = || self.folders.iter().map(Folder::escaped);
        let mut places: Vec<(String, Option<(&str, String)>)> = Vec::new();
        match permission.scope {
            Scope::Object | Scope::SourceObject if self.folders.is_empty() => {
                places.push((below(&bucket), None))
            }
            Scope::Object | Scope::SourceObject => {
                places.extend(folders().map(|folder| (format!("{bucket}/{}", below(&folder)), None)));
                if self.claims {
                    places.push((format!("{bucket}/_bucketline/*"), None));
                }
            }
            // Its requests carry the prefix that is listed; those of `HeadBucket` do not.
            Scope::Bucket
                if permission.action == "s3:ListBucket"
                    && operation != Operation::HeadBucket
                    && !self.folders.is_empty() =>
            {
                places.extend(folders().map(|folder| (bucket.clone(), Some(("s3:prefix", below(&folder))))));
            }
            Scope::Bucket => places.push((bucket, None)),
            Scope::Key | Scope::SourceKey => {
                let (key, region) = match &self.key {
                    Some(Key::Named(key)) => (key.to_string(), key.region()),
                    Some(Key::OfBucket { region }) => (
                        format!("arn:{}:kms:{region}:*:key/*", self.partition),
                        region.as_str(),
                    ),
                    None => (format!("arn:{}:kms:*:*:key/*", self.partition), ""),
                };
                let via = (!region.is_empty()).then(|| {
                    (
                        "kms:ViaService",
                        format!("s3.{region}.{}", self.partition.dns_suffix()),
                    )
                });
                places.push((key, via));
            }
            Scope::Role => {
                let any = || format!("arn:{}:iam::*:role/*", self.partition);
                places.push((self.role.as_ref().map_or_else(any, Arn::to_string), None));
            }
            // AWS takes the ARN that stands for all buckets too, as its own examples write it.
            Scope::Account => places.push((format!("arn:{}:s3:::*", self.partition), None)),
        }
        let need = |(resource, condition): (String, Option<(&str, String)>)| {
            let mut statement = Statement::allow()
                .actions([permission.action])
                .resources([resource.clone()]);
            if let Some((key, value)) = condition {
                statement = statement.when(Operator::new(Test::StringLike), key, [value]);
            }
            Some(Need {
                operation,
                action: permission.action,
                resource,
                statement: statement.build().ok()?,
            })
        };
        places.into_iter().filter_map(need).collect()
    }
}
