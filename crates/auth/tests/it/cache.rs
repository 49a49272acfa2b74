//! The cache over a role, by a clock that stands still until it is moved.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bucketline_auth::doubles::{FakeSts, FixedJitter, ManualClock};
use bucketline_auth::{
    AssumeRole, Cached, Error, ErrorKind, ExternalId, ProvideCredentials, RefreshSettings, RoleArn, Sts,
    VendorAccount,
};

const MINUTE: Duration = Duration::from_secs(60);

/// How long STS thinks, where a test has to come while it does. Long against a switch of tasks, short for a test.
const A_MOMENT: Duration = Duration::from_millis(200);

struct World {
    clock: Arc<ManualClock>,
    sts: Arc<FakeSts>,
    cached: Cached<AssumeRole>,
}

fn role() -> RoleArn {
    "arn:aws:iam::111122223333:role/export".parse().unwrap()
}

fn external_id() -> ExternalId {
    "bl-1".parse().unwrap()
}

fn start() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn world() -> World {
    let clock = Arc::new(ManualClock::at(start()));
    let sts = Arc::new(FakeSts::new(clock.clone()).with_role(role(), Some(external_id())));
    let provider = AssumeRole::new(
        Arc::clone(&sts) as Arc<dyn Sts>,
        VendorAccount::Unknown,
        role(),
        external_id(),
    )
    .unwrap();
    let cached = Cached::builder(provider)
        .clock(clock.clone())
        .jitter(Arc::new(FixedJitter(0.0)))
        .build();
    World { clock, sts, cached }
}

impl World {
    async fn id(&self) -> Result<String, Error> {
        self.cached
            .credentials()
            .await
            .map(|credentials| credentials.access_key_id().to_owned())
    }

    /// Lets tasks in the background do what they can without time going by.
    async fn settle(&self) {
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn a_hundred_requests_are_one_call() {
    let world = world();
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let cached = world.cached.clone();
        requests.spawn(async move { cached.credentials().await.unwrap().access_key_id().to_owned() });
    }
    let ids = requests.join_all().await;
    assert!(ids.iter().all(|id| id == "ASIAFAKE00000001"));
    assert_eq!(world.sts.call_count(), 1);
}

#[tokio::test]
async fn a_hundred_requests_share_one_refusal() {
    let world = world();
    world.sts.revoke(&role());
    let mut requests = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let cached = world.cached.clone();
        requests.spawn(async move { cached.credentials().await.unwrap_err().kind() });
    }
    assert!(
        requests
            .join_all()
            .await
            .iter()
            .all(|kind| *kind == ErrorKind::Denied)
    );
    assert_eq!(world.sts.call_count(), 1);
}

#[tokio::test]
async fn a_refusal_is_remembered_for_a_moment_and_then_asked_again() {
    let world = world();
    world.sts.revoke(&role());
    world.id().await.unwrap_err();
    world.id().await.unwrap_err();
    assert_eq!(world.sts.call_count(), 1);
    world.clock.advance(Duration::from_secs(1));
    world.sts.trust(role(), Some(external_id()));
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000001");
    assert_eq!(world.sts.call_count(), 2);
}

#[tokio::test]
async fn the_old_session_serves_while_the_new_one_is_fetched() {
    let world = world();
    world.id().await.unwrap();
    world.clock.advance(45 * MINUTE);
    assert_eq!(
        world.id().await.unwrap(),
        "ASIAFAKE00000001",
        "no request waits ahead of expiry"
    );
    world.settle().await;
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000002");
    assert_eq!(world.sts.call_count(), 2);
}

#[tokio::test]
async fn in_the_last_minute_requests_wait_for_the_new_session() {
    let world = world();
    world.id().await.unwrap();
    world.clock.advance(59 * MINUTE);
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000002");
}

#[tokio::test]
async fn while_sts_is_down_the_session_serves_to_its_end_and_not_beyond() {
    let world = world();
    world.id().await.unwrap();
    world.clock.advance(59 * MINUTE + Duration::from_secs(30));
    world.sts.fail_next(FakeSts::unavailable());
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000001");
    let status = world.cached.status();
    assert!(status.usable);
    assert_eq!(
        (status.failures, status.last_error),
        (1, Some(ErrorKind::Unavailable))
    );
    world.clock.advance(Duration::from_secs(25));
    world.sts.fail_next(FakeSts::unavailable());
    assert_eq!(world.id().await.unwrap_err().kind(), ErrorKind::Unavailable);
}

