#![doc = include_str!("../README.md")]

mod access_key;
mod access_key_id;
mod cause;
#[cfg(feature = "aws")]
mod client;
mod clock;
#[cfg(feature = "test-util")]
pub mod doubles;
mod driver;
mod environment_variables;
mod error;
mod external_id;
mod provider;
mod refresh;
mod region;
mod role_arn;
mod secret;
mod service_answer;
mod session_name;
mod session_policy;
mod session_tag;
mod source_identity;
mod sts;

pub use access_key::AccessKey;
pub use access_key_id::AccessKeyId;
pub use aws_credential_types::Credentials;
pub use aws_credential_types::provider::ProvideCredentials;
pub use bucketline_policy::{AccountId, Arn, BucketName};
pub use cause::Cause;
#[cfg(feature = "aws")]
pub use client::single_attempt;
pub use clock::{Clock, Jitter};
pub use driver::{SystemClock, SystemJitter};
pub use environment_variables::EnvironmentVariables;
pub use error::{CallEffect, Error, ErrorKind};
pub use external_id::ExternalId;
pub use provider::{
    AssumeRole, CacheStatus, Cached, CachedBuilder, Chain, Fixed, FromEnvironment, VendorAccount, WebIdentity,
};
pub use refresh::RefreshSettings;
pub use region::Region;
pub use role_arn::RoleArn;
pub use secret::{SecretAccessKey, SessionToken, WebIdentityToken};
pub use service_answer::ServiceAnswer;
pub use session_name::SessionName;
pub use session_policy::SessionPolicy;
pub use session_tag::SessionTag;
pub use source_identity::SourceIdentity;
#[cfg(feature = "mock")]
pub use sts::MockSts;
pub use sts::{AssumeRoleRequest, AssumedRole, CallerIdentity, Paced, Sts, WebIdentityRequest};
#[cfg(feature = "aws")]
pub use sts::{AwsSts, AwsStsBuilder};
