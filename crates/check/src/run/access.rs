//! Who we are in the customer's account, and whether the role refuses others. Knows no bucket.

use std::time::Duration;

use bucketline_auth::{AccountId, AssumeRoleRequest, Error, ErrorKind, ExternalId, SessionPolicy, Sts};
use bucketline_policy::Document;
use bucketline_policy::exporter::template::{TrustOptions, trust_policy};

use super::Run;
use crate::cause::{Cause, tells_of_our_policies};
use crate::driver;
use crate::paste::{Paste, PasteKind};
use crate::report::{Step, StepName, Verdict};
use crate::target::{Access, Role};

/// A role is seen everywhere once it was assumed this often in a row: copies of IAM's answers differ for a while.
const IN_A_ROW: u32 = 3;

/// Nothing at all: what the negative probe would be given.
const NOTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}"#;

pub(super) async fn identity(run: &mut Run<'_>) -> bool {
    let settings = run.settings;
    match &run.target.access {
        Access::Key(sts) => {
            let place = run.target.place.as_ref();
            let elsewhere = place.is_some_and(|place| place.custom_endpoint);
            let mut caller = None;
            let known = run
                .step(StepName::Identity, of_key(sts.as_ref(), elsewhere, &mut caller))
                .await;
            run.caller = caller;
            known
        }
        Access::Role(role) => {
            let taken = of_role(role, settings.propagation, || settings.jitter.draw());
            run.step(StepName::Identity, taken).await
        }
    }
}

async fn of_key(sts: &dyn Sts, elsewhere: bool, caller: &mut Option<AccountId>) -> Step {
    match sts.caller_identity().await {
        Ok(identity) => {
            *caller = Some(identity.account);
            let mut step = Step::new(
                StepName::Identity,
                Verdict::Pass,
                format!("the key belongs to `{}`", identity.arn),
            );
            step.resource = Some(identity.arn.to_string());
            step
        }
        // Other stores than AWS often have no STS; the store's own steps tell whether the key is good.
        Err(error) if elsewhere && error.kind() != ErrorKind::Unauthenticated => Step::new(
            StepName::Identity,
            Verdict::Skipped,
            "the store has no STS that would say whose the key is",
        ),
        Err(error) => failed(&error, false, "sts:GetCallerIdentity"),
    }
}

async fn of_role(role: &Role, patience: Duration, draw: impl Fn() -> f64) -> Step {
    let request = request(role).with_external_id(role.external_id.clone());
    let request = match &role.session_policy {
        Some(policy) => request.with_session_policy(policy.clone()),
        None => request,
    };
    let mut waited = Duration::ZERO;
    let mut pause = Duration::from_secs(1);
    let mut in_a_row = 0;
    loop {
        match role.sts.assume_role(&request).await {
            Ok(session) => {
                in_a_row += 1;
                if waited.is_zero() || in_a_row >= IN_A_ROW {
                    let mut what = format!("the role gave the session `{}`", session.arn);
                    if !waited.is_zero() {
                        what += &format!(", after {} s until it was seen everywhere", waited.as_secs());
                    }
                    let mut step = Step::new(StepName::Identity, Verdict::Pass, what);
                    step.resource = Some(role.role.to_string());
                    step.request_id = session.request_id;
                    return step;
                }
            }
            Err(error) if error.kind() == ErrorKind::Denied && waited < patience => in_a_row = 0,
            Err(error) => {
                let mut step = failed(&error, true, "sts:AssumeRole");
                step.resource = Some(role.role.to_string());
                if step.cause == Some(Cause::RoleRefused) {
                    step.paste = trust(role).into_iter().collect();
                }
                if !waited.is_zero() {
                    step.what += &format!(" (asked again for {} s)", waited.as_secs());
                }
                return step;
            }
        }
        let next = pause.mul_f64(0.5 + draw().clamp(0.0, 1.0) / 2.0).min(patience);
        driver::sleep(next).await;
        waited += next;
        pause = (pause * 2).min(Duration::from_secs(15));
    }
}

fn request(role: &Role) -> AssumeRoleRequest {
    AssumeRoleRequest::new(role.role.clone(), role.session_name.clone())
}

/// The trust policy that the role should have. It trusts the account that asks, as far as that is known.
fn trust(role: &Role) -> Option<Paste> {
    let partition = role.role.partition().parse().ok()?;
    let options = TrustOptions::account(role.vendor?, role.external_id.as_str()).partition(partition);
    let document = trust_policy(&options).ok()?;
    Some(Paste::new(PasteKind::Trust, document))
}

fn failed(error: &Error, ours: bool, action: &str) -> Step {
    let cause = Cause::of_auth(error, ours);
    let verdict = if cause.is_open() {
        Verdict::Inconclusive
    } else {
        Verdict::Fail
    };
    let mut step = Step::because(StepName::Identity, verdict, cause, error.message());
    step.code = error.code().map(str::to_owned);
    step.request_id = error.request_id().map(str::to_owned);
    step.action = Some(action.to_owned());
    step
}

/// The negative probe: without the external ID, and with one that nobody has, the role must refuse.
pub(super) async fn external_id_required(run: &mut Run<'_>, known: bool) {
    const NAME: StepName = StepName::ExternalIdRequired;
    let Access::Role(role) = &run.target.access else {
        return run.skip(NAME, "an access key has no external ID");
    };
    if !known {
        return run.skip(NAME, "the role was not assumed");
    }
    if !run.settings.negative_probe {
        return run.skip(NAME, "asked at create, at a change of role and on demand");
    }
    let jitter = &run.settings.jitter;
    let random = format!(
        "bucketline-probe-{:016x}{:016x}",
        jitter.draw().to_bits(),
        jitter.draw().to_bits()
    );
    run.step(NAME, probed(role, &random)).await;
}

async fn probed(role: &Role, random: &str) -> Step {
    const NAME: StepName = StepName::ExternalIdRequired;
    let unmade = |what: String| Step::because(NAME, Verdict::Inconclusive, Cause::Setting, what);
    let nothing = match Document::parse(NOTHING)
        .map_err(Error::from)
        .and_then(|document| SessionPolicy::new(&document))
    {
        Ok(nothing) => nothing,
        Err(error) => return unmade(error.to_string()),
    };
    let random: ExternalId = match random.parse() {
        Ok(random) => random,
        Err(error) => return unmade(format!("no probe can be made: {error}")),
    };
    let without = request(role).with_session_policy(nothing);
    let another = without.clone().with_external_id(random);
    for (asked, how) in [
        (without, "without an external ID"),
        (another, "with a random external ID"),
    ] {
        match role.sts.assume_role(&asked).await {
            Ok(_) => {
                let what = format!("the role let itself be assumed {how}");
                let mut step = Step::because(NAME, Verdict::Fail, Cause::ExternalIdNotRequired, what);
                step.resource = Some(role.role.to_string());
                step.action = Some("sts:AssumeRole".to_owned());
                step.paste = trust(role).into_iter().collect();
                return step;
            }
            // A guard on our own side refuses before the role is asked.
            Err(error) if error.kind() == ErrorKind::Denied && !tells_of_our_policies(error.message()) => {}
            Err(error) => {
                let mut step = failed(&error, true, "sts:AssumeRole");
                step.verdict = Verdict::Inconclusive;
                step.what = format!("whether the role refuses {how} was not answered: {}", step.what);
                return step;
            }
        }
    }
    Step::new(
        NAME,
        Verdict::Pass,
        "the role refuses without the external ID, and with a random one",
    )
}
