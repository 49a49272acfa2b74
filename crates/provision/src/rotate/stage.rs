//! Which stage of a rotation is next: a function of what lies beside the key's file, of what IAM lists, and of what this run
//! has seen. Asks nobody.

use std::fmt;

use bucketline_auth::AccessKeyId;

use super::Replaced;
use crate::iam::{AccessKeyInfo, KeyStatus};
use crate::observed::KeyFileState;

/// What is there.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    /// The key in use.
    pub(super) current: AccessKeyId,
    /// The file of the key that is to be used next.
    pub(super) next: KeyFileState,
    /// The key that was used before, as long as it is not deleted.
    pub(super) previous: Option<AccessKeyId>,
    /// The user's keys.
    pub(super) listed: Vec<AccessKeyInfo>,
}

impl Standing {
    /// The key that is being replaced.
    pub(super) fn replaced(&self) -> Option<AccessKeyId> {
        self.previous.clone()
    }

    fn listed(&self, id: &AccessKeyId) -> Option<&AccessKeyInfo> {
        self.listed.iter().find(|key| key.id == *id)
    }
}

/// What this run has done, which IAM may not show yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Done {
    proved: bool,
    pub(super) switched_off: bool,
    proved_alone: bool,
    cleaned: Vec<AccessKeyId>,
    pub(super) deleted: Option<AccessKeyId>,
    /// An earlier run had deleted the key before.
    forgotten: bool,
}

impl Done {
    pub(super) fn note(&mut self, stage: &RotationStage) {
        match stage {
            RotationStage::Clean(id) => self.cleaned.push(id.clone()),
            RotationStage::Prove(_) => self.proved = true,
            RotationStage::SwitchOff(_) => self.switched_off = true,
            RotationStage::ProveAlone(_) => self.proved_alone = true,
            RotationStage::Delete(id) => self.deleted = Some(id.clone()),
            RotationStage::Forget => self.forgotten = true,
            _ => {}
        }
    }
}

/// A stage of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RotationStage {
    /// A key is deleted of which nobody has the secret: a run was stopped when it was made.
    Clean(AccessKeyId),
    /// The second key is made.
    Make,
    /// The second key is tried, while the first is used.
    Prove(AccessKeyId),
    /// The second key takes the first one's place in the file.
    Switch(AccessKeyId),
    /// The first key is switched off.
    SwitchOff(AccessKeyId),
    /// The second key is tried, now that the first cannot help.
    ProveAlone(AccessKeyId),
    /// The first key is deleted.
    Delete(AccessKeyId),
    /// What is kept of a key that is gone is forgotten.
    Forget,
    /// There is nothing more to do: this key is used.
    Done(AccessKeyId),
}

/// The next stage.
///
/// # Errors
///
/// What has to be put right first.
pub(super) fn next(standing: &Standing, done: &Done, replaced: Replaced) -> Result<RotationStage, String> {
    let current = &standing.current;
    if let KeyFileState::Pending { had } = &standing.next {
        let lost = standing.listed.iter().map(|key| &key.id).find(|id| {
            *id != current && !had.iter().any(|had| had == id.as_str()) && !done.cleaned.contains(id)
        });
        return match lost {
            Some(id) => Ok(RotationStage::Clean(id.clone())),
            None => may_make(standing, done).map(|()| RotationStage::Make),
        };
    }
    if let KeyFileState::Holds(new) = &standing.next {
        return Ok(match done.proved {
            false => RotationStage::Prove(new.clone()),
            true => RotationStage::Switch(new.clone()),
        });
    }
    let Some(old) = &standing.previous else {
        if done.deleted.is_some() || done.forgotten {
            return Ok(RotationStage::Done(current.clone()));
        }
        return may_make(standing, done).map(|()| RotationStage::Make);
    };
    let Some(listed) = standing.listed(old).filter(|_| old != current) else {
        return Ok(RotationStage::Forget);
    };
    if listed.status == KeyStatus::Active && !done.switched_off {
        return Ok(RotationStage::SwitchOff(old.clone()));
    }
    if !done.proved_alone {
        return Ok(RotationStage::ProveAlone(current.clone()));
    }
    match replaced {
        // What an earlier run left switched off is deleted, and this run makes no other key.
        Replaced::SwitchedOff if done.switched_off => Ok(RotationStage::Done(current.clone())),
        _ => Ok(RotationStage::Delete(old.clone())),
    }
}

fn may_make(standing: &Standing, done: &Done) -> Result<(), String> {
    let current = &standing.current;
    if standing.listed(current).is_none() {
        return Err(format!(
            "the key `{current}` of the file is not one of this user's: name the user with `--user`, and use an administrator \
             of its account"
        ));
    }
    let mut others = standing.listed.iter().map(|key| &key.id);
    match others.find(|id| *id != current && !done.cleaned.contains(id)) {
        Some(other) => Err(format!(
            "the user has a second key already, `{other}`, and IAM allows two: delete it where nobody uses it"
        )),
        None => Ok(()),
    }
}

impl fmt::Display for RotationStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean(id) => write!(f, "deleted the key `{id}`, of which nobody has the secret"),
            Self::Make => f.write_str("made a second key"),
            Self::Prove(id) => write!(f, "proved the key `{id}`"),
            Self::Switch(id) => write!(f, "took the key `{id}` into use"),
            Self::SwitchOff(id) => write!(f, "switched the key `{id}` off"),
            Self::ProveAlone(id) => write!(f, "proved the key `{id}` alone"),
            Self::Delete(id) => write!(f, "deleted the key `{id}`"),
            Self::Forget => f.write_str("forgot the file of a key that is gone"),
            Self::Done(id) => write!(f, "done: the key `{id}` is used"),
        }
    }
}
