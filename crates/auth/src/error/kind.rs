//! The sorts of trouble, each with what an operator does about it. Knows nothing of codes or calls.

/// What sort of trouble an [`Error`](super::Error) is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing is configured here. A [`Chain`](crate::Chain) asks its next provider; alone, configure one.
    NotLoaded,
    /// A setting is malformed, missing, or refused by AWS as such. Waiting does not help: correct it.
    InvalidConfig,
    /// AWS knows who asks and says no: the trust policy, the external ID, a revoked grant. The customer changes it.
    Denied,
    /// The credentials that signed the call are unknown, expired or wrong: replace *our* credentials.
    Unauthenticated,
    /// This machine's clock is too far from AWS's: correct the clock.
    ClockSkew,
    /// Too many calls. Wait; nothing is wrong.
    Throttled,
    /// No answer in time. Wait, then look at the network.
    TimedOut,
    /// Not reachable, or AWS has trouble of its own. Wait, then look at the network, proxy and endpoint.
    Unavailable,
    /// What was asked for does not exist (IAM).
    NotFound,
    /// What was to be made is there already (IAM).
    AlreadyExists,
    /// Someone else changes the same thing now (IAM): ask again a little later.
    Conflict,
    /// A limit of the account, such as two access keys per user (IAM): delete one or ask AWS for more.
    LimitExceeded,
    /// Anything else. The code, request id and source say more.
    Unexpected,
}

impl ErrorKind {
    /// Whether the same call may succeed a little later with nothing changed by anyone.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Throttled | Self::TimedOut | Self::Unavailable | Self::Conflict
        )
    }

    pub(crate) fn usual_effect(self) -> CallEffect {
        match self {
            Self::TimedOut | Self::Unavailable | Self::Unexpected => CallEffect::Unknown,
            _ => CallEffect::NotApplied,
        }
    }
}

/// Whether a call that failed may have changed something all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a closed set: either it is known that nothing happened, or it is not"
)]
pub enum CallEffect {
    /// Nothing has changed.
    NotApplied,
    /// The answer was lost or not understood: look before asking again.
    Unknown,
}
