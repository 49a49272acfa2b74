//! The states of a connector, and the causes that lead to them. Knows nothing of how they are reached.

use std::fmt;
use std::time::Duration;

use bucketline_sink::ErrorKind;
use bucketline_spool::Lane;

/// What a connector is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It delivers.
    Running,
    /// Its store fails in ways that pass by themselves: it tries again after growing delays.
    Degraded,
    /// Its store refuses: what it holds waits, and it is probed at growing intervals.
    Blocked(Blockage),
    /// The log holds events for it, but the configuration has no such connector any more: they are kept.
    Orphaned,
    /// The log cannot be written any more: nothing is accepted or delivered until a restart.
    Stopped,
}

/// Why a connector is blocked, which says what a person has to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Blockage {
    /// Credentials or permissions.
    Auth,
    /// The bucket: absent, in another region, of another owner, or refusing such requests.
    Bucket,
    /// Encryption: the key cannot be used, or the store did not encrypt as asked.
    Encryption,
    /// A key is taken by an object that is not ours: the lane that it belongs to waits, the others go on.
    Conflict,
    /// A quota of the store, or a full disk.
    Quota,
    /// What we ourselves have to bring: our own credentials, by which customers' sessions are asked for. No fault of the customer's.
    Vendor,
}

/// Who can do something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is nobody else")]
pub enum Party {
    /// The customer, in their account: policies, keys, the bucket.
    Customer,
    /// Whoever runs this installation.
    Us,
    /// Nobody but the store, or the way to it: it is tried again.
    Store,
}

/// What stands in the way of a connector: the last failure of its store, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cause {
    /// One line: what failed and where.
    pub message: String,
    /// The store's code for it, e.g. `AccessDenied`.
    pub code: Option<String>,
    /// The store's id of the request, which its support asks for.
    pub request_id: Option<String>,
    /// What to do about it.
    pub advice: String,
    /// Whose turn it is to do that.
    pub turn: Party,
}

/// One connector at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectorStatus {
    /// Its id, as the log has it.
    pub id: String,
    /// Its name, or its id where the configuration has none.
    pub name: String,
    /// The workspace whose events it takes.
    pub workspace: String,
    /// What it is doing.
    pub state: State,
    /// For how long it has been doing that, since the program started at most.
    pub since: Duration,
    /// Why it is not running.
    pub cause: Option<Cause>,
    /// The last failure, also one that was overcome.
    pub last_error: Option<Cause>,
    /// When it is tried again, where it is blocked or degraded.
    pub next_probe: Option<Duration>,
    /// Lanes that cannot go on since their key is taken, each with what was found.
    pub conflicts: Vec<LaneConflict>,
    /// Events held for it.
    pub events_held: u64,
    /// Stored bytes of these events.
    pub bytes_held: u64,
    /// How long its oldest event has been held.
    pub oldest_held: Option<Duration>,
    /// How long until the oldest is given up, unless it is delivered or may have been.
    pub loss_in: Option<Duration>,
    /// How long ago the last of its objects was found to exist; `None` where none was since the program started.
    pub last_delivered: Option<Duration>,
}

/// A lane that cannot go on: another object has the key that comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LaneConflict {
    /// The key that is taken.
    pub key: String,
    /// What was found there.
    pub found: String,
    /// The lane.
    pub lane: Lane,
}

impl Cause {
    /// The cause that a failure of a sink is.
    pub(crate) fn of(error: &bucketline_sink::Error) -> Self {
        Self {
            message: error.to_string(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            advice: error.kind().advice().to_owned(),
            turn: Party::of(error.kind()),
        }
    }

    /// A cause that no store has named.
    pub(crate) fn plain(turn: Party, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: None,
            request_id: None,
            advice: advice.into(),
            turn,
        }
    }

    /// Whether both are about the same thing, however often it was tried and whatever key it was tried with.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.turn, &self.code) == (other.turn, &other.code)
    }
}

impl Party {
    /// Whose turn it is after a failure of this kind.
    fn of(kind: &ErrorKind) -> Self {
        match kind {
            ErrorKind::NotFound
            | ErrorKind::NoSuchBucket
            | ErrorKind::AccessDenied
            | ErrorKind::Credentials
            | ErrorKind::Encryption
            | ErrorKind::Quota => Self::Customer,
            ErrorKind::OwnCredentials
            | ErrorKind::WrongRegion { .. }
            | ErrorKind::ClockSkew
            | ErrorKind::InvalidRequest
            | ErrorKind::Unsupported
            | ErrorKind::OutsidePrefix
            | ErrorKind::DiskFull
            | ErrorKind::NotTheStore => Self::Us,
            // Busy, Throttled, Server, TimedOut, Connection, Corrupt, Unexpected, and whatever comes to be.
            _ => Self::Store,
        }
    }

    /// A word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Us => "us",
            Self::Store => "store",
        }
    }
}

impl Blockage {
    /// The blockage that a refusal leads to; nothing for failures that pass by themselves.
    pub(crate) fn of(kind: &ErrorKind) -> Option<Self> {
        match kind {
            ErrorKind::AccessDenied | ErrorKind::Credentials | ErrorKind::ClockSkew => Some(Self::Auth),
            ErrorKind::NoSuchBucket
            | ErrorKind::NotFound
            | ErrorKind::WrongRegion { .. }
            | ErrorKind::InvalidRequest
            | ErrorKind::Unsupported
            | ErrorKind::ChecksumRefused
            | ErrorKind::OutsidePrefix => Some(Self::Bucket),
            ErrorKind::Encryption => Some(Self::Encryption),
            ErrorKind::Quota | ErrorKind::DiskFull => Some(Self::Quota),
            ErrorKind::OwnCredentials => Some(Self::Vendor),
            // Busy, Throttled, Server, TimedOut, Connection, Corrupt, Unexpected, and whatever comes to be.
            _ => None,
        }
    }

    /// A word for it, as states are written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Bucket => "bucket",
            Self::Encryption => "encryption",
            Self::Conflict => "conflict",
            Self::Quota => "quota",
            Self::Vendor => "vendor",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Running => f.write_str("running"),
            Self::Degraded => f.write_str("degraded"),
            Self::Blocked(blockage) => write!(f, "blocked ({})", blockage.as_str()),
            Self::Orphaned => f.write_str("orphaned"),
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

impl fmt::Display for Cause {
    /// What failed, the code, the request, and what to do, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(code) = self.code.as_deref().filter(|code| !self.message.contains(*code)) {
            write!(f, " ({code})")?;
        }
        if let Some(id) = self
            .request_id
            .as_deref()
            .filter(|id| !self.message.contains(*id))
        {
            write!(f, " [request {id}]")?;
        }
        if self.advice.is_empty() || self.message.contains(&self.advice) {
            Ok(())
        } else {
            write!(f, "; {}", self.advice)
        }
    }
}
