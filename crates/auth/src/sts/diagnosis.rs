//! AWS's error codes, read: what each means and what to do next. Pure, so that it is tested as a table.
//! Knows nothing of the SDK, and of requests only the name of the call.

use crate::error::{Effect, Error, ErrorKind};

/// What AWS said when it refused a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceAnswer {
    /// The error code: `AccessDenied`.
    pub code: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// AWS's own words.
    pub message: Option<String>,
    /// The id under which AWS knows the call.
    pub request_id: Option<String>,
}

impl ServiceAnswer {
    /// An answer with this code.
    #[must_use]
    pub fn new(code: impl Into<String>, status: u16) -> Self {
        Self {
            code: Some(code.into()),
            status: Some(status),
            message: None,
            request_id: None,
        }
    }

    /// AWS's own words.
    #[must_use]
    pub fn message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The id under which AWS knows the call.
    #[must_use]
    pub fn request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// The error that this answer to `operation` on `subject` is: its kind, what it means and what to do next.
    #[must_use]
    pub fn into_error(self, operation: &'static str, subject: &str) -> Error {
        let code = self.code.as_deref().unwrap_or_default();
        let said = self.message.as_deref().unwrap_or_default();
        let diagnosis = diagnose(code, self.status, said);
        let message = if said.is_empty() || diagnosis.hide_words {
            diagnosis.meaning.to_owned()
        } else {
            format!("{}: {said}", diagnosis.meaning)
        };
        let mut error = Error::new(diagnosis.kind, message).with_operation(operation);
        if !subject.is_empty() {
            error = error.with_subject(subject);
        }
        if !diagnosis.remedy.is_empty() {
            error = error.with_remedy(diagnosis.remedy);
        }
        if self
            .status
            .is_some_and(|status| (400..500).contains(&status) && status != 408)
        {
            error = error.with_effect(Effect::NotApplied);
        }
        if !code.is_empty() {
            error = error.with_code(code);
        }
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        if let Some(request_id) = self.request_id {
            error = error.with_request_id(request_id);
        }
        error
    }
}

struct Diagnosis {
    kind: ErrorKind,
    meaning: &'static str,
    remedy: &'static str,
    /// AWS's words for a wrong signature repeat the whole request: of no use to a person, and not for a log.
    hide_words: bool,
}

const fn says(kind: ErrorKind, meaning: &'static str, remedy: &'static str) -> Diagnosis {
    Diagnosis {
        kind,
        meaning,
        remedy,
        hide_words: false,
    }
}

