//! The packed form of a catalogue: text, a line for each thing, fields parted by tabs, an index at its head.
//!
//! ```text
//! bucketline-iam-catalog  1                       the form and its version
//! date  2026-09-26
//! extent  complete                                every service that AWS had on this day
//! source  ...                                     whose data, under which licence
//! s3  26113  s3                                   the index: a service, the bytes of its part, whose ARNs it has
//!                                                 an empty line, then the parts in the order of the index
//! S  s3  Amazon S3  R                             R: resource control policies apply to it
//! K  S  s3:prefix                                 a condition key, numbered from 0; `S*`: several values
//! Q  0-3,17                                       a set of keys by their numbers, numbered from 1; 0 is none
//! T  bucket  arn:${Partition}:s3:::${Bucket}  4   a resource type, numbered from 0: forms of its ARN, its keys
//! A  PutObject  W  0?,2!:5  3                     an action: access, resource types (`!` required; their keys), keys
//! ```

mod print;
mod read;

pub(crate) use print::print;
pub(crate) use read::{read, read_service};

#[cfg(feature = "embedded")]
pub(crate) use read::read_lazily;

/// The first line.
const HEAD: &str = "bucketline-iam-catalog\t1";
