//! S3Sink against a server outside of this process: AWS, MinIO, versitygw.
//!
//! `S3_ENDPOINT` (empty for AWS), `S3_BUCKET`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` say which; what
//! the suite leaves lies below `conformance/` and is removed first.

use std::env;

use aws_credential_types::Credentials;
use bucketline_sink::{BucketName, S3Sink, Sink, SinkExt, conformance};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs S3_ENDPOINT"]
async fn it_keeps_the_contract() {
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
    let mut builder = S3Sink::builder(bucket).credentials(credentials);
    let endpoint = setting("S3_ENDPOINT");
    if !endpoint.is_empty() {
        builder = builder.endpoint(endpoint);
    }
    let sink = builder.build().unwrap();
    for listed in sink.list_all("conformance/").await.unwrap() {
        sink.delete(&listed.object_key().unwrap()).await.unwrap();
    }
    conformance::all(|| sink.clone()).await;
    conformance::if_match_guards(|| sink.clone()).await;
}