#[tokio::test]
async fn a_revoked_role_ends_a_session_that_is_valid_still() {
    let world = world();
    world.id().await.unwrap();
    world.clock.advance(50 * MINUTE);
    world.sts.revoke(&role());
    for _ in 0..2 {
        assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000001");
        world.settle().await;
        world.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(world.id().await.unwrap_err().kind(), ErrorKind::Denied);
    assert!(world.cached.fallback_on_interrupt().is_none());
    let status = world.cached.status();
    assert_eq!((status.usable, status.expires), (false, None));
}

#[tokio::test]
async fn a_request_that_is_cancelled_takes_nobody_with_it() {
    let world = world();
    world.sts.set_delay(A_MOMENT);
    let first = tokio::spawn({
        let cached = world.cached.clone();
        async move { cached.credentials().await }
    });
    world.settle().await;
    let second = tokio::spawn({
        let cached = world.cached.clone();
        async move { cached.credentials().await }
    });
    world.settle().await;
    first.abort();
    assert!(second.await.unwrap().is_ok());
    assert_eq!(world.sts.call_count(), 1);
}

#[tokio::test]
async fn even_with_nobody_waiting_the_answer_is_kept() {
    let world = world();
    world.sts.set_delay(A_MOMENT);
    let asking = tokio::spawn({
        let cached = world.cached.clone();
        async move { cached.credentials().await }
    });
    world.settle().await;
    asking.abort();
    // However long it takes: a second call to STS would be counted below.
    tokio::time::sleep(A_MOMENT * 3).await;
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000001");
    assert_eq!(world.sts.call_count(), 1);
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up() {
    let clock = Arc::new(ManualClock::at(start()));
    let sts = Arc::new(FakeSts::new(clock.clone()).with_role(role(), None));
    sts.set_delay(Duration::from_secs(3600));
    let cached = Cached::builder(AssumeRole::within_account(sts, role()))
        .clock(clock)
        .settings(RefreshSettings::default().attempt_timeout(A_MOMENT))
        .build();
    assert_eq!(
        cached.credentials().await.unwrap_err().kind(),
        ErrorKind::TimedOut
    );
}

#[tokio::test]
async fn an_sts_in_trouble_is_asked_again_after_each_pause_and_blames_nobody() {
    let world = world();
    for failures in 1..=4 {
        world.sts.fail_next(FakeSts::unavailable());
        let error = world.id().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        // Remembered within the pause, whoever asks.
        assert_eq!(world.id().await.unwrap_err().kind(), ErrorKind::Unavailable);
        assert_eq!(world.sts.call_count(), failures);
        world.clock.advance(Duration::from_secs(5));
    }
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000001");
    assert_eq!(world.sts.call_count(), 5);
}

#[tokio::test]
async fn invalidating_wakes_a_grant_that_was_put_right() {
    let world = world();
    world.sts.revoke(&role());
    world.id().await.unwrap_err();
    world.sts.trust(role(), Some(external_id()));
    world.cached.invalidate();
    assert_eq!(
        world.id().await.unwrap(),
        "ASIAFAKE00000001",
        "without the pause after a refusal"
    );
}

#[tokio::test]
async fn what_was_fetched_before_invalidating_is_not_kept() {
    let world = world();
    world.sts.set_delay(A_MOMENT);
    let early = tokio::spawn({
        let cached = world.cached.clone();
        async move { cached.credentials().await }
    });
    world.settle().await;
    world.cached.invalidate();
    assert_eq!(early.await.unwrap().unwrap().access_key_id(), "ASIAFAKE00000001");
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000002");
}

#[tokio::test]
async fn rejecting_credentials_spares_those_that_took_their_place() {
    let world = world();
    world.id().await.unwrap();
    world.cached.reject("ASIAFAKE00000001");
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000002");
    world.cached.reject("ASIAFAKE00000001");
    assert_eq!(world.id().await.unwrap(), "ASIAFAKE00000002");
}

#[tokio::test]
async fn credentials_that_come_expired_are_an_error_about_the_clock() {
    let world = world();
    world.sts.set_lifetime(Duration::ZERO);
    let error = world.id().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ClockSkew);
    assert!(error.to_string().contains("clock"), "{error}");
}

#[derive(Debug)]
struct Panics;

impl ProvideCredentials for Panics {
    fn provide_credentials<'a>(&'a self) -> aws_credential_types::provider::future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        aws_credential_types::provider::future::ProvideCredentials::new(async {
            panic!("a provider of the customer's")
        })
    }
}

#[tokio::test]
async fn a_provider_that_panics_leaves_no_request_hanging() {
    let cached = Cached::new(Panics);
    for _ in 0..2 {
        assert_eq!(
            cached.credentials().await.unwrap_err().kind(),
            ErrorKind::Unexpected
        );
    }
}

#[test]
fn outside_of_a_runtime_there_is_an_error_and_no_panic() {
    let cached = Cached::new(Panics);
    let mut future = std::pin::pin!(cached.credentials());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(answer) = future.as_mut().poll(&mut context) else {
        panic!("it hangs")
    };
    assert!(answer.unwrap_err().to_string().contains("tokio runtime"));
}

#[tokio::test]
async fn a_failure_says_how_long_asking_again_is_of_no_use() {
    let world = world();
    world.sts.fail_next(
        Error::new(ErrorKind::Throttled, "too many calls").with_retry_after(Duration::from_secs(20)),
    );
    let first = world.cached.credentials().await.unwrap_err();
    assert_eq!(first.retry_after(), Some(Duration::from_secs(20)));
    world.clock.advance(Duration::from_secs(15));
    let second = world.cached.credentials().await.unwrap_err();
    assert_eq!(
        second.retry_after(),
        Some(Duration::from_secs(5)),
        "what is left of it"
    );
    assert_eq!(world.sts.call_count(), 1);
    world.clock.advance(Duration::from_secs(5));
    world.cached.credentials().await.unwrap();
}
