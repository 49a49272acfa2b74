//! What AWS's answer means, as a type: code, words and status are read here and nowhere else. Pure, so that it is tested
//! as a table. The words for people are in `text`; what to do about a kind of trouble is nobody's business here.

mod text;

use crate::ErrorKind;

/// Why AWS, or what answers in its place, refused a call.
///
/// Read off an answer by [`ServiceAnswer::cause`](crate::ServiceAnswer::cause); an error says it with
/// [`Error::cause`](crate::Error::cause). [`name`](Self::name) is stable, for reports and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// This machine's clock differs too much from AWS's.
    ClockSkew,
    /// The signature does not match: the secret is not that of the access key.
    WrongSecret,
    /// AWS does not know the access key.
    UnknownKey,
    /// The session's token has expired.
    ExpiredToken,
    /// The session's token is not one of AWS's, or not of this key.
    InvalidToken,
    /// The workload's token is not accepted.
    InvalidWebIdentity,
    /// AWS could not ask the workload's identity provider.
    IdentityProvider,
    /// A policy does not allow the call.
    Denied,
    /// The account is suspended, not signed up, or not opted in to the region.
    AccountProblem,
    /// STS is not activated for the account in this region.
    RegionDisabled,
    /// The session policy is too large in AWS's packed form.
    PackedPolicyTooLarge,
    /// A policy document is not accepted.
    MalformedPolicy,
    /// The session's duration is not accepted.
    Duration,
    /// Another parameter is not accepted.
    Parameter,
    /// The endpoint does not know the call: it is not the service's.
    UnknownCall,
    /// Too many calls.
    Throttled,
    /// AWS has trouble of its own.
    ServiceTrouble,
    /// AWS gave up waiting.
    Slow,
    /// What was asked for does not exist.
    Missing,
    /// What was to be made exists.
    Exists,
    /// It is being changed, or something depends on it.
    Conflict,
    /// A limit of the account is reached.
    Limit,
    /// A refusal without AWS's code and request id: it is somebody else's, such as a proxy's.
    NotFromAws,
    /// A code that is not known here.
    Unrecognised,
}

impl Cause {
    /// Reads an answer. `identified` says whether it bears a request id, which every answer of AWS does.
    ///
    /// Codes as in <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>, the errors of each call, and
    /// the same for IAM. Some services say `Exception` at the end of a code where others do not; it means nothing.
    pub(crate) fn of(code: &str, words: &str, status: Option<u16>, identified: bool) -> Self {
        if code.is_empty() {
            return Self::of_status(status);
        }
        let cause = match code.strip_suffix("Exception").unwrap_or(code) {
            "SignatureDoesNotMatch" | "InvalidSignature" if tells_of_the_clock(words) => Self::ClockSkew,
            "RequestTimeTooSkewed" | "RequestExpired" => Self::ClockSkew,
            "SignatureDoesNotMatch" | "InvalidSignature" | "IncompleteSignature" => Self::WrongSecret,
            "InvalidClientTokenId" | "UnrecognizedClient" | "InvalidAccessKeyId" => Self::UnknownKey,
            "ExpiredToken" => Self::ExpiredToken,
            "InvalidToken" | "MissingAuthenticationToken" => Self::InvalidToken,
            "InvalidIdentityToken" | "IDPRejectedClaim" => Self::InvalidWebIdentity,
            "IDPCommunicationError" => Self::IdentityProvider,
            "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => Self::Denied,
            "OptInRequired" | "AccountProblem" | "NotSignedUp" | "SubscriptionRequired" => {
                Self::AccountProblem
            }
            "RegionDisabled" => Self::RegionDisabled,
            "PackedPolicyTooLarge" => Self::PackedPolicyTooLarge,
            "MalformedPolicyDocument" => Self::MalformedPolicy,
            "ValidationError" | "Validation" if words.contains("uration") => Self::Duration,
            "ValidationError"
            | "Validation"
            | "InvalidInput"
            | "InvalidParameterValue"
            | "InvalidParameterCombination"
            | "MissingParameter"
            | "UnmodifiableEntity" => Self::Parameter,
            "InvalidAction" | "UnknownOperation" | "MissingAction" | "NotImplemented" => Self::UnknownCall,
            "Throttling"
            | "Throttled"
            | "RequestLimitExceeded"
            | "TooManyRequests"
            | "RequestThrottled"
            | "SlowDown"
            | "LimitExceededThrottling" => Self::Throttled,
            "ServiceUnavailable"
            | "InternalFailure"
            | "InternalError"
            | "InternalServerError"
            | "ServiceFailure"
            | "ServiceNotAvailable" => Self::ServiceTrouble,
            "RequestTimeout" => Self::Slow,
            "NoSuchEntity" => Self::Missing,
            "EntityAlreadyExists" => Self::Exists,
            "ConcurrentModification" | "EntityTemporarilyUnmodifiable" | "DeleteConflict" => Self::Conflict,
            "LimitExceeded" => Self::Limit,
            _ => match Self::of_status(status) {
                Self::NotFromAws => Self::Unrecognised,
                by_status => by_status,
            },
        };
        if cause.is_verdict() && !identified {
            return Self::NotFromAws;
        }
        cause
    }

