//! What to do about each cause, in one place. An imperative, for whoever's turn it is.

use super::Cause;

impl Cause {
    /// What to do.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::UnknownKey => {
                "check that the access key exists, is active and belongs to this partition; else make another"
            }
            Self::WrongSecret => {
                "copy the secret access key again, without whitespace around it; a proxy that changes requests looks the same"
            }
            Self::ExpiredToken => {
                "the session ended before its time: it is renewed by itself; check that whatever hands out the base credentials is running"
            }
            Self::InvalidToken => "use the session token that was made together with the key",
            Self::OurCredentials => {
                "correct the vendor's own credentials: the customer can do nothing about this"
            }
            Self::ClockSkew => "correct this machine's clock, and keep it so by NTP",
            Self::RoleRefused => {
                "check that the role exists, and paste this trust policy: AWS answers alike for a missing role, another principal and another external ID"
            }
            Self::OurPolicies => "allow our own identity `sts:AssumeRole` on the role",
            Self::OwnAccount => "give the ARN of a role in the customer's account",
            Self::ExternalIdNotRequired => {
                "paste this trust policy: its condition on `sts:ExternalId` keeps other customers of ours from using the role"
            }
            Self::WeakExternalId => "make another external ID: `bucketline external-id new`",
            Self::PolicyTooLarge => "shorten the folder path",
            Self::RegionDisabled => {
                "activate STS in this region (IAM, account settings), or use another region"
            }
            Self::AccountProblem => {
                "look at the state of the AWS account: suspended, not signed up, or not opted in to this region"
            }
            Self::Denied => {
                "add this statement to the policies; look for an explicit deny in the bucket policy and in the organization too"
            }
            Self::ForeignOwner => {
                "correct the bucket's name, or `bucket_owner` if the bucket is meant to belong to another account"
            }
            Self::OwnerUnknown => {
                "ask the customer which account owns the bucket, and set `bucket_owner` to it"
            }
            Self::NoSuchBucket => {
                "create the bucket, or correct its name: a name that is free may be taken by anybody"
            }
            Self::WrongRegion => "set `region` to the bucket's own, or leave it out",
            Self::KeyMissing => "correct the KMS key's ARN, or create the key",
            Self::KeyDisabled => "enable the KMS key, or cancel its deletion",
            Self::KeyDenied => {
                "allow the key's use, in the key policy and in the policies of the role or user"
            }
            Self::EncryptionIgnored => {
                "use a store that encrypts as it is asked to, or set `encryption` to what it does"
            }
            Self::EncryptionSetting => "correct `encryption` in the configuration",
            Self::AclNotSupported => "ask for no ACL: the bucket's owner owns what is written",
            Self::ReachesTooFar => "narrow the policy to the folder, as in the one to paste",
            Self::NoWriteProtection => {
                "use a store that honours `If-None-Match`: this one does not keep a second writer from overwriting"
            }
            Self::Quota => "make room in the store, or raise its quota",
            Self::Proxy => "look at the proxy, firewall or sign-in page between here and AWS",
            Self::Tls => {
                "check the certificates that this machine trusts (`AWS_CA_BUNDLE`) and what stands between"
            }
            Self::Network => "check address, name resolution, network and proxy",
            Self::Throttled | Self::ServiceTrouble => "wait, then check again",
            Self::ChecksumRefused => {
                "set `checksum = \"off\"`: this store does not take the checksum's header"
            }
            Self::Setting => "correct the setting that is named",
            Self::Unrecognised => "look up the code and the request id",
        }
    }
}
