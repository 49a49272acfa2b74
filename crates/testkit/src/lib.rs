#![doc = include_str!("../README.md")]

mod access;
mod admin;
mod answer;
mod authorize;
mod call;
mod clock;
mod driver;
mod error;
mod fault;
mod front;
mod iam;
mod ids;
mod operation;
mod query;
mod query_protocol;
mod requests;
mod s3;
#[cfg(feature = "sdk")]
mod sdk;
pub mod seed;
mod service;
mod signature;
mod sts;
mod testkit;
mod world;

pub use clock::Clock;
pub use error::{Error, ErrorKind};
pub use fault::{Fault, FaultEffect, Faults, Times};
pub use operation::Operation;
pub use requests::{RecordedRequest, RequestCount, Requests};
pub use seed::Seed;
pub use service::Service;
pub use testkit::{Settings, Testkit};
pub use world::{Encryption, KeyPair, KeyStatus, ObjectEntry, StoredObject, WebIdentity, World};
