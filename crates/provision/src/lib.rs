#![doc = include_str!("../README.md")]

mod iam;

pub use bucketline_auth::{Error, ErrorKind};
#[cfg(feature = "mock")]
pub use iam::MockIam;
pub use iam::{AccessKeyInfo, AwsIam, CreateRole, CreateUser, Iam, IamName, IamPath, KeyStatus, Role, User};
