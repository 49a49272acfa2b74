//! The credentials provider: asked before each request, and what its failures mean.

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_types::SdkConfig;
use aws_types::region::Region as SdkRegion;
use bucketline_sink::AwsEndpoints;

use super::*;

/// Credentials that count how often they were asked for.
#[derive(Debug, Default)]
struct Counted(Arc<AtomicU64>);

impl ProvideCredentials for Counted {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        future::ProvideCredentials::ready(Ok(Credentials::new(
            format!("AKIA{number}"),
            SECRET,
            None,
            None,
            "test",
        )))
    }
}

#[tokio::test]
async fn a_provider_that_caches_is_asked_before_every_request() {
    let ok = || answer("200 OK", &["etag: \"e1\""], "");
    let wire = Wire::start([ok(), ok(), ok()]).await;
    let asked = Arc::new(AtomicU64::new(0));
    let sink = builder(&wire)
        .caching_credentials(Counted(Arc::clone(&asked)))
        .build()
        .unwrap();
    for _ in 0..3 {
        put(&sink).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    let last = wire.requests()[2].header("authorization").unwrap();
    assert!(
        last.contains("Credential=AKIA2/"),
        "renewed credentials count at once: {last}"
    );
}

#[tokio::test]
async fn a_provider_that_does_not_cache_is_asked_once_by_each_sink() {
    let ok = || answer("200 OK", &["etag: \"e1\""], "");
    let wire = Wire::start([ok(), ok(), ok(), ok()]).await;
    let asked = Arc::new(AtomicU64::new(0));
    let new = || {
        builder(&wire)
            .credentials(Counted(Arc::clone(&asked)))
            .build()
            .unwrap()
    };
    let sink = new();
    for _ in 0..3 {
        put(&sink).await.unwrap();
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    put(&new()).await.unwrap();
    assert_eq!(asked.load(Ordering::SeqCst), 2, "a sink has a cache of its own");
}

#[tokio::test]
async fn what_aws_s_settings_say_is_taken_and_may_be_set_otherwise() {
    let wire = Wire::start([
        answer("200 OK", &["etag: \"e1\""], ""),
        answer("200 OK", &["etag: \"e1\""], ""),
    ])
    .await;
    let config = SdkConfig::builder()
        .region(SdkRegion::new("eu-north-1"))
        .endpoint_url(wire.endpoint.clone())
        .credentials_provider(SharedCredentialsProvider::new(Counted::default()))
        .build();
    let new = || S3Sink::builder(BucketName::parse("acme-events").unwrap());
    let sink = new().sdk_config(&config).unwrap().build().unwrap();
    put(&sink).await.unwrap();
    let sink = new()
        .sdk_config(&config)
        .unwrap()
        .region("eu-west-3".parse().unwrap())
        .build()
        .unwrap();
    put(&sink).await.unwrap();
    for (request, region) in wire.requests().iter().zip(["eu-north-1", "eu-west-3"]) {
        let signed = request.header("authorization").unwrap();
        assert!(
            signed.contains("Credential=AKIA") && signed.contains(&format!("/{region}/s3/aws4_request")),
            "{signed}"
        );
    }
}

#[tokio::test]
async fn fips_and_dual_stack_are_addresses_of_aws_s_own() {
    for (endpoints, host) in [
        (AwsEndpoints::default(), "acme-events.s3.us-west-2.amazonaws.com"),
        (
            AwsEndpoints::default().fips(true),
            "acme-events.s3-fips.us-west-2.amazonaws.com",
        ),
        (
            AwsEndpoints::default().dual_stack(true),
            "acme-events.s3.dualstack.us-west-2.amazonaws.com",
        ),
        (
            AwsEndpoints::default().fips(true).dual_stack(true),
            "acme-events.s3-fips.dualstack.us-west-2.amazonaws.com",
        ),
    ] {
        let new = || {
            S3Sink::builder(BucketName::parse("acme-events").unwrap())
                .credentials(Credentials::new("AKIAEXAMPLE", SECRET, None, None, "test"))
                .region("us-west-2".parse().unwrap())
                .aws_endpoints(endpoints)
        };
        let link = |sink: S3Sink| async move {
            sink.presigned_get(&key("a"), Duration::from_secs(9))
                .await
                .unwrap()
        };
        let own = link(new().build().unwrap()).await;
        assert!(own.starts_with(&format!("https://{host}/a?")), "{own}");
        let other = new().endpoint("https://s3.example.net").build().unwrap();
        let other = link(other).await;
        assert!(
            other.starts_with("https://s3.example.net/acme-events/a?"),
            "{other}"
        );
    }
}

/// Credentials that cannot be had.
#[derive(Debug)]
struct Broken(fn() -> CredentialsError);

impl ProvideCredentials for Broken {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err((self.0)()))
    }
}

#[tokio::test]
async fn credentials_that_cannot_be_had_stop_the_call_before_anything_is_sent() {
    let refused = || CredentialsError::provider_error("the trust policy refused the external ID");
    let slow = || CredentialsError::provider_timed_out(Duration::from_secs(5));
    for (provider, kind, text) in [
        (
            Broken(refused),
            ErrorKind::Credentials,
            "the trust policy refused the external ID",
        ),
        (Broken(slow), ErrorKind::TimedOut, "after 5 seconds"),
    ] {
        let wire = Wire::start([]).await;
        let sink = builder(&wire).credentials(provider).build().unwrap();
        let error = put(&sink).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.effect()),
            (&kind, Effect::NotApplied),
            "{error}"
        );
        assert!(error.to_string().contains(text), "{error}");
        assert!(wire.requests().is_empty());
    }
}
