//! Looks at what is there. Decides nothing and changes nothing.

use bucketline_auth::{Error, ErrorKind};

use crate::administrator::Administrator;
use crate::observed::{Bucket, BucketState, Holder, Observed};
use crate::setup::{MAKES_BUCKET, Method, Setup, TAG};

impl Administrator {
    /// What is there of a set-up.
    ///
    /// # Errors
    ///
    /// Those of the ports, but for what is absent or another account's, which are states; those of the key file.
    ///
    /// # Cancel safety
    ///
    /// It only reads.
    pub async fn observe(&self, setup: &Setup) -> Result<Observed, Error> {
        Ok(Observed {
            bucket: self.bucket(setup).await?,
            holder: self.holder(setup).await?,
            key_file: match &self.key_file {
                Some(file) => file.state()?,
                None => Default::default(),
            },
        })
    }

    async fn bucket(&self, setup: &Setup) -> Result<BucketState, Error> {
        match self.present_bucket(setup).await {
            Ok(bucket) => Ok(BucketState::Present(bucket)),
            // Whichever call says so: a bucket that was just made or deleted is seen by some and not yet by others.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(BucketState::Absent),
            Err(error) if error.kind() == ErrorKind::Denied => Ok(closed(&error)),
            Err(error) => Err(error),
        }
    }

    async fn present_bucket(&self, setup: &Setup) -> Result<Bucket, Error> {
        let (port, name) = (&self.buckets, setup.bucket());
        let mut bucket = Bucket::new(port.region(name).await?);
        // Of a bucket that is elsewhere, nothing more can be asked here.
        if bucket.region != *setup.region() {
            return Ok(bucket);
        }
        bucket.setup = port.tag(name, TAG).await?;
        bucket.keys = port.first_keys(name).await?;
        bucket.closed = port.is_closed(name).await?;
        bucket.owner_enforced = port.is_owner_enforced(name).await?;
        bucket.ends_uploads = port.ends_unfinished_uploads(name).await?;
        bucket.kms_key = port.kms_key(name).await?;
        Ok(bucket)
    }

    async fn holder(&self, setup: &Setup) -> Result<Option<Holder>, Error> {
        let (iam, name, policy) = (&self.iam, setup.name(), setup.policy_name());
        let mut holder = match setup.method() {
            Method::User => {
                let Some(user) = found(iam.get_user(name).await)? else {
                    return Ok(None);
                };
                let mut holder = Holder::new(user.arn.as_str());
                holder.setup = user.tags.get(TAG).cloned();
                holder.makes_bucket = user.tags.get(MAKES_BUCKET).cloned();
                holder
            }
            Method::Role { .. } => {
                let Some(role) = found(iam.get_role(name).await)? else {
                    return Ok(None);
                };
                let mut holder = Holder::new(role.arn.as_str());
                holder.setup = role.tags.get(TAG).cloned();
                holder.makes_bucket = role.tags.get(MAKES_BUCKET).cloned();
                holder.trust = Some(role.trust);
                holder
            }
        };
        if holder.setup.as_deref() != Some(name.as_str()) {
            return Ok(Some(holder));
        }
        match setup.method() {
            Method::User => {
                holder.policy = found(iam.get_user_policy(name, policy).await)?;
                holder.keys = found(iam.list_access_keys(name).await)?.unwrap_or_default();
            }
            Method::Role { .. } => holder.policy = found(iam.get_role_policy(name, policy).await)?,
        }
        Ok(Some(holder))
    }
}

fn closed(error: &Error) -> BucketState {
    let why = match error.operation() {
        Some(operation) => format!("{operation}: {}", error.message()),
        None => error.message().to_owned(),
    };
    BucketState::Closed { why }
}

fn found<T>(answer: Result<T, Error>) -> Result<Option<T>, Error> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
