#![doc = include_str!("../README.md")]

pub use crate::bucket_address::{AccessPoint, BucketAddress};
pub use crate::bucket_name::BucketName;
pub use crate::checksum::{Checksum, ChecksumAlgorithm, ChecksumScope, Checksums};
pub use crate::encryption::{Encryption, EncryptionSeen, Kms, KmsSeen};
pub use crate::error::{Effect, Error, ErrorKind, Operation};
pub use crate::etag::ETag;
#[cfg(feature = "fs")]
pub use crate::fs::FsSink;
pub use crate::listing::{ListPage, ListToken, Listed};
pub use crate::memory::MemorySink;
#[cfg(feature = "mock")]
pub use crate::mock::MockSink;
pub use crate::multipart::{
    MultipartSink, ObjectWriter, Part, PartLimits, Upload, WriterSettings, checksum_of_parts,
};
pub use crate::object::{Object, ObjectInfo};
pub use crate::object_key::ObjectKey;
pub use crate::payload::Payload;
pub use crate::put::{PutMode, PutOptions, PutOutcome, Receipt};
pub use crate::region::Region;
#[cfg(feature = "s3")]
pub use crate::s3::{
    Addressing, AwsEndpoints, BucketOwner, ChecksumHeaders, HttpClientBuilder, S3Sink, S3SinkBuilder,
    shared_http_client,
};
pub use crate::sink::Sink;
pub use crate::sink_ext::{CreateOnce, SinkExt};
pub use crate::storage_class::StorageClass;
pub use crate::tags::Tags;

mod bucket_address;
mod bucket_name;
mod checksum;
pub mod conformance;
mod encryption;
mod error;
mod etag;
#[cfg(feature = "test-util")]
pub mod fault;
#[cfg(feature = "fs")]
mod fs;
pub mod layer;
mod listing;
mod memory;
#[cfg(feature = "mock")]
mod mock;
mod multipart;
mod object;
mod object_key;
mod payload;
pub mod probe;
mod put;
mod region;
#[cfg(feature = "s3")]
mod s3;
mod sink;
mod sink_ext;
mod storage_class;
mod tags;
