//! How a rotation ends that does not come to its end. What is told names keys by their ids, and never a secret.

use std::fmt;

use bucketline_auth::{AccessKeyId, Error};

use super::RotationStage;

/// A key that is not good.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unproved {
    /// What was seen.
    pub why: String,
    /// Whether it may be good a little later, as a key that was just made.
    pub may_pass: bool,
}

impl Unproved {
    /// For a reason that stays.
    pub fn new(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            may_pass: false,
        }
    }

    /// It may be good a little later.
    #[must_use]
    pub fn passing(mut self) -> Self {
        self.may_pass = true;
        self
    }
}

/// Why a rotation did not come to its end.
#[derive(Debug)]
#[non_exhaustive]
pub enum RotationError {
    /// What is there could not be looked at: nothing was changed by this.
    Looking(Error),
    /// It cannot be begun, or gone on with: what has to be put right first.
    Refused(String),
    /// The new key is not good. It was taken back, but for what is left.
    Unproved {
        /// The new key.
        key: AccessKeyId,
        /// Why it is not good.
        why: String,
        /// What could not be taken back.
        left: Vec<String>,
    },
    /// A stage failed. The next run goes on with it.
    Failed {
        /// Which.
        stage: RotationStage,
        /// Why.
        error: Box<Error>,
    },
}

impl fmt::Display for RotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Looking(error) => write!(f, "the keys cannot be looked at: {error}"),
            Self::Refused(why) => f.write_str(why),
            Self::Unproved { key, why, left } => {
                write!(f, "the new key `{key}` is not good: {why}; ")?;
                if left.is_empty() {
                    f.write_str("it was deleted, and the key before is used as it was")
                } else {
                    write!(f, "not everything could be taken back: {}", left.join("; "))
                }
            }
            Self::Failed { stage, error } => {
                write!(
                    f,
                    "not {stage}: {error}; start it again, and it goes on from there"
                )
            }
        }
    }
}

impl std::error::Error for RotationError {}
