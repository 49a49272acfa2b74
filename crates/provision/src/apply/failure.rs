//! Why a set-up was not carried out, and what is left. Knows no call.

use std::fmt;

use bucketline_auth::Error;

use crate::change::Change;

/// Why a set-up is not as it should be.
#[derive(Debug)]
#[non_exhaustive]
pub enum ApplyError {
    /// What is there could not be looked at. Nothing was changed, or what was changed is not known to be seen.
    Looking(Box<Error>),
    /// Something stands in the way, and a person has to decide. Nothing was changed.
    Problems(Vec<String>),
    /// A change failed.
    Failed(Box<Failed>),
    /// It was stopped. The next run goes on.
    Stopped,
    /// What was changed is not seen yet. It stays; run it again a little later.
    NotSeen(Vec<String>),
}

/// A change that failed, and what became of those before it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failed {
    /// The change.
    pub change: Change,
    /// What AWS said.
    pub error: Error,
    /// What was taken back, in the order in which it was.
    pub taken_back: Vec<Change>,
    /// What could not be taken back, and is left.
    pub left: Vec<(Change, Error)>,
}

impl Failed {
    pub(super) fn new(change: Change, error: Error) -> Self {
        Self {
            change,
            error,
            taken_back: Vec::new(),
            left: Vec::new(),
        }
    }
}

impl ApplyError {
    pub(super) fn looking(error: Error) -> Self {
        Self::Looking(Box::new(error))
    }
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Looking(error) => write!(f, "what is there cannot be looked at: {error}"),
            Self::Problems(problems) => f.write_str(&problems.join("; ")),
            Self::Failed(failed) => write!(f, "{failed}"),
            Self::Stopped => f.write_str("stopped; the same command goes on"),
            Self::NotSeen(open) => write!(
                f,
                "what was changed is not seen yet ({}); run the same command a little later",
                open.join("; ")
            ),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Change {
            action, kind, name, ..
        } = &self.change;
        write!(
            f,
            "cannot {} {} `{name}`: {}",
            action.as_str(),
            kind.as_str(),
            self.error
        )?;
        for taken in &self.taken_back {
            write!(f, "; taken back: {} `{}`", taken.kind.as_str(), taken.name)?;
        }
        for (left, error) in &self.left {
            write!(
                f,
                "; left, since it cannot be taken back: {} `{}` ({error})",
                left.kind.as_str(),
                left.name
            )?;
        }
        Ok(())
    }
}

impl std::error::Error for ApplyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let error = match self {
            Self::Looking(error) => error.as_ref(),
            Self::Failed(failed) => &failed.error,
            _ => return None,
        };
        std::error::Error::source(error)
    }
}
