#![doc = include_str!("../README.md")]

mod administrator;
mod apply;
mod bucket;
mod change;
mod driver;
mod iam;
mod key_file;
mod observe;
mod observed;
mod plan;
pub mod render;
mod rotate;
mod setup;

pub use administrator::Administrator;
pub use apply::{Applied, ApplyError, Failed, Progress};
pub use bucket::{AwsBuckets, Buckets};
pub use bucketline_auth::{Error, ErrorKind};
pub use change::{Action, Change, Kind};
#[cfg(feature = "mock")]
pub use iam::MockIam;
pub use iam::{AccessKeyInfo, AwsIam, CreateRole, CreateUser, Iam, IamName, IamPath, KeyStatus, Role, User};
pub use key_file::KeyFile;
pub use observed::{Bucket, BucketState, Holder, KeyFileState, Observed};
pub use plan::{Plan, plan, plan_removal};
pub use rotate::{KeyProof, Replaced, Rotated, Rotation, RotationError, RotationStage, Unproved};
pub use setup::{BucketEncryption, Description, Integration, Method, Setup, SetupBuilder, TAG, Vendor};
