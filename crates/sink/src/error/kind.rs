//! The words that callers decide by: kind, effect, operation. They must not depend on a store's texts.

use std::fmt;

/// What kind of trouble a call ran into. Each variant says what the operator does next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The key has no object. Nothing to do.
    NotFound,
    /// The upload is not there: it was completed, or aborted. Look whether its object is.
    NoSuchUpload,
    /// The bucket, or the folder on disk, is not there. Stop writing and correct the name; a deleted bucket's
    /// name may be taken by somebody else.
    NoSuchBucket,
    /// The credentials are good but not allowed to do this. Correct the policies.
    AccessDenied,
    /// The credentials are unknown, wrong, expired, or could not be got. Renew them.
    Credentials,
    /// What our own side signs with cannot be had, or is refused: nobody but us can repair it. The sink itself never says this;
    /// whoever knows whose credentials they are does.
    OwnCredentials,
    /// The bucket is in another region. Set the region, or let the sink find it out.
    WrongRegion {
        /// The region that the store named.
        region: Option<String>,
    },
    /// The encryption asked for cannot be had: key missing, disabled, or not allowed. Correct the key or its
    /// policy.
    Encryption,
    /// A quota of the store is full. Make room.
    Quota,
    /// Another request on the same key was under way. Try again.
    Busy,
    /// The store asks for fewer requests. Try again later.
    Throttled,
    /// The store failed. Try again later.
    Server,
    /// No answer in time. Try again later.
    TimedOut,
    /// The answer cannot be the store's: a proxy, a firewall or a portal answered in its place, or took something
    /// away from its answer. Look at what stands between; it is tried again.
    NotTheStore,
    /// The store asks to come again, at another of its addresses or a moment later. Try again.
    Redirected,
    /// No connection, or a broken one. Check address, network and proxy if it lasts.
    Connection,
    /// The bytes that arrived are not those that were sent, or an answer could not be read whole. Try again;
    /// look for a proxy that changes bodies if it lasts.
    Corrupt,
    /// This machine's clock is off. Correct it.
    ClockSkew,
    /// The store cannot take a request like this one: a name or a setting is wrong.
    InvalidRequest,
    /// The store does not have this feature.
    Unsupported,
    /// The store refuses a request that has a checksum's header. Leave checksums out for it.
    ChecksumRefused,
    /// The key lies outside the folder that this sink was confined to. A mistake of the caller; nothing was
    /// sent.
    OutsidePrefix,
    /// The disk is full. Make room.
    DiskFull,
    /// Anything else; the code and the message tell.
    Unexpected,
}