/// Codes as in <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>, the errors of each call, and
/// the same for IAM. Some services say `Exception` at the end of a code where others do not; it means nothing.
fn diagnose(code: &str, status: Option<u16>, words: &str) -> Diagnosis {
    match code.strip_suffix("Exception").unwrap_or(code) {
        "SignatureDoesNotMatch" | "InvalidSignature" if tells_of_the_clock(words) => CLOCK,
        "RequestTimeTooSkewed" | "RequestExpired" => CLOCK,
        "SignatureDoesNotMatch" | "InvalidSignature" | "IncompleteSignature" => Diagnosis {
            hide_words: true,
            ..says(
                ErrorKind::Unauthenticated,
                "the signature is wrong: the secret access key is not the one that belongs to the access key id",
                "copy the secret again, watching for whitespace and line ends; if it is right, a proxy changes requests",
            )
        },
        "InvalidClientTokenId" | "UnrecognizedClient" | "InvalidAccessKeyId" => says(
            ErrorKind::Unauthenticated,
            "AWS does not know the access key that signed the call",
            "check that the key exists, is active and of this partition, that temporary keys (ASIA...) come with their \
             session token, and that the account has this region enabled",
        ),
        "ExpiredToken" => says(
            ErrorKind::Unauthenticated,
            "the token has expired",
            "give fresh credentials; check that whatever renews them is running",
        ),
        "InvalidToken" | "MissingAuthenticationToken" => says(
            ErrorKind::Unauthenticated,
            "AWS does not accept the session token",
            "use the token that was made together with the key; tokens of the global endpoint are not valid everywhere",
        ),
        "InvalidIdentityToken" | "IDPRejectedClaim" => says(
            ErrorKind::Unauthenticated,
            "AWS does not accept the web identity token",
            "check that the account has an identity provider for the token's issuer and audience",
        ),
        "IDPCommunicationError" => says(
            ErrorKind::Unavailable,
            "AWS could not reach the identity provider",
            "wait, then look at the provider",
        ),
        "AccessDenied" | "NotAuthorized" | "UnauthorizedOperation" => says(
            ErrorKind::Denied,
            "AWS refused",
            "check that the caller's own policies allow this call on this resource",
        ),
        "OptInRequired" | "AccountProblem" | "NotSignedUp" | "SubscriptionRequired" => says(
            ErrorKind::Denied,
            "the account is not in order: suspended, not signed up, or not opted in to this region",
            "ask the customer to look at the account's state",
        ),
        "RegionDisabled" => says(
            ErrorKind::InvalidConfig,
            "STS is not activated in this region for the account",
            "ask the customer to activate it (IAM, account settings, Security Token Service), or use another region",
        ),
        "PackedPolicyTooLarge" => says(
            ErrorKind::InvalidConfig,
            "the session policy is too large for AWS's packed form",
            "shorten the folder path or the list of resources",
        ),
        "MalformedPolicyDocument" => says(
            ErrorKind::InvalidConfig,
            "AWS does not accept the policy document",
            "lint the document; a principal that was just made or deleted is refused in this way too",
        ),
        "ValidationError" | "Validation" if words.contains("uration") => says(
            ErrorKind::InvalidConfig,
            "AWS does not accept the session's duration",
            "ask for no more than the role's maximum session duration, and for 3,600 s at most where a role assumes a role",
        ),
        "ValidationError"
        | "Validation"
        | "InvalidInput"
        | "InvalidParameterValue"
        | "InvalidParameterCombination"
        | "MissingParameter"
        | "UnmodifiableEntity" => says(
            ErrorKind::InvalidConfig,
            "AWS does not accept a parameter",
            "correct the setting that is named",
        ),
        "InvalidAction" | "UnknownOperation" | "MissingAction" | "NotImplemented" => says(
            ErrorKind::InvalidConfig,
            "the endpoint does not know this call",
            "check the endpoint: it must be the one of STS or IAM",
        ),
        "Throttling"
        | "Throttled"
        | "RequestLimitExceeded"
        | "TooManyRequests"
        | "RequestThrottled"
        | "SlowDown"
        | "LimitExceededThrottling" => says(ErrorKind::Throttled, "too many calls", "wait; nothing is wrong"),
        "ServiceUnavailable"
        | "InternalFailure"
        | "InternalError"
        | "InternalServerError"
        | "ServiceFailure"
        | "ServiceNotAvailable" => says(ErrorKind::Unavailable, "AWS has trouble of its own", "wait"),
        "RequestTimeout" => says(
            ErrorKind::TimedOut,
            "the call took too long",
            "wait, then look at the network",
        ),
        "NoSuchEntity" => says(
            ErrorKind::NotFound,
            "it does not exist",
            "check its name and account",
        ),
        "EntityAlreadyExists" => says(
            ErrorKind::AlreadyExists,
            "it exists already",
            "compare it with what is wanted",
        ),
        "ConcurrentModification" | "EntityTemporarilyUnmodifiable" | "DeleteConflict" => says(
            ErrorKind::Conflict,
            "it is being changed, or something still depends on it",
            "ask again a little later",
        ),
        "LimitExceeded" => says(
            ErrorKind::LimitExceeded,
            "a limit of the account is reached",
            "delete what is no longer used (a user has two access keys at most), or ask AWS for more",
        ),
        _ => by_status(status),
    }
}

const CLOCK: Diagnosis = says(
    ErrorKind::ClockSkew,
    "this machine's clock is too far from AWS's",
    "correct the clock, and keep it so by NTP",
);

/// STS says `SignatureDoesNotMatch` for a wrong clock too, and tells only by its words.
fn tells_of_the_clock(words: &str) -> bool {
    words.contains("Signature expired") || words.contains("Signature not yet current")
}

fn by_status(status: Option<u16>) -> Diagnosis {
    match status {
        Some(429) => says(ErrorKind::Throttled, "too many calls", "wait; nothing is wrong"),
        Some(401) => says(
            ErrorKind::Unauthenticated,
            "the credentials are not accepted",
            "check the access key",
        ),
        Some(403) => says(
            ErrorKind::Denied,
            "refused",
            "check the caller's policies, and any proxy on the way",
        ),
        Some(404 | 405) => says(
            ErrorKind::InvalidConfig,
            "the endpoint does not know this call",
            "check the endpoint: it must be the one of STS or IAM",
        ),
        Some(500..) => says(
            ErrorKind::Unavailable,
            "the service has trouble of its own",
            "wait",
        ),
        _ => says(
            ErrorKind::Unexpected,
            "an answer that is not understood",
            "look up the code and request id",
        ),
    }
}

#[cfg(test)]
mod tests;
