//! An STS in memory that refuses what AWS refuses: a wrong or missing external ID, above all.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_credential_types::Credentials;
use bucketline_policy::{AccountId, Arn};

use super::canary::{CANARY_SECRET, CANARY_TOKEN};
use crate::clock::Clock;
use crate::sts::{AssumeRoleRequest, AssumedRole, CallerIdentity, Sts, WebIdentityRequest};
use crate::{Error, ErrorKind, ExternalId, RoleArn, ServiceAnswer, SessionName};

/// What was asked of a [`FakeSts`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StsCall {
    /// `AssumeRole`.
    AssumeRole(AssumeRoleRequest),
    /// `AssumeRoleWithWebIdentity`.
    AssumeRoleWithWebIdentity(WebIdentityRequest),
    /// `GetCallerIdentity`.
    CallerIdentity,
}

/// An STS with roles that trust as they are told to, scripted failures, and a log of what was asked.
///
/// Sessions last as long as they were asked for, by the clock given; each has an access key id of its own
/// (`ASIAFAKE00000001` and so on) and the canary's secrets.
pub struct FakeSts {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Roles with the external ID that each trust policy asks for.
    roles: BTreeMap<RoleArn, Option<ExternalId>>,
    failures: VecDeque<Error>,
    lifetime: Option<Duration>,
    delay: Option<Duration>,
    calls: Vec<StsCall>,
    sessions: u32,
}

impl FakeSts {
    /// An STS without roles.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Mutex::new(State::default()),
        }
    }

    /// Adds a role whose trust policy asks for this external ID, or for none.
    #[must_use]
    pub fn with_role(self, role: RoleArn, external_id: Option<ExternalId>) -> Self {
        self.state().roles.insert(role, external_id);
        self
    }

    /// Changes what a role's trust policy asks for, as a customer does.
    pub fn trust(&self, role: RoleArn, external_id: Option<ExternalId>) {
        self.state().roles.insert(role, external_id);
    }

    /// Deletes a role, as a customer does.
    pub fn revoke(&self, role: &RoleArn) {
        self.state().roles.remove(role);
    }

    /// The next call fails like this; several of these fail the next calls in turn.
    pub fn fail_next(&self, error: Error) {
        self.state().failures.push_back(error);
    }

    /// Sessions last this long, whatever is asked for.
    pub fn set_lifetime(&self, lifetime: Duration) {
        self.state().lifetime = Some(lifetime);
    }

    /// Answers take this long, by tokio's clock.
    pub fn set_delay(&self, delay: Duration) {
        self.state().delay = Some(delay);
    }

    /// All that was asked, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<StsCall> {
        self.state().calls.clone()
    }

    /// How many calls there were.
    #[must_use]
    pub fn call_count(&self) -> usize {
        self.state().calls.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn begin(&self, call: StsCall) -> Result<(), Error> {
        let (delay, failure) = {
            let mut state = self.state();
            state.calls.push(call);
            (state.delay, state.failures.pop_front())
        };
        if let Some(delay) = delay {
            wait(delay).await;
        }
        failure.map_or(Ok(()), Err)
    }

    fn session(&self, role: &RoleArn, name: &SessionName, duration: Duration) -> Result<AssumedRole, Error> {
        let now = self.clock.now();
        let mut state = self.state();
        state.sessions += 1;
        let expiry = now.checked_add(state.lifetime.unwrap_or(duration));
        let id = format!("ASIAFAKE{:08}", state.sessions);
        let credentials = Credentials::new(
            id,
            CANARY_SECRET,
            Some(CANARY_TOKEN.to_owned()),
            expiry,
            "FakeSts",
        );
        let arn = format!(
            "arn:{}:sts::{}:assumed-role/{}/{name}",
            role.partition(),
            role.account(),
            role.name()
        );
        Ok(AssumedRole::new(credentials, arn.parse()?))
    }
}

#[expect(clippy::disallowed_methods, reason = "a fake that is slow has to wait")]
async fn wait(delay: Duration) {
    tokio::time::sleep(delay).await;
}

#[async_trait]
impl Sts for FakeSts {
    async fn assume_role(&self, request: &AssumeRoleRequest) -> Result<AssumedRole, Error> {
        self.begin(StsCall::AssumeRole(request.clone())).await?;
        // AWS accepts an external ID that nothing asks for.
        let trusted = match self.state().roles.get(request.role()) {
            None => false,
            Some(None) => true,
            Some(Some(asked)) => request.external_id() == Some(asked),
        };
        if !trusted {
            return Err(request.refused(ServiceAnswer::new("AccessDenied", 403).request_id("fake")));
        }
        self.session(request.role(), request.session_name(), request.duration())
    }

    async fn assume_role_with_web_identity(
        &self,
        request: &WebIdentityRequest,
    ) -> Result<AssumedRole, Error> {
        self.begin(StsCall::AssumeRoleWithWebIdentity(request.clone()))
            .await?;
        if !self.state().roles.contains_key(request.role()) {
            return Err(request.refused(ServiceAnswer::new("AccessDenied", 403).request_id("fake")));
        }
        self.session(request.role(), request.session_name(), request.duration())
    }

    async fn caller_identity(&self) -> Result<CallerIdentity, Error> {
        self.begin(StsCall::CallerIdentity).await?;
        let account: AccountId = "999988887777".parse()?;
        let arn: Arn = format!("arn:aws:iam::{account}:user/fake").parse()?;
        Ok(CallerIdentity::new(account, arn, "AIDAFAKE"))
    }
}

impl fmt::Debug for FakeSts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeSts")
            .field("calls", &self.call_count())
            .finish_non_exhaustive()
    }
}

impl FakeSts {
    /// An answer of STS's that it is down, for [`fail_next`](Self::fail_next).
    #[must_use]
    pub fn unavailable() -> Error {
        Error::new(ErrorKind::Unavailable, "the service has trouble of its own")
    }
}
