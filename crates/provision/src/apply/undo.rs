//! Taking back what a run made before one of its changes failed.

use bucketline_auth::{Error, ErrorKind};

use super::failure::Failed;
use super::hand::Hand;
use crate::change::{Action, Change, Kind};
use crate::plan::is_ours;

impl Hand<'_> {
    /// Takes back, in reverse order. What cannot be is named, and the others are taken back all the same.
    pub(super) async fn take_back(&self, made: &[Change], failed: &mut Failed) {
        let half = match self.may_be_half_made(&failed.change).await {
            true => Some(failed.change.clone()),
            false => None,
        };
        for change in half.iter().chain(made.iter().rev()) {
            match self.take_back_one(change).await {
                Ok(true) => failed.taken_back.push(change.clone()),
                Ok(false) => {}
                Err(error) => failed.left.push((change.clone(), error)),
            }
        }
    }

    /// Whether a change that failed left something of ours: its answer was lost for good, or only its first half was done.
    async fn may_be_half_made(&self, change: &Change) -> bool {
        if change.action != Action::Create {
            return false;
        }
        match self.by.observe(self.setup).await {
            Ok(found) => is_ours(self.setup, &found, change.kind),
            Err(_) => false,
        }
    }

    /// Whether there was anything to take back.
    async fn take_back_one(&self, change: &Change) -> Result<bool, Error> {
        let (iam, name, policy) = (&self.by.iam, self.setup.name(), self.setup.policy_name());
        let holder = self.before.holder.as_ref();
        match (change.action, change.kind) {
            (Action::Create, Kind::User) => self.delete_user_with_its_keys(change).await?,
            (Action::Create, kind @ (Kind::Bucket | Kind::Role | Kind::RolePolicy | Kind::UserPolicy)) => {
                let undo = Change::new(Action::Delete, kind, change.name.as_str(), "");
                match self.make(&undo).await {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    other => other?,
                }
            }
            (Action::Update, Kind::TrustPolicy) => match holder.and_then(|holder| holder.trust.as_ref()) {
                Some(trust) => iam.update_assume_role_policy(name, trust).await?,
                None => return Ok(false),
            },
            (Action::Update, Kind::RolePolicy) => match holder.and_then(|holder| holder.policy.as_ref()) {
                Some(document) => iam.put_role_policy(name, policy, document).await?,
                None => return Ok(false),
            },
            (Action::Update, Kind::UserPolicy) => match holder.and_then(|holder| holder.policy.as_ref()) {
                Some(document) => iam.put_user_policy(name, policy, document).await?,
                None => return Ok(false),
            },
            // Settings of a bucket that was made go with it; those of one that was there only make it safer.
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The keys of a user that this run made are ours, too, and a user that has any is not deleted.
    async fn delete_user_with_its_keys(&self, change: &Change) -> Result<(), Error> {
        for key in self.by.iam.list_access_keys(self.setup.name()).await? {
            let delete = Change::new(Action::Delete, Kind::AccessKey, key.id.as_str(), "");
            self.make(&delete).await?;
        }
        self.make(&Change::new(Action::Delete, Kind::User, change.name.as_str(), ""))
            .await?;
        match &self.by.key_file {
            Some(file) => file.abandon(),
            None => Ok(()),
        }
    }
}
