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
mod ids;
mod query;
mod requests;
mod s3;
pub mod seed;
mod sts;
mod testkit;
mod world;

pub use call::Operation;
pub use clock::Clock;
pub use error::{Error, ErrorKind};
pub use fault::{Effect, Fault, Faults, Times};
pub use requests::{RequestCount, Requests};
pub use seed::Seed;
pub use testkit::{Settings, Testkit};
pub use world::{Encryption, KeyPair, KeyStatus, ObjectEntry, StoredObject, World};
