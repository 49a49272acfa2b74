//! S3Sink against a server outside of this process: AWS, MinIO, versitygw and others.
//!
//! `S3_ENDPOINT` (empty for AWS), `S3_BUCKET`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` say which; what
//! the suite leaves lies below `conformance/` and is removed first.

use std::env;

use aws_credential_types::Credentials;
use bucketline_sink::probe::{Protection, protection};
use bucketline_sink::{
    BucketName, Encryption, Error, ErrorKind, Kms, ObjectKey, Payload, PutOptions, PutOutcome, Receipt,
    S3Sink, S3SinkBuilder, Sink, SinkExt, conformance,
};

fn builder() -> S3SinkBuilder {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test that is told of its server by the environment"
    )]
    let setting = |name: &str| env::var(name).unwrap();
    let credentials = Credentials::new(
        setting("AWS_ACCESS_KEY_ID"),
        setting("AWS_SECRET_ACCESS_KEY"),
        None,
        None,
        "environment",
    );
    let bucket = BucketName::parse(setting("S3_BUCKET")).unwrap();
    let builder = S3Sink::builder(bucket).credentials(credentials);
    match setting("S3_ENDPOINT") {
        endpoint if endpoint.is_empty() => builder,
        endpoint => builder.endpoint(endpoint),
    }
}

async fn emptied() -> S3Sink {
    let sink = builder().build().unwrap();
    for listed in sink.list_all("conformance/").await.unwrap() {
        sink.delete(&listed.object_key().unwrap()).await.unwrap();
    }
    sink
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs S3_ENDPOINT"]
async fn it_keeps_the_contract() {
    let sink = emptied().await;
    conformance::all(|| sink.clone()).await.unwrap();
    conformance::if_match_guards(|| sink.clone()).await.unwrap();
}

/// What the server does, one line each, for the table of stores: nothing is judged here.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs S3_ENDPOINT"]
async fn what_it_does() {
    let sink = emptied().await;
    let tell = |what: &str, found: &str| println!("\nstore: {what} = {found}");
    let mut promises = conformance::each(|| sink.clone()).await;
    promises.push((
        "if_match_guards",
        conformance::if_match_guards(|| sink.clone()).await,
    ));
    promises.push(("uploads", conformance::uploads(|| sink.clone()).await));
    for (promise, kept) in promises {
        match kept {
            Ok(()) => tell(promise, "kept"),
            Err(broken) => {
                println!("{broken}");
                tell(promise, "NOT kept");
            }
        }
    }

    let probe = key("protection");
    let protected = match protection(&sink, &probe, &PutOptions::create()).await {
        Ok(Protection::Kept) => "kept away".to_owned(),
        Ok(Protection::Missing) => "overwrites".to_owned(),
        Err(error) => refused(&error),
    };
    tell("a second writer", &protected);

    let other = builder().expected_owner("000000000001".parse().unwrap());
    let owner = match other.build().unwrap().list("conformance/", None).await {
        Ok(_) => "not looked at".to_owned(),
        Err(error) => refused(&error),
    };
    tell("another account as owner", &owner);

    let plain = match put(&sink, "plain", &PutOptions::create()).await {
        Ok(receipt) => receipt,
        // Nothing more can be asked.
        Err(error) => return tell("a plain put", &refused(&error)),
    };
    let sum = Payload::from("conformance").checksum();
    let said = |told: Option<bool>| {
        if told == Some(true) {
            "said again"
        } else {
            "not said"
        }
    };
    tell(
        "checksum, in the answer to a put",
        said(plain.checksums.agrees_with(&sum)),
    );
    let head = sink.head(&key("plain")).await.unwrap();
    tell("checksum, when looked at", said(head.checksums.agrees_with(&sum)));
    let ids = if plain.request_id.is_some() {
        "given"
    } else {
        "not given"
    };
    tell("request ids", ids);

    for (what, name, asked) in [
        ("encryption with AES256", "aes256", Encryption::Aes256),
        (
            "encryption with a key that is not there",
            "kms",
            Kms::new("no-such-key").into(),
        ),
    ] {
        let options = PutOptions::create().encryption(asked.clone());
        let done = match put(&sink, name, &options).await {
            Ok(receipt) if receipt.encryption.satisfies(&asked) => "said to be done".to_owned(),
            Ok(_) => "taken, and not said to be done".to_owned(),
            Err(error) => refused(&error),
        };
        tell(what, &done);
    }
    let long = format!("long/{}", "x".repeat(300));
    tell(
        "a segment of 300 bytes",
        &taken(&put(&sink, &long, &PutOptions::create()).await),
    );
    put(&sink, "folder", &PutOptions::create()).await.unwrap();
    let below = put(&sink, "folder/below", &PutOptions::create()).await;
    tell("an object below an object", &taken(&below));
}

fn key(name: &str) -> ObjectKey {
    format!("conformance/what_it_does/{name}").parse().unwrap()
}

#[expect(clippy::panic, reason = "the bucket was emptied before")]
async fn put(sink: &S3Sink, name: &str, options: &PutOptions) -> Result<Receipt, Error> {
    match sink.put(&key(name), "conformance".into(), options).await? {
        PutOutcome::Created(receipt) => Ok(receipt),
        PutOutcome::PreconditionFailed => panic!("`{name}` was taken"),
    }
}

fn taken(answer: &Result<Receipt, Error>) -> String {
    match answer {
        Ok(_) => "taken".to_owned(),
        Err(error) => refused(error),
    }
}

fn refused(error: &Error) -> String {
    match (error.code(), error.kind()) {
        (Some(code), _) => format!("refused: {code}"),
        (None, ErrorKind::NotTheStore) => "answered as no S3 does".to_owned(),
        (None, kind) => format!("refused: {kind}"),
    }
}
