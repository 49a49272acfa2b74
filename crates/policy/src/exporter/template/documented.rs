//! The policies exactly as the reference system publishes them, with their faults: they cover the whole bucket, and the
//! data export form for users reaches other buckets too. Offered for comparison and for customers who insist.

use crate::document::{ActionElement, Document, Effect, List, ResourceElement, Statement};
use crate::{BucketName, Partition};

/// What stands for the bucket in the published documents.
pub const PLACEHOLDER: &str = "INSERTBUCKETNAME";

/// Which of the reference system's deliveries a document is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Integration {
    /// The stream of events.
    Currents,
    /// Exports from the dashboard.
    DataExport,
    /// Both on one bucket, in one document. The reference system asks for two, which grant the same together.
    Both,
}

/// Who holds the permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Holder {
    /// An IAM user with an access key.
    User,
    /// A role that the vendor assumes.
    Role,
}

/// Which documented form is wanted.
#[derive(Clone, Debug)]
pub struct DocumentedForm {
    integration: Integration,
    holder: Holder,
    partition: Partition,
    bucket: Option<BucketName>,
}

impl DocumentedForm {
    /// The form as published, with [`PLACEHOLDER`] for the bucket.
    pub fn new(integration: Integration, holder: Holder) -> Self {
        Self {
            integration,
            holder,
            partition: Partition::AWS,
            bucket: None,
        }
    }

    /// Names the bucket.
    #[must_use]
    pub fn bucket(mut self, bucket: BucketName) -> Self {
        self.bucket = Some(bucket);
        self
    }

    /// The partition of the bucket, `aws` unless set.
    #[must_use]
    pub fn partition(mut self, partition: Partition) -> Self {
        self.partition = partition;
        self
    }
}

/// The documented policy. [`least_privilege`](super::least_privilege) is the better choice.
pub fn documented(form: &DocumentedForm) -> Document {
    let bucket = form.bucket.as_ref().map_or(PLACEHOLDER, BucketName::as_str);
    let arn = format!("arn:{}:s3:::{bucket}", form.partition);
    let whole = [format!("{arn}/*")];
    let objects = match (form.integration, form.holder) {
        (Integration::Currents, _) => grant(["s3:PutObject", "s3:GetObject"], whole),
        (Integration::DataExport, Holder::User) => grant(
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            [format!("{arn}*"), format!("{arn}/"), arn.clone()],
        ),
        (Integration::DataExport, Holder::Role) | (Integration::Both, _) => {
            grant(["s3:PutObject", "s3:GetObject", "s3:DeleteObject"], whole)
        }
    };
    Document::new(vec![
        grant(["s3:ListBucket", "s3:GetBucketLocation"], [arn]),
        objects,
    ])
}

fn grant<const A: usize, const R: usize>(actions: [&str; A], resources: [String; R]) -> Statement {
    Statement {
        sid: None,
        effect: Effect::Allow,
        principal: None,
        action: ActionElement::Action(List::many(actions.map(str::to_owned))),
        resource: Some(ResourceElement::Resource(List::many(resources))),
        condition: None,
    }
}
