//! What an exporter has to reach, and the statements that grant it: shared by the identity, session and boundary forms.

use super::folder::Folder;
use super::kms::KmsAccess;
use super::store_name::StoreName;
use crate::document::{Operator, Statement, Test};
use crate::permissions::{CallOption, Operation, Scope, required_by_all};
use crate::{Error, Partition};

/// The folders, at the top of a bucket or in a folder of it, below which data exports write.
pub const DATA_EXPORT_ROOTS: [&str; 3] = ["segment-export", "reports", "sent_messages"];

#[derive(Clone, Debug)]
pub(super) struct Reach {
    pub(super) partition: Partition,
    pub(super) bucket: StoreName,
    pub(super) folders: Vec<String>,
    /// Folders in which objects may be deleted too: those of exports, whose files have a time.
    pub(super) deletable: Vec<String>,
    pub(super) claims: Claims,
    pub(super) uploads: Uploads,
    pub(super) tags: Tagging,
    pub(super) kms: Option<KmsAccess>,
}

/// Whether `_bucketline/*` is granted, where the register of folders and the check's own object lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claims {
    Granted,
    LeftOut,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Uploads {
    Whole,
    InParts,
}

/// Whether objects are put with tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tagging {
    None,
    WithObjects,
}

/// How a folder's listing is written. Both forms match the same requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Listing {
    /// `folder/*` and `folder/`, as AWS's own examples show it.
    Familiar,
    /// `folder/*` alone, which matches `folder/` too: for policies in which every byte counts.
    Short,
}

impl Reach {
    pub(super) fn new(bucket: StoreName) -> Self {
        Self {
            partition: Partition::AWS,
            bucket,
            folders: Vec::new(),
            deletable: Vec::new(),
            claims: Claims::Granted,
            uploads: Uploads::Whole,
            tags: Tagging::None,
            kms: None,
        }
    }

    /// The roots below which exports write, in a folder where there is one. They are written in parts, and deleted when their
    /// time is over, or when a half of them cannot be made whole.
    pub(super) fn add_exports(&mut self, folder: &str) {
        for root in DATA_EXPORT_ROOTS {
            let root = if folder.is_empty() {
                root.to_owned()
            } else {
                format!("{folder}/{root}")
            };
            self.folders.push(root.clone());
            self.deletable.push(root);
        }
        self.uploads = Uploads::InParts;
    }

    fn operations(&self) -> Vec<Operation> {
        use Operation as O;
        let mut operations = vec![
            O::PutObject,
            O::GetObject,
            O::HeadObject,
            O::ListObjectsV2,
            O::GetBucketLocation,
        ];
        if self.uploads == Uploads::InParts {
            operations.extend([
                O::CreateMultipartUpload,
                O::UploadPart,
                O::CompleteMultipartUpload,
                O::AbortMultipartUpload,
                O::ListParts,
                O::ListMultipartUploads,
            ]);
        }
        operations
    }

    pub(super) fn statements(&self, listing: Listing) -> Result<Vec<Statement>, Error> {
        let folders = self
            .folders
            .iter()
            .map(|text| Folder::parse(text))
            .collect::<Result<Vec<_>, _>>()?;
        if folders.is_empty() {
            return Err(Error::name(
                "no folder is named: a policy for the whole bucket is never what is wanted",
            ));
        }
        let mut options = Vec::new();
        if self.kms.is_some() {
            options.push(CallOption::Kms);
        }
        if self.tags == Tagging::WithObjects {
            options.push(CallOption::Tags);
        }
        let needed = required_by_all(&self.operations(), &options);
        let on = |scope| {
            needed
                .iter()
                .filter(move |permission| permission.scope == scope)
                .map(|permission| permission.action)
        };
        let bucket = self.bucket.arn(&self.partition);
        let below = self.bucket.objects(&self.partition);
        let mut objects: Vec<String> = folders
            .iter()
            .map(|folder| format!("{below}{}/*", folder.escaped()))
            .collect();
        if self.claims == Claims::Granted {
            objects.push(format!("{below}_bucketline/*"));
        }
        let prefixes = folders.iter().flat_map(|folder| {
            let folder = folder.escaped();
            match listing {
                Listing::Familiar => vec![format!("{folder}/*"), format!("{folder}/")],
                Listing::Short => vec![format!("{folder}/*")],
            }
        });
        // `s3:prefix` is a key of `s3:ListBucket` alone; servers refuse other actions beside it, and their requests could
        // never meet the condition. So they stand apart.
        let (listed, plain): (Vec<_>, Vec<_>) =
            on(Scope::Bucket).partition(|action| *action == "s3:ListBucket");
        let mut statements = vec![
            Statement::allow()
                .actions(on(Scope::Object))
                .resources(objects)
                .build()?,
            Statement::allow()
                .actions(listed)
                .resources([bucket.clone()])
                .when(Operator::new(Test::StringLike), "s3:prefix", prefixes)
                .build()?,
            Statement::allow().actions(plain).resources([bucket]).build()?,
        ];
        if !self.deletable.is_empty() {
            let mut deletable = Vec::new();
            for text in &self.deletable {
                deletable.push(format!("{below}{}/*", Folder::parse(text)?.escaped()));
            }
            if self.claims == Claims::Granted {
                // The check's own object, by which it learns whether objects may be deleted.
                deletable.push(format!("{below}_bucketline/check"));
            }
            statements.push(
                Statement::allow()
                    .actions(["s3:DeleteObject"])
                    .resources(deletable)
                    .build()?,
            );
        }
        if let Some(kms) = &self.kms {
            statements.push(kms.statement(on(Scope::Key), &self.partition)?);
        }
        Ok(statements)
    }
}
