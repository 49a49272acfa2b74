//! What encryption with KMS adds: two actions, usable through S3 alone. Knows no bucket.

use crate::document::{Operator, Statement, Test};
use crate::{Arn, Error, Partition};

/// Which KMS key an exporter may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum KmsAccess {
    Key(Arn),
    /// The key that the bucket's own configuration names, which need not be known here.
    OfBucket {
        /// The bucket's region; `None` where it is not known yet.
        region: Option<String>,
    },
}

impl KmsAccess {
    pub(super) fn statement(
        &self,
        actions: impl Iterator<Item = &'static str>,
        partition: &Partition,
    ) -> Result<Statement, Error> {
        let (resource, region) = match self {
            Self::Key(key) if is_key(key) => (key.as_str(), Some(key.region())),
            Self::Key(key) => {
                return Err(Error::name(format!(
                    "`{key}` is not the ARN of a KMS key: `arn:aws:kms:...:key/...`"
                )));
            }
            Self::OfBucket { region } => ("*", region.as_deref()),
        };
        let named = |region: &str| {
            !region.is_empty() && region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if let Some(region) = region.filter(|region| !named(region)) {
            return Err(Error::name(format!("`{region}` is not a region")));
        }
        let (test, region) = match region {
            Some(region) => (Test::StringEquals, region),
            None => (Test::StringLike, "*"),
        };
        Statement::allow()
            .actions(actions)
            .resources([resource])
            .when(
                Operator::new(test),
                "kms:ViaService",
                [format!("s3.{region}.{}", partition.dns_suffix())],
            )
            .build()
    }
}

fn is_key(arn: &Arn) -> bool {
    arn.service() == "kms"
        && arn.account().is_some()
        && !arn.has_wildcard()
        && arn
            .resource()
            .strip_prefix("key/")
            .is_some_and(|id| !id.is_empty())
}
