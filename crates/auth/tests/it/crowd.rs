//! Thousands of customers and callers at once, and an STS that is away: what the cache promises, on several threads.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bucketline_auth::doubles::{FakeSts, FixedJitter, ManualClock, StsCall};
use bucketline_auth::{
    AssumeRole, AssumeRoleRequest, AssumedRole, Cached, CallerIdentity, Error, ExternalId, RefreshSettings,
    RoleArn, Sts, VendorAccount, WebIdentityRequest,
};

const MINUTE: Duration = Duration::from_secs(60);
const TENANTS: usize = 5_000;

fn start() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

fn role(tenant: usize) -> RoleArn {
    format!("arn:aws:iam::{:012}:role/export", 100_000_000_000 + tenant)
        .parse()
        .unwrap()
}

fn external_id(tenant: usize) -> ExternalId {
    format!("bl-{tenant}").parse().unwrap()
}

fn cached(sts: Arc<dyn Sts>, tenant: usize, clock: &Arc<ManualClock>, jitter: f64) -> Cached<AssumeRole> {
    let provider = AssumeRole::new(sts, VendorAccount::Unknown, role(tenant), external_id(tenant)).unwrap();
    Cached::builder(provider)
        .clock(Arc::clone(clock) as Arc<dyn bucketline_auth::Clock>)
        .jitter(Arc::new(FixedJitter(jitter)))
        .settings(RefreshSettings::default().outlasting(MINUTE * 30))
        .build()
}

/// Calls per role since some number of calls.
fn calls_per_role(sts: &FakeSts, since: usize) -> HashMap<String, usize> {
    let mut calls = HashMap::new();
    for call in sts.calls().iter().skip(since) {
        let StsCall::AssumeRole(request) = call else {
            panic!("{call:?}")
        };
        *calls.entry(request.role().to_string()).or_default() += 1;
    }
    calls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_callers_of_five_thousand_customers_are_one_call_for_each_and_again_at_each_refresh() {
    let clock = Arc::new(ManualClock::at(start()));
    let sts = Arc::new(FakeSts::new(clock.clone()));
    for tenant in 0..TENANTS {
        sts.trust(role(tenant), Some(external_id(tenant)));
    }
    // Long against a switch of tasks: all who ask meanwhile have to wait for the one call.
    sts.set_delay(Duration::from_millis(300));
    let customers: Vec<_> = (0..TENANTS)
        .map(|tenant| cached(Arc::clone(&sts) as Arc<dyn Sts>, tenant, &clock, 0.0))
        .collect();
    for round in 1..=3 {
        let mut callers = tokio::task::JoinSet::new();
        for caller in 0..2 * TENANTS {
            let tenant = caller % TENANTS;
            let customer = customers[tenant].clone();
            callers.spawn(async move {
                let credentials = customer.credentials().await.unwrap();
                let account = format!("{:012}", 100_000_000_000 + tenant);
                (account, credentials.access_key_id().to_owned())
            });
        }
        let served = callers.join_all().await;
        // Nobody has another customer's.
        let mut owners = HashMap::new();
        for (account, key) in served {
            assert_eq!(owners.entry(key).or_insert_with(|| account.clone()), &account);
        }
        // The answers to the refreshes beside what still serves.
        let fresh = bucketline_auth::Clock::now(&*clock) + MINUTE * 59;
        let is_fresh =
            |customer: &Cached<AssumeRole>| customer.status().expires.is_some_and(|expires| expires > fresh);
        let waited = Instant::now();
        while !customers.iter().all(is_fresh) {
            assert!(waited.elapsed() < MINUTE, "round {round}: some are not refreshed");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let calls = calls_per_role(&sts, (round - 1) * TENANTS);
        assert_eq!(calls.len(), TENANTS, "round {round}");
        assert!(calls.values().all(|count| *count == 1), "round {round}");
        clock.advance(MINUTE * 25);
    }
}

/// An STS that can be away.
#[derive(Debug)]
struct Away {
    inner: FakeSts,
    away: AtomicBool,
}

#[async_trait]
impl Sts for Away {
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, Error> {
        if self.away.load(Ordering::Relaxed) {
            return Err(FakeSts::unavailable());
        }
        self.inner.assume_role(request).await
    }

    async fn assume_role_with_web_identity(&self, _: &WebIdentityRequest) -> Result<AssumedRole, Error> {
        Err(FakeSts::unavailable())
    }

    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        Err(FakeSts::unavailable())
    }
}

#[tokio::test]
async fn half_an_hour_without_sts_loses_no_request_whenever_it_begins() {
    const STEP: Duration = Duration::from_secs(10);
    for jitter in [0.0, 0.999] {
        for begins in (0..60).step_by(3).map(|minute| MINUTE * minute) {
            let clock = Arc::new(ManualClock::at(start()));
            let sts = Arc::new(Away {
                inner: FakeSts::new(clock.clone()).with_role(role(1), Some(external_id(1))),
                away: AtomicBool::new(false),
            });
            let customer = cached(Arc::clone(&sts) as Arc<dyn Sts>, 1, &clock, jitter);
            let mut at = Duration::ZERO;
            while at < MINUTE * 150 {
                // Somebody asks all the time: the first session is there before trouble begins.
                let away = at > Duration::ZERO && at >= begins && at < begins + MINUTE * 30;
                sts.away.store(away, Ordering::Relaxed);
                let answer = customer.credentials().await;
                assert!(
                    answer.is_ok(),
                    "{jitter}: away from {begins:?}: at {at:?}: {answer:?}"
                );
                for _ in 0..8 {
                    tokio::task::yield_now().await;
                }
                clock.advance(STEP);
                at += STEP;
            }
        }
    }
}
