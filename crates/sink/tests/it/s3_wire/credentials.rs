//! The credentials provider: asked before each request, and what its failures mean.

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
async fn the_provider_is_asked_before_every_request() {
    let ok = || answer("200 OK", &["etag: \"e1\""], "");
    let wire = Wire::start([ok(), ok(), ok()]).await;
    let asked = Arc::new(AtomicU64::new(0));
    let sink = builder(&wire)
        .credentials(Counted(Arc::clone(&asked)))
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