impl ErrorKind {
    /// Whether time alone may cure it: a repeat of the same call is worth while, after a pause.
    ///
    /// ```
    /// use bucketline_sink::ErrorKind;
    ///
    /// assert!(ErrorKind::Throttled.is_transient());
    /// assert!(!ErrorKind::AccessDenied.is_transient());
    /// ```
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::Busy
            | Self::Throttled
            | Self::Server
            | Self::TimedOut
            | Self::NotTheStore
            | Self::Redirected
            | Self::Connection
            | Self::Corrupt
            | Self::Unexpected => true,
            Self::NotFound
            | Self::NoSuchUpload
            | Self::NoSuchBucket
            | Self::AccessDenied
            | Self::Credentials
            | Self::OwnCredentials
            | Self::WrongRegion { .. }
            | Self::Encryption
            | Self::Quota
            | Self::ClockSkew
            | Self::InvalidRequest
            | Self::Unsupported
            | Self::ChecksumRefused
            | Self::OutsidePrefix
            | Self::DiskFull => false,
        }
    }

    /// What the operator does about it: one fragment, for the end of a message.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::NotFound => "nothing lies under this key",
            Self::NoSuchUpload => "look whether its object is there; else begin again",
            Self::NoSuchBucket => "check the bucket's name, and that it was not deleted",
            Self::AccessDenied => "let the policies of identity, bucket and key allow this call",
            Self::Credentials => "renew the credentials, or correct where they come from",
            Self::OwnCredentials => {
                "correct our own credentials, or where they are kept: the customer has nothing to do"
            }
            Self::WrongRegion { .. } => "set the bucket's region, or leave it out to have it found",
            Self::Encryption => "check that the key exists, is enabled, and may be used",
            Self::Quota => "make room in the store, or raise its quota",
            Self::Busy | Self::Throttled | Self::Server | Self::Redirected => "it is tried again later",
            Self::NotTheStore => {
                "it is tried again; look for a proxy, firewall or portal that answers in the store's place"
            }
            Self::TimedOut | Self::Connection => {
                "it is tried again; check address, network and proxy if it lasts"
            }
            Self::Corrupt => "it is tried again; look for a proxy that changes bodies if it lasts",
            Self::ClockSkew => "correct this machine's clock",
            Self::InvalidRequest => "correct the name or setting that the message tells of",
            Self::Unsupported => "use a store that has this feature, or a setting without it",
            Self::ChecksumRefused => {
                "set `checksum = \"off\"` for this store: it refuses the checksum's header"
            }
            Self::OutsidePrefix => "only keys below the configured folder may be used",
            Self::DiskFull => "make room on the disk",
            Self::Unexpected => "see the code and the message",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::NotFound => "no such object",
            Self::NoSuchUpload => "no such upload",
            Self::NoSuchBucket => "no such bucket",
            Self::AccessDenied => "access denied",
            Self::Credentials => "credentials not accepted",
            Self::OwnCredentials => "our own credentials are not there, or not accepted",
            Self::WrongRegion { region: Some(region) } => {
                return write!(f, "the bucket is in region `{}`", region.escape_debug());
            }
            Self::WrongRegion { region: None } => "the bucket is in another region",
            Self::Encryption => "encryption key not usable",
            Self::Quota => "quota exceeded",
            Self::Busy => "another request on this key is under way",
            Self::Throttled => "the store asks to slow down",
            Self::Server => "the store failed",
            Self::TimedOut => "no answer in time",
            Self::NotTheStore => "the answer is not the store's",
            Self::Redirected => "the store asks to come again",
            Self::Connection => "no connection, or a broken one",
            Self::Corrupt => "bytes were damaged on the way",
            Self::ClockSkew => "this machine's clock is off",
            Self::InvalidRequest => "the request is not valid",
            Self::Unsupported => "not supported by this store",
            Self::ChecksumRefused => "the store does not take the checksum's header",
            Self::OutsidePrefix => "outside the folder of this sink",
            Self::DiskFull => "the disk is full",
            Self::Unexpected => "unexpected failure",
        };
        f.write_str(text)
    }
}

/// Whether a failed call may have done what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "an effect is ruled out or it is not")]
pub enum Effect {
    /// Surely not, and it never will: the store refused it, or it was never sent. Calls that only read are
    /// always this.
    NotApplied,
    /// It may have been done, or may yet be: no answer came, or one that does not tell.
    Unknown,
}

/// What was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Store an object.
    Put,
    /// Ask for an object's properties.
    Head,
    /// Read an object.
    Get,
    /// List keys.
    List,
    /// Remove an object.
    Delete,
    /// Begin an upload in parts.
    BeginUpload,
    /// Send a part of one.
    PutPart,
    /// Make an object of its parts.
    CompleteUpload,
    /// Remove the parts of an upload.
    AbortUpload,
    /// Ask for the bucket's region.
    Locate,
    /// Make a sink from its settings.
    Open,
    /// Make a value from text.
    Parse,
}

impl Operation {
    /// Whether the store is as before, whatever came of the call.
    #[must_use]
    pub const fn is_read(self) -> bool {
        !matches!(
            self,
            Self::Put
                | Self::Delete
                | Self::BeginUpload
                | Self::PutPart
                | Self::CompleteUpload
                | Self::AbortUpload
        )
    }

    /// Whether a checksum goes with it.
    #[cfg(feature = "s3")]
    pub(crate) const fn sends_checksum(self) -> bool {
        matches!(
            self,
            Self::Put | Self::BeginUpload | Self::PutPart | Self::CompleteUpload
        )
    }

    /// The effect of a call of this kind that may have arrived: reads never have one.
    #[must_use]
    pub const fn effect_if_sent(self) -> Effect {
        if self.is_read() {
            Effect::NotApplied
        } else {
            Effect::Unknown
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Put => "put",
            Self::Head => "look at",
            Self::Get => "read",
            Self::List => "list",
            Self::Delete => "delete",
            Self::BeginUpload => "begin an upload of",
            Self::PutPart => "send a part of",
            Self::CompleteUpload => "complete the upload of",
            Self::AbortUpload => "abort the upload of",
            Self::Locate => "find the region",
            Self::Open => "open",
            Self::Parse => "parse",
        })
    }
}
