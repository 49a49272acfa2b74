//! What is to be checked, as whoever knows the configuration hands it in. Asks nobody.

use std::fmt::Debug;
use std::sync::Arc;

use bucketline_auth::{AccountId, ExternalId, RoleArn, SessionName, SessionPolicy, Sts};
use bucketline_policy::Document;
use bucketline_sink::{Encryption, S3Sink};

use crate::report::ReportKind;

/// One thing to check.
#[derive(Clone, Debug)]
pub struct Target {
    /// What it is.
    pub kind: ReportKind,
    /// Its id.
    pub id: String,
    /// How it authenticates.
    pub access: Access,
    /// Where it delivers; nothing for a grant alone.
    pub place: Option<Place>,
}

/// How a target authenticates.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "the two ways into a customer's account")]
pub enum Access {
    /// By a key: an STS that signs with it.
    Key(Arc<dyn Sts>),
    /// By a role.
    Role(Role),
}

/// A customer's role, and who assumes it.
#[derive(Clone, Debug)]
pub struct Role {
    /// An STS that signs with the vendor's own credentials.
    pub sts: Arc<dyn Sts>,
    /// The vendor's account, if it is known.
    pub vendor: Option<AccountId>,
    /// The role.
    pub role: RoleArn,
    /// The external ID.
    pub external_id: ExternalId,
    /// As the customer finds us in the trail.
    pub session_name: SessionName,
    /// What boxes production's sessions.
    pub session_policy: Option<SessionPolicy>,
}

/// Where a target delivers.
#[derive(Clone, Debug)]
pub struct Place {
    /// The bucket.
    pub bucket: String,
    /// The folder, without slashes at its ends.
    pub folder: String,
    /// The region that is configured.
    pub region: Option<String>,
    /// The account that the bucket has to belong to. Where none, it is found out whether it is the key's own.
    pub owner: Option<AccountId>,
    /// Whether it is at another address than AWS's.
    pub custom_endpoint: bool,
    /// Whether `_bucketline/` in the bucket's root is ours to write to.
    pub claims: bool,
    /// What production asks for.
    pub encryption: Encryption,
    /// The least that the grant has to allow here.
    pub policy: Option<Document>,
    /// Opens the bucket.
    pub stores: Arc<dyn Stores>,
}

/// How far a sink reaches, and what it demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every sink has to decide every one")]
pub enum Reach {
    /// As production's: the session is boxed, and the owner demanded.
    Production,
    /// As production's, but whoever owns the bucket.
    AnyOwner,
    /// As production's, but demanding this owner.
    OwnedBy(AccountId),
    /// With all that the role or user itself may do.
    Unboxed,
}

/// Opens production's own sink, so that what is checked is what will be done.
pub trait Stores: Debug + Send + Sync + 'static {
    /// A sink over the bucket, in this region or the one that it finds out.
    ///
    /// # Errors
    ///
    /// What the configuration cannot be used for.
    fn open(&self, region: Option<&str>, reach: Reach) -> Result<S3Sink, bucketline_sink::Error>;
}
