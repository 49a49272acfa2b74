//! One change, carried out: the calls, and what is asked again. Knows no order.

use std::time::Duration;

use bucketline_auth::{AccessKeyId, CallEffect, Error, ErrorKind};

use super::{keys_before, not_seen_yet, worth_another};
use crate::administrator::Administrator;
use crate::change::{Action, Change, Kind};
use crate::driver::pause;
use crate::iam::{CreateRole, CreateUser};
use crate::observed::{BucketState, Observed};
use crate::setup::{BucketEncryption, MAKES_BUCKET, Setup, TAG, UNFINISHED_UPLOADS_DAYS};

/// How often a change is asked for.
const ATTEMPTS: u32 = 7;

pub(super) struct Hand<'a> {
    pub(super) by: &'a Administrator,
    pub(super) setup: &'a Setup,
    pub(super) before: &'a Observed,
}

impl<'a> Hand<'a> {
    pub(super) fn new(by: &'a Administrator, setup: &'a Setup, before: &'a Observed) -> Self {
        Self { by, setup, before }
    }

    /// Carries out a change, asking again while that may help.
    pub(super) async fn make(&self, change: &Change) -> Result<(), Error> {
        self.asking_again(change).await?;
        if (change.action, change.kind) == (Action::Create, Kind::Bucket) {
            let mark = Change::new(Action::Adopt, Kind::Bucket, change.name.as_str(), "");
            self.asking_again(&mark).await?;
        }
        Ok(())
    }

    async fn asking_again(&self, change: &Change) -> Result<(), Error> {
        let mut wait = Duration::from_millis(250);
        let mut maybe_made = false;
        for attempt in 1.. {
            let error = match self.once(change).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            match (change.action, error.kind()) {
                // An answer was lost, and the call carried out.
                (Action::Create, ErrorKind::AlreadyExists) if maybe_made => return Ok(()),
                (Action::Delete, ErrorKind::NotFound) => return Ok(()),
                _ => {}
            }
            maybe_made |= error.effect() == CallEffect::Unknown;
            // A key of which nobody knows the secret is not made twice: the next run removes it.
            let once_only = change.kind == Kind::AccessKey && error.effect() == CallEffect::Unknown;
            let again = worth_another(&error) || (not_seen_yet(&error) && change.action != Action::Delete);
            if !again || once_only || attempt >= ATTEMPTS {
                return Err(error);
            }
            pause(error.retry_after().unwrap_or(wait).max(wait)).await;
            wait = (wait * 2).min(Duration::from_secs(8));
        }
        Ok(())
    }

    async fn once(&self, change: &Change) -> Result<(), Error> {
        let (iam, buckets) = (&self.by.iam, &self.by.buckets);
        let (name, bucket, policy_name) = (self.setup.name(), self.setup.bucket(), self.setup.policy_name());
        match (change.action, change.kind) {
            (Action::None, _) => Ok(()),
            (Action::Create, Kind::Bucket) => buckets.create(bucket).await,
            (Action::Adopt, Kind::Bucket) => buckets.set_tag(bucket, TAG, name.as_str()).await,
            (Action::Delete, Kind::Bucket) => buckets.delete(bucket).await,
            (_, Kind::PublicAccessBlock) => buckets.close(bucket).await,
            (_, Kind::Ownership) => buckets.enforce_owner(bucket).await,
            (_, Kind::Lifecycle) => {
                buckets
                    .end_unfinished_uploads(bucket, UNFINISHED_UPLOADS_DAYS)
                    .await
            }
            (_, Kind::Encryption) => match self.setup.encryption() {
                BucketEncryption::Kms(key) => buckets.encrypt_with(bucket, key).await,
                BucketEncryption::S3Keys => Ok(()),
            },
            (Action::Create, Kind::Role) => self.create_role().await,
            (Action::Delete, Kind::Role) => iam.delete_role(name).await,
            (_, Kind::TrustPolicy) => match self.setup.trust() {
                Some(trust) => iam.update_assume_role_policy(name, trust).await,
                None => Ok(()),
            },
            (Action::Delete, Kind::RolePolicy) => iam.delete_role_policy(name, policy_name).await,
            (_, Kind::RolePolicy) => iam.put_role_policy(name, policy_name, self.setup.policy()).await,
            (Action::Create, Kind::User) => self.create_user().await,
            (Action::Delete, Kind::User) => iam.delete_user(name).await,
            (Action::Delete, Kind::UserPolicy) => iam.delete_user_policy(name, policy_name).await,
            (_, Kind::UserPolicy) => iam.put_user_policy(name, policy_name, self.setup.policy()).await,
            (Action::Create, Kind::AccessKey) => self.create_key().await,
            (Action::Delete, Kind::AccessKey) => {
                let id: AccessKeyId = change.name.parse()?;
                iam.delete_access_key(name, &id).await
            }
            (action, kind) => Err(Error::new(
                ErrorKind::Unexpected,
                format!("{} of {} is in no plan", action.as_str(), kind.as_str()),
            )),
        }
    }

    async fn create_role(&self) -> Result<(), Error> {
        let Some(trust) = self.setup.trust() else {
            return Ok(());
        };
        let mut role = CreateRole::new(self.setup.name().clone(), trust.clone())
            .path(self.setup.path().clone())
            .description(self.setup.description().as_str())
            .tag(TAG, self.setup.name().as_str());
        if self.makes_the_bucket() {
            role = role.tag(MAKES_BUCKET, self.setup.bucket().as_str());
        }
        self.by.iam.create_role(&role).await.map(drop)
    }

    async fn create_user(&self) -> Result<(), Error> {
        let mut user = CreateUser::new(self.setup.name().clone())
            .path(self.setup.path().clone())
            .tag(TAG, self.setup.name().as_str());
        if self.makes_the_bucket() {
            user = user.tag(MAKES_BUCKET, self.setup.bucket().as_str());
        }
        self.by.iam.create_user(&user).await.map(drop)
    }

    fn makes_the_bucket(&self) -> bool {
        self.before.bucket == BucketState::Absent
    }

    async fn create_key(&self) -> Result<(), Error> {
        let Some(file) = &self.by.key_file else {
            return Ok(());
        };
        file.begin(&keys_before(self.before))?;
        match self.by.iam.create_access_key(self.setup.name()).await {
            Ok(key) => file.finish(&key),
            Err(error) => {
                if error.effect() == CallEffect::NotApplied {
                    file.abandon()?;
                }
                Err(error)
            }
        }
    }
}