    /// An answer without a code: AWS's own have one, but for overload and breakdown.
    fn of_status(status: Option<u16>) -> Self {
        match status {
            Some(429) => Self::Throttled,
            Some(408) => Self::Slow,
            Some(404 | 405) => Self::UnknownCall,
            Some(401 | 403 | 407) => Self::NotFromAws,
            Some(500..) => Self::ServiceTrouble,
            _ => Self::Unrecognised,
        }
    }

    /// A stable name in `snake_case`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ClockSkew => "clock_skew",
            Self::WrongSecret => "wrong_secret",
            Self::UnknownKey => "unknown_key",
            Self::ExpiredToken => "expired_token",
            Self::InvalidToken => "invalid_token",
            Self::InvalidWebIdentity => "invalid_web_identity",
            Self::IdentityProvider => "identity_provider",
            Self::Denied => "denied",
            Self::AccountProblem => "account_problem",
            Self::RegionDisabled => "region_disabled",
            Self::PackedPolicyTooLarge => "packed_policy_too_large",
            Self::MalformedPolicy => "malformed_policy",
            Self::Duration => "duration",
            Self::Parameter => "parameter",
            Self::UnknownCall => "unknown_call",
            Self::Throttled => "throttled",
            Self::ServiceTrouble => "service_trouble",
            Self::Slow => "slow",
            Self::Missing => "missing",
            Self::Exists => "exists",
            Self::Conflict => "conflict",
            Self::Limit => "limit",
            Self::NotFromAws => "not_from_aws",
            Self::Unrecognised => "unrecognised",
        }
    }

    /// What sort of trouble it is, by which retries and caches decide.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::ClockSkew => ErrorKind::ClockSkew,
            Self::WrongSecret
            | Self::UnknownKey
            | Self::ExpiredToken
            | Self::InvalidToken
            | Self::InvalidWebIdentity => ErrorKind::Unauthenticated,
            Self::Denied | Self::AccountProblem => ErrorKind::Denied,
            Self::RegionDisabled
            | Self::PackedPolicyTooLarge
            | Self::MalformedPolicy
            | Self::Duration
            | Self::Parameter
            | Self::UnknownCall => ErrorKind::InvalidConfig,
            Self::Throttled => ErrorKind::Throttled,
            // Whoever stands between us and AWS is the network's trouble, and says nothing about the customer's grant.
            Self::ServiceTrouble | Self::IdentityProvider | Self::NotFromAws => ErrorKind::Unavailable,
            Self::Slow => ErrorKind::TimedOut,
            Self::Missing => ErrorKind::NotFound,
            Self::Exists => ErrorKind::AlreadyExists,
            Self::Conflict => ErrorKind::Conflict,
            Self::Limit => ErrorKind::LimitExceeded,
            Self::Unrecognised => ErrorKind::Unexpected,
        }
    }

    /// Whether it says something about who asks, and so may end a session that is valid still.
    const fn is_verdict(self) -> bool {
        matches!(self.kind(), ErrorKind::Denied | ErrorKind::Unauthenticated)
    }
}

/// STS says `SignatureDoesNotMatch` for a wrong clock too, and tells only by its words.
fn tells_of_the_clock(words: &str) -> bool {
    words.contains("Signature expired") || words.contains("Signature not yet current")
}

#[cfg(test)]
mod tests;
