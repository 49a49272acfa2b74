//! What S3Sink sends, byte for byte where it matters, and what it makes of each answer.

mod checksums;
mod connections;
mod credentials;
mod impostors;
mod multipart;
mod put;
mod read;
mod refusals;
mod region;
mod secrets;
mod slow_bodies;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};
use bucketline_sink::{
    Addressing, BucketAddress, BucketName, Checksum, ETag, Effect, Encryption, EncryptionSeen, Error,
    ErrorKind, Kms, ObjectKey, Operation, Payload, PutOptions, PutOutcome, S3Sink, S3SinkBuilder, Sink,
    SinkExt, Tags,
};
use bytes::Bytes;

use crate::wire::{Event, Step, Wire, answer, refusal};

const SECRET: &str = "canary-secret-9b1d";
const KEY: &str = "currents/event_type=a.b/date=2026-11-23-18/7/x+0+0000000000.avro";

fn builder(wire: &Wire) -> S3SinkBuilder {
    S3Sink::builder(BucketName::parse("acme-events").unwrap())
        .endpoint(wire.endpoint.clone())
        .region("eu-central-1".parse().unwrap())
        .credentials(Credentials::new(
            "AKIAEXAMPLE",
            SECRET,
            Some("canary-token".to_owned()),
            None,
            "test",
        ))
}

async fn sink(steps: impl IntoIterator<Item = Step>) -> (Wire, S3Sink) {
    let wire = Wire::start(steps).await;
    let sink = builder(&wire).build().unwrap();
    (wire, sink)
}

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

async fn put(sink: &S3Sink) -> Result<PutOutcome, Error> {
    sink.put(&key(KEY), Payload::from("payload"), &PutOptions::create())
        .await
}
