//! The program's exit codes, in one place. Knows nothing of what leads to them.

use std::process::ExitCode;

/// How the program ends, as scripts see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Everything asked for was done.
    Done,
    /// A check found something: `verify` saw a difference, an object could not be read as one of ours.
    Findings,
    /// The command line or the configuration is wrong; nothing was changed.
    Usage,
    /// Accepted events are still in the spool: their connectors are blocked, or time ran out.
    NotDelivered,
    /// The data directory is locked, damaged, full or of a newer version.
    DataDirectory,
}

impl Exit {
    /// The number that the operating system is told.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::NotDelivered => 3,
            Self::DataDirectory => 4,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
