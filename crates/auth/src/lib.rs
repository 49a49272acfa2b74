#![doc = include_str!("../README.md")]

mod access_key;
mod access_key_id;
#[cfg(feature = "aws")]
mod client;
mod clock;
pub mod config;
#[cfg(feature = "test-util")]
pub mod doubles;
mod driver;
mod environment;
mod error;
mod external_id;
#[cfg(feature = "provision")]
pub mod iam;
mod provider;
mod refresh;
mod region;
mod role_arn;
mod secret;
mod session_name;
mod session_policy;
mod sts;

pub use access_key::AccessKey;
pub use access_key_id::AccessKeyId;
pub use aws_credential_types::Credentials;
pub use aws_credential_types::provider::ProvideCredentials;
pub use bucketline_policy::{AccountId, Arn, BucketName};
#[cfg(feature = "aws")]
pub use client::AwsBuilder;
pub use clock::{Clock, Jitter};
pub use driver::{SystemClock, SystemJitter};
pub use environment::Environment;
pub use error::{Effect, Error, ErrorKind};
pub use external_id::ExternalId;
pub use provider::{
    AssumeRole, CacheStatus, Cached, CachedBuilder, Chain, Fixed, FromEnvironment, WebIdentity,
};
pub use refresh::RefreshSettings;
pub use region::Region;
pub use role_arn::RoleArn;
pub use secret::{SecretAccessKey, SessionToken, WebIdentityToken};
pub use session_name::SessionName;
pub use session_policy::SessionPolicy;
#[cfg(feature = "aws")]
pub use sts::AwsSts;
#[cfg(feature = "mock")]
pub use sts::MockSts;
pub use sts::{AssumeRoleRequest, AssumedRole, CallerIdentity, ServiceAnswer, Sts, WebIdentityRequest};
