//! Why a step did not pass: a closed list, read off errors by one table. The words are in `text`; nothing here asks anyone.

mod text;

use bucketline_auth::{Cause as AuthCause, Error as AuthError, ErrorKind as AuthKind};
use bucketline_sink::{Error as SinkError, ErrorKind as SinkKind};
use serde::Serialize;

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::exhaustive_enums, reason = "the published list of turns")]
pub enum Turn {
    /// The customer changes something in their account.
    Customer,
    /// We change something on our side.
    Us,
    /// Nobody: AWS, or the network, has trouble of its own.
    Aws,
}

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident $turn:ident;)+) => {
        /// Why a step did not pass.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Cause {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Cause {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Whose turn it is.
            #[must_use]
            pub const fn turn(self) -> Turn {
                match self {
                    $(Self::$name => Turn::$turn,)+
                }
            }
        }
    };
}

causes! {
    /// AWS does not know the access key: deleted, inactive, or of another partition.
    UnknownKey Customer;
    /// The secret is not that of the access key.
    WrongSecret Customer;
    /// The session or token has expired.
    ExpiredToken Us;
    /// The session token is not accepted.
    InvalidToken Us;
    /// The vendor's own credentials are missing, wrong or expired.
    OurCredentials Us;
    /// This machine's clock is off.
    ClockSkew Us;
    /// The role is missing, or does not trust us, or wants another external ID: AWS does not say which.
    RoleRefused Customer;
    /// Our own policies do not let us assume the role.
    OurPolicies Us;
    /// The role is in the vendor's own account.
    OwnAccount Customer;
    /// The role lets itself be assumed without the external ID.
    ExternalIdNotRequired Customer;
    /// The external ID can be guessed.
    WeakExternalId Us;
    /// The session policy is larger than AWS takes.
    PolicyTooLarge Us;
    /// STS is not activated in the region.
    RegionDisabled Customer;
    /// The account is suspended, or not opted in.
    AccountProblem Customer;
    /// A policy does not allow the call.
    Denied Customer;
    /// The bucket belongs to another account than it should.
    ForeignOwner Customer;
    /// Nobody has said which account the bucket belongs to, and it is not the key's.
    OwnerUnknown Us;
    /// There is no such bucket.
    NoSuchBucket Customer;
    /// The bucket is in another region than configured.
    WrongRegion Us;
    /// The KMS key does not exist.
    KeyMissing Customer;
    /// The KMS key is disabled, or pending deletion.
    KeyDisabled Customer;
    /// The KMS key may not be used.
    KeyDenied Customer;
    /// The store did not encrypt as it was asked to.
    EncryptionIgnored Customer;
    /// The encryption setting is not one that the store takes.
    EncryptionSetting Us;
    /// The bucket takes no ACLs, and something asked for one.
    AclNotSupported Us;
    /// The credentials reach further than the folder.
    ReachesTooFar Customer;
    /// The store does not keep a second writer from overwriting.
    NoWriteProtection Customer;
    /// The store has no room.
    Quota Customer;
    /// Something between us and AWS answered or changed an answer.
    Proxy Us;
    /// TLS could not be agreed on.
    Tls Us;
    /// No connection, or no answer in time.
    Network Us;
    /// Too many requests.
    Throttled Aws;
    /// AWS, or the store, has trouble of its own.
    ServiceTrouble Aws;
    /// The store refuses requests with a checksum's header.
    ChecksumRefused Us;
    /// A setting of ours that AWS does not take.
    Setting Us;
    /// None of these: the code and the words tell.
    Unrecognised Us;
}

impl Cause {
    /// What an error of STS means; `ours` says that the vendor's own credentials signed the call.
    pub(crate) fn of_auth(error: &AuthError, ours: bool) -> Self {
        let by_cause = match error.cause() {
            Some(AuthCause::ClockSkew) => Some(Self::ClockSkew),
            Some(AuthCause::RegionDisabled) => Some(Self::RegionDisabled),
            Some(AuthCause::AccountProblem) => Some(Self::AccountProblem),
            Some(AuthCause::PackedPolicyTooLarge) => Some(Self::PolicyTooLarge),
            Some(AuthCause::NotFromAws) => Some(Self::Proxy),
            Some(AuthCause::ServiceTrouble) => Some(Self::ServiceTrouble),
            Some(_) if ours && error.kind() == AuthKind::Unauthenticated => Some(Self::OurCredentials),
            Some(AuthCause::UnknownKey) => Some(Self::UnknownKey),
            Some(AuthCause::WrongSecret) => Some(Self::WrongSecret),
            Some(AuthCause::ExpiredToken) => Some(Self::ExpiredToken),
            Some(AuthCause::InvalidToken) => Some(Self::InvalidToken),
            _ => None,
        };
        by_cause.unwrap_or_else(|| match error.kind() {
            AuthKind::Denied if ours && tells_of_our_policies(error.message()) => Self::OurPolicies,
            AuthKind::Denied if ours => Self::RoleRefused,
            AuthKind::Denied => Self::Denied,
            AuthKind::NotLoaded | AuthKind::Unauthenticated => Self::OurCredentials,
            AuthKind::ClockSkew => Self::ClockSkew,
            AuthKind::Throttled => Self::Throttled,
            AuthKind::TimedOut => Self::Network,
            AuthKind::Unavailable => Self::of_words(error.message()),
            AuthKind::InvalidConfig => Self::Setting,
            _ => Self::Unrecognised,
        })
    }

