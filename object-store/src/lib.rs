#![doc = include_str!("../README.md")]

#[cfg(feature = "azure")]
pub use crate::azure::azure;
#[cfg(feature = "gcs")]
pub use crate::gcs::gcs;
pub use crate::names::MetadataNames;
pub use crate::sink::ObjectStoreSink;

#[cfg(feature = "azure")]
mod azure;
mod failure;
#[cfg(feature = "gcs")]
mod gcs;
#[cfg(feature = "http")]
mod http;
mod names;
mod sink;
mod tag;
