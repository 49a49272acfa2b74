//! A user's access key, replaced while both are valid: a second key is made, proved and taken into use, the first one switched
//! off, the second one proved again, and the first one deleted. At no moment is there no key that works.
//!
//! How far it is, is told by what lies beside the key's file and by what IAM lists, so a rotation that was stopped anywhere
//! goes on with the next run.

mod failure;
mod files;
mod stage;

pub use failure::{RotationError, Unproved};
pub use stage::RotationStage;

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use bucketline_auth::{AccessKeyId, CallEffect, Error, ErrorKind};

use crate::administrator::Administrator;
use crate::driver::pause;
use crate::iam::{IamName, KeyStatus};
use files::Files;
use stage::{Done, Standing, next};

/// A key that was just made may be unknown to some of AWS for a while, and known to others: it counts once it was good this
/// often in a row.
const PROVED_IN_A_ROW: u32 = 2;

/// Tries a key for all that it is used for. What that is, whoever rotates knows.
#[async_trait]
pub trait KeyProof: Send + Sync {
    /// Whether the key in this file is good.
    ///
    /// # Errors
    ///
    /// Why it is not, and whether that may pass.
    async fn prove(&self, file: &Path) -> Result<(), Unproved>;
}

/// What is to be rotated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rotation {
    /// Whose key.
    pub user: IamName,
    /// The file that it is used from: AWS's own CSV, which holds both halves.
    pub file: PathBuf,
    /// What becomes of the key that was replaced.
    pub replaced: Replaced,
    /// How long a new key may take until AWS knows it everywhere.
    pub patience: Duration,
}

/// What becomes of a key that was replaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two ways to end a rotation")]
pub enum Replaced {
    /// It is deleted.
    #[default]
    Deleted,
    /// It stays, switched off; the next rotation deletes it.
    SwitchedOff,
}

/// A rotation that came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rotated {
    /// The key that was replaced; none where an earlier run had done all but the last bit.
    pub from: Option<AccessKeyId>,
    /// The key that is used now.
    pub to: AccessKeyId,
}

impl Rotation {
    /// Of this user's key in this file; the replaced key is deleted, and two minutes are waited for the new one.
    #[must_use]
    pub fn new(user: IamName, file: impl Into<PathBuf>) -> Self {
        Self {
            user,
            file: file.into(),
            replaced: Replaced::default(),
            patience: Duration::from_secs(120),
        }
    }

    /// What becomes of the replaced key.
    #[must_use]
    pub fn replaced(mut self, replaced: Replaced) -> Self {
        self.replaced = replaced;
        self
    }

    /// How long a new key may take until AWS knows it everywhere.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

impl Administrator {
    /// Replaces a user's access key. `told` hears of each stage once it is through.
    ///
    /// # Errors
    ///
    /// [`RotationError::Refused`] where it cannot begin: nothing was changed. [`RotationError::Unproved`] where the new key
    /// is not good: it is deleted, and the one before is used and valid as it was. [`RotationError::Failed`] where a call
    /// or a file failed: started again, it goes on.
    ///
    /// # Cancel safety
    ///
    /// A rotation that is dropped is started again and goes on where it was.
    pub async fn rotate_key(
        &self,
        rotation: &Rotation,
        proof: &dyn KeyProof,
        told: &mut (dyn FnMut(&RotationStage) + Send),
    ) -> Result<Rotated, RotationError> {
        let files = Files::beside(&rotation.file).map_err(RotationError::Looking)?;
        let mut done = Done::default();
        loop {
            let standing = self
                .standing(rotation, &files)
                .await
                .map_err(RotationError::Looking)?;
            let stage = next(&standing, &done, rotation.replaced).map_err(RotationError::Refused)?;
            match &stage {
                RotationStage::Prove(id) | RotationStage::ProveAlone(id) => {
                    let file = match &stage {
                        RotationStage::Prove(_) => files.next().path().to_owned(),
                        _ => files.current().path().to_owned(),
                    };
                    if let Err(unproved) = self.proved(rotation, proof, &file).await {
                        let left = if matches!(stage, RotationStage::ProveAlone(_)) && !done.switched_off {
                            // That may have been long ago, and on purpose: such a key is not brought back.
                            vec![
                                "the key before was switched off by an earlier run: nothing was changed"
                                    .to_owned(),
                            ]
                        } else {
                            self.take_back(rotation, &files, &standing, id).await
                        };
                        return Err(RotationError::Unproved {
                            key: id.clone(),
                            why: unproved.why,
                            left,
                        });
                    }
                }
                RotationStage::Done(id) => {
                    return Ok(Rotated {
                        from: standing.replaced().or(done.deleted),
                        to: id.clone(),
                    });
                }
                _ => self
                    .carry_out(rotation, &files, &standing, &stage)
                    .await
                    .map_err(|error| RotationError::Failed {
                        stage: stage.clone(),
                        error: Box::new(error),
                    })?,
            }
            done.note(&stage);
            told(&stage);
        }
    }

