//! The words for each cause: what it means, and what to do next. Every remedy that belongs to a code is here.

use super::Cause;

impl Cause {
    /// What it means: a lower-case fragment.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::ClockSkew => "this machine's clock is too far from AWS's",
            Self::WrongSecret => {
                "the signature is wrong: the secret access key is not the one that belongs to the access key id"
            }
            Self::UnknownKey => "AWS does not know the access key that signed the call",
            Self::ExpiredToken => "the token has expired",
            Self::InvalidToken => "AWS does not accept the session token",
            Self::InvalidWebIdentity => "AWS does not accept the web identity token",
            Self::IdentityProvider => "AWS could not reach the identity provider",
            Self::Denied => "AWS refused",
            Self::AccountProblem => {
                "the account is not in order: suspended, not signed up, or not opted in to this region"
            }
            Self::RegionDisabled => "STS is not activated in this region for the account",
            Self::PackedPolicyTooLarge => "the session policy is too large for AWS's packed form",
            Self::MalformedPolicy => "AWS does not accept the policy document",
            Self::Duration => "AWS does not accept the session's duration",
            Self::Parameter => "AWS does not accept a parameter",
            Self::UnknownCall => "the endpoint does not know this call",
            Self::Throttled => "too many calls",
            Self::ServiceTrouble => "the service has trouble of its own",
            Self::Slow => "the call took too long",
            Self::Missing => "it does not exist",
            Self::Exists => "it exists already",
            Self::Conflict => "it is being changed, or something still depends on it",
            Self::Limit => "a limit of the account is reached",
            Self::NotFromAws => {
                "something on the way refused the call: the answer lacks AWS's code or request id"
            }
            Self::Unrecognised => "an answer that is not understood",
        }
    }

    /// What to do next, as an imperative.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::ClockSkew => "correct the clock, and keep it so by NTP",
            Self::WrongSecret => {
                "copy the secret again, watching for whitespace and line ends; if it is right, a proxy changes requests"
            }
            Self::UnknownKey => {
                "check that the key exists, is active and of this partition, that temporary keys (ASIA...) come with \
                 their session token, and that the account has this region enabled"
            }
            Self::ExpiredToken => "give fresh credentials; check that whatever renews them is running",
            Self::InvalidToken => {
                "use the token that was made together with the key; tokens of the global endpoint are not valid \
                 everywhere"
            }
            Self::InvalidWebIdentity => {
                "check that the account has an identity provider for the token's issuer and audience"
            }
            Self::IdentityProvider => "wait, then look at the provider",
            Self::Denied => "check that the caller's own policies allow this call on this resource",
            Self::AccountProblem => "ask the customer to look at the account's state",
            Self::RegionDisabled => {
                "ask the customer to activate it (IAM, account settings, Security Token Service), or use another region"
            }
            Self::PackedPolicyTooLarge => "shorten the folder path or the list of resources",
            Self::MalformedPolicy => {
                "lint the document; a principal that was just made or deleted is refused in this way too"
            }
            Self::Duration => {
                "ask for no more than the role's maximum session duration, and for 3,600 s at most where a role assumes \
                 a role"
            }
            Self::Parameter => "correct the setting that is named",
            Self::UnknownCall => "check the endpoint: it must be the one of STS or IAM",
            Self::Throttled => "wait; nothing is wrong",
            Self::ServiceTrouble => "wait",
            Self::Slow => "wait, then look at the network",
            Self::Missing => "check its name and account",
            Self::Exists => "compare it with what is wanted",
            Self::Conflict => "ask again a little later",
            Self::Limit => {
                "delete what is no longer used (a user has two access keys at most), or ask AWS for more"
            }
            Self::NotFromAws => "look at the proxy, firewall or sign-in page between here and AWS",
            Self::Unrecognised => "look up the code and request id",
        }
    }

    /// Whether the answer's own words are kept out: for a wrong signature they repeat the whole request, which is of no use
    /// to a person and not for a log; and what a stranger on the way says may be anything.
    pub(crate) const fn hides_words(self) -> bool {
        matches!(self, Self::WrongSecret | Self::NotFromAws)
    }
}