    /// What an error of a store means. Codes as in
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
    pub(crate) fn of_sink(error: &SinkError) -> Self {
        // What could not sign the request is STS's to tell.
        if let Some(below) = AuthError::find_in(error) {
            return Self::of_auth(below, below.operation() == Some("AssumeRole"));
        }
        if *error.kind() == SinkKind::ChecksumRefused {
            return Self::ChecksumRefused;
        }
        Self::of_code(
            error.code().unwrap_or_default(),
            error.message().unwrap_or_default(),
        )
        .unwrap_or_else(|| Self::of_sink_kind(error))
    }

    fn of_code(code: &str, words: &str) -> Option<Self> {
        Some(match code {
            "InvalidAccessKeyId" => Self::UnknownKey,
            "SignatureDoesNotMatch" => Self::WrongSecret,
            "ExpiredToken" | "TokenRefreshRequired" => Self::ExpiredToken,
            "InvalidToken" => Self::InvalidToken,
            "RequestTimeTooSkewed" | "RequestExpired" => Self::ClockSkew,
            "AccessDenied" | "AllAccessDisabled" if words.contains("kms:") => Self::KeyDenied,
            "AccessDenied" => Self::Denied,
            "AccountProblem" | "AllAccessDisabled" | "NotSignedUp" | "OptInRequired" => Self::AccountProblem,
            "RegionDisabledException" => Self::RegionDisabled,
            "NoSuchBucket" => Self::NoSuchBucket,
            "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException" => Self::WrongRegion,
            "KMS.NotFoundException" => Self::KeyMissing,
            "KMS.DisabledException" | "KMS.InvalidStateException" | "KMS.KMSInvalidStateException" => {
                Self::KeyDisabled
            }
            "KMS.AccessDeniedException" => Self::KeyDenied,
            "KMS.InvalidKeyUsageException" | "InvalidEncryptionAlgorithmError" | "EncryptionTypeMismatch" => {
                Self::EncryptionSetting
            }
            "AccessControlListNotSupported" => Self::AclNotSupported,
            "PackedPolicyTooLarge" | "PackedPolicyTooLargeException" => Self::PolicyTooLarge,
            "SlowDown" | "Throttling" | "ThrottlingException" | "TooManyRequests" => Self::Throttled,
            "InternalError" | "ServiceUnavailable" => Self::ServiceTrouble,
            "InvalidBucketOwnerAWSAccountID" => Self::Setting,
            "QuotaExceeded" | "XMinioStorageFull" => Self::Quota,
            _ => return None,
        })
    }

    fn of_sink_kind(error: &SinkError) -> Self {
        match error.kind() {
            SinkKind::NoSuchBucket => Self::NoSuchBucket,
            SinkKind::AccessDenied => Self::Denied,
            SinkKind::Credentials => Self::OurCredentials,
            SinkKind::WrongRegion { .. } => Self::WrongRegion,
            SinkKind::Encryption => Self::KeyDenied,
            SinkKind::Quota => Self::Quota,
            SinkKind::Throttled | SinkKind::Busy => Self::Throttled,
            SinkKind::Server | SinkKind::Redirected => Self::ServiceTrouble,
            SinkKind::NotTheStore | SinkKind::Corrupt => Self::Proxy,
            SinkKind::TimedOut => Self::Network,
            SinkKind::Connection => Self::of_words(&chain(error)),
            SinkKind::ClockSkew => Self::ClockSkew,
            SinkKind::InvalidRequest | SinkKind::Unsupported => Self::Setting,
            _ => Self::Unrecognised,
        }
    }

    /// What kept a connection from being made is told in words alone.
    fn of_words(words: &str) -> Self {
        let words = words.to_ascii_lowercase();
        if ["certificate", "tls", "handshake"]
            .iter()
            .any(|word| words.contains(word))
        {
            Self::Tls
        } else if words.contains("proxy") {
            Self::Proxy
        } else {
            Self::Network
        }
    }

    /// Whether nobody who would know has answered: the step says nothing then.
    pub(crate) const fn is_open(self) -> bool {
        matches!(
            self,
            Self::Throttled | Self::ServiceTrouble | Self::Network | Self::Proxy | Self::Tls
        )
    }
}

/// A refusal that names the caller's own policies is about us, and says nothing about the customer's role.
pub(crate) fn tells_of_our_policies(words: &str) -> bool {
    words.contains("identity-based policy")
        || words.contains("service control policy")
        || words.contains("permissions boundary")
}

/// An error with those below it.
pub(crate) fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(below) = next {
        let words = below.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        next = below.source();
    }
    text
}

#[cfg(test)]
mod tests;