    async fn standing(&self, rotation: &Rotation, files: &Files) -> Result<Standing, Error> {
        Ok(Standing {
            current: files.current_key()?,
            next: files.next().state()?,
            previous: files.previous_key()?,
            listed: self.iam.list_access_keys(&rotation.user).await?,
        })
    }

    async fn carry_out(
        &self,
        rotation: &Rotation,
        files: &Files,
        standing: &Standing,
        stage: &RotationStage,
    ) -> Result<(), Error> {
        let user = &rotation.user;
        match stage {
            RotationStage::Clean(id) => self.delete_key(user, id).await,
            RotationStage::Make => {
                let had: Vec<String> = standing
                    .listed
                    .iter()
                    .map(|key| key.id.as_str().to_owned())
                    .collect();
                files.next().begin(&had)?;
                match self.iam.create_access_key(user).await {
                    Ok(key) => files.next().finish(&key),
                    Err(error) => {
                        if error.effect() == CallEffect::NotApplied {
                            files.next().abandon()?;
                        }
                        Err(error)
                    }
                }
            }
            RotationStage::Switch(_) => files.switch(),
            RotationStage::SwitchOff(id) => {
                self.iam
                    .set_access_key_status(user, id, KeyStatus::Inactive)
                    .await
            }
            RotationStage::Delete(id) => {
                self.delete_key(user, id).await?;
                files.forget_previous()
            }
            RotationStage::Forget => files.forget_previous(),
            RotationStage::Prove(_) | RotationStage::ProveAlone(_) | RotationStage::Done(_) => Ok(()),
        }
    }

    async fn delete_key(&self, user: &IamName, id: &AccessKeyId) -> Result<(), Error> {
        match self.iam.delete_access_key(user, id).await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    async fn proved(&self, rotation: &Rotation, proof: &dyn KeyProof, file: &Path) -> Result<(), Unproved> {
        let mut waited = Duration::ZERO;
        let mut wait = Duration::from_millis(250);
        let mut in_a_row = 0;
        loop {
            match proof.prove(file).await {
                Ok(()) => {
                    in_a_row += 1;
                    if in_a_row >= PROVED_IN_A_ROW {
                        return Ok(());
                    }
                }
                Err(unproved) if !unproved.may_pass || waited >= rotation.patience => return Err(unproved),
                Err(_) => in_a_row = 0,
            }
            pause(wait).await;
            waited += wait;
            wait = (wait * 2).min(Duration::from_secs(8));
        }
    }

    /// The key before is valid and used again, and the new one gone; what could not be done of that.
    async fn take_back(
        &self,
        rotation: &Rotation,
        files: &Files,
        standing: &Standing,
        new: &AccessKeyId,
    ) -> Vec<String> {
        let mut left = Vec::new();
        let mut note = |what: String, outcome: Result<(), Error>| match outcome {
            Ok(()) => true,
            Err(error) => {
                left.push(format!("{what}: {error}"));
                false
            }
        };
        let user = &rotation.user;
        let mut usable = true;
        if let Some(old) = &standing.previous {
            let active = self.iam.set_access_key_status(user, old, KeyStatus::Active).await;
            usable = note(format!("the key `{old}` is switched off"), active)
                && note(
                    format!("the key file holds `{new}` instead of `{old}`"),
                    files.put_back(),
                );
        }
        // A key that does not do is better than none.
        if usable
            && note(
                format!("the key `{new}` is there"),
                self.delete_key(user, new).await,
            )
        {
            note("its file lies there".to_owned(), files.discard_next());
        }
        left
    }
}
