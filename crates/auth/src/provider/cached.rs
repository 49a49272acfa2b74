//! Credentials of another provider, kept and renewed ahead of expiry. When is decided by [`Schedule`]; this file
//! holds what is held, and sees to it that one attempt is made for all who wait.

mod builder;
mod flight;
#[cfg(feature = "aws")]
mod refusals;

pub use builder::CachedBuilder;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwapOption;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, future};

use crate::clock::{Clock, Jitter};
use crate::refresh::{Action, Schedule};
use crate::{Error, ErrorKind};
use flight::Flight;

/// Keeps the credentials of another provider.
///
/// * One attempt at a time, however many ask; whoever stops waiting ends nothing for the others.
/// * New credentials are fetched ahead of expiry, beside the requests that the old ones still serve.
/// * While STS is down, what is held serves for as long as it is valid, and no longer.
/// * What the customer has revoked fails fast: after two refusals in a row even a session that is valid still is given
///   up, and each refusal is remembered for 1 to 5 s.
///
/// Clones share what is held. Make one for each connector: the SDK's own cache holds 64 of them at most and evicts at
/// will, so an SDK client that uses this one is configured with `IdentityCache::no_cache()`. Needs a tokio runtime.
///
/// ```
/// use bucketline_auth::{AccessKey, Cached, Fixed, ProvideCredentials, SecretAccessKey};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let key = AccessKey::new("AKIAIOSFODNN7EXAMPLE".parse()?, SecretAccessKey::parse("wJalrXUtnFEMI")?);
/// let cached = Cached::new(Fixed::new(&key));
/// assert_eq!(cached.provide_credentials().await?.access_key_id(), "AKIAIOSFODNN7EXAMPLE");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Cached<P> {
    shared: Arc<Shared<P>>,
}

struct Shared<P> {
    provider: P,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    /// Within which what is told of fetching is told.
    span: Option<tracing::Span>,
    state: Mutex<State>,
    /// What serves without a thought. It is written with the state, and read without its lock.
    fresh: ArcSwapOption<Fresh>,
}

/// Credentials of which nothing is to be decided yet.
struct Fresh {
    credentials: Credentials,
    /// When a refresh becomes due, if ever.
    until: Option<SystemTime>,
}

struct State {
    schedule: Schedule,
    credentials: Option<Credentials>,
    last_error: Option<Error>,
    flight: Option<Flight>,
    /// Counts the times everything was forgotten: what a flight of an earlier epoch brings is no longer wanted.
    epoch: u64,
}

/// How a [`Cached`] stands, for whoever shows a connector's state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CacheStatus {
    /// Whether credentials are held that are valid now.
    pub usable: bool,
    /// When they expire; absent for a key that never does.
    pub expires: Option<SystemTime>,
    /// How many attempts failed since the last that did not.
    pub failures: u32,
    /// When the next attempt is due after a failure.
    pub next_attempt: Option<SystemTime>,
    /// What the last failure was.
    pub last_error: Option<ErrorKind>,
}

impl<P: ProvideCredentials + 'static> Cached<P> {
    /// Keeps the credentials of `provider`, by the machine's clock and default settings.
    #[must_use]
    pub fn new(provider: P) -> Self {
        Self::builder(provider).build()
    }

    /// To choose the settings, or to give a clock and a source of jitter.
    #[must_use]
    pub fn builder(provider: P) -> CachedBuilder<P> {
        CachedBuilder::new(provider)
    }

    /// The provider whose credentials are kept.
    #[must_use]
    pub fn provider(&self) -> &P {
        &self.shared.provider
    }

    /// Forgets everything, pauses after failures included: the next request fetches at once.
    ///
    /// For when the configuration or the customer's grant has changed. A fetch that is under way is left to those who
    /// wait for it already, and what it brings is not kept.
    pub fn invalidate(&self) {
        self.shared.forget(&mut self.shared.state());
    }

    /// Says that a service refused these credentials (`ExpiredToken`, `InvalidToken`): forgets them, unless others have
    /// taken their place already.
    pub fn reject(&self, access_key_id: &str) {
        let mut state = self.shared.state();
        if state
            .credentials
            .as_ref()
            .is_some_and(|held| held.access_key_id() == access_key_id)
        {
            self.shared.forget(&mut state);
        }
    }

    /// Tells this cache of every key that AWS refuses, by itself: for an SDK client that uses it.
    ///
    /// ```
    /// # use bucketline_auth::{AccessKey, Cached, Fixed, SecretAccessKey};
    /// use aws_sdk_sts::config::{Config, IdentityCache};
    ///
    /// # let key = AccessKey::new("AKIAIOSFODNN7EXAMPLE".parse()?, SecretAccessKey::parse("wJalrXUtnFEMI")?);
    /// # let cached = Cached::new(Fixed::new(&key));
    /// let config = Config::builder()
    ///     .identity_cache(IdentityCache::no_cache())
    ///     .credentials_provider(cached.clone())
    ///     .interceptor(cached.interceptor());
    /// # Ok::<(), bucketline_auth::Error>(())
    /// ```
    #[cfg(feature = "aws")]
    #[must_use]
    pub fn interceptor(&self) -> aws_smithy_runtime_api::client::interceptors::SharedInterceptor {
        refusals::watching(self.clone())
    }

    /// How things stand.
    #[must_use]
    pub fn status(&self) -> CacheStatus {
        let now = self.shared.clock.now();
        let state = self.shared.state();
        let usable = state.schedule.is_usable(now);
        let held = state.credentials.as_ref().filter(|_| usable);
        CacheStatus {
            usable,
            expires: held.and_then(Credentials::expiry),
            failures: state.schedule.failures(),
            next_attempt: state.schedule.retry_at(),
            last_error: state.last_error.as_ref().map(Error::kind),
        }
    }

    /// Credentials that are valid now.
    ///
    /// # Errors
    ///
    /// Those of the provider, where nothing valid is held; [`TimedOut`](ErrorKind::TimedOut) where it did not answer
    /// within [`attempt_timeout`](crate::RefreshSettings::attempt_timeout).
    ///
    /// # Cancel safety
    ///
    /// Safe: the fetch goes on for the others who wait, and what it brings is kept.
    pub async fn credentials(&self) -> Result<Credentials, Error> {
        let flight = match self.shared.answer() {
            Answer::Now(answer) => return answer,
            Answer::Later(flight) => flight,
        };
        let error = match flight.landed().await {
            Ok(credentials) => return Ok(credentials),
            Err(error) => error,
        };
        // The attempt failed in the last minute of the old ones' life, which are worth having all the same.
        self.shared.usable().ok_or(error)
    }
}

enum Answer {
    Now(Result<Credentials, Error>),
    Later(Flight),
}

impl<P: ProvideCredentials + 'static> Shared<P> {
    fn answer(self: &Arc<Self>) -> Answer {
        let now = self.clock.now();
        if let Some(fresh) = self.fresh.load().as_deref()
            && fresh.until.is_none_or(|until| now < until)
        {
            return Answer::Now(Ok(fresh.credentials.clone()));
        }
        let mut state = self.state();
        let action = state.schedule.action(now);
        match (action, &state.credentials, &state.last_error) {
            (Action::Serve, Some(credentials), _) => Answer::Now(Ok(credentials.clone())),
            (Action::ServeAndRefresh, Some(credentials), _) => {
                let credentials = credentials.clone();
                drop(self.join_or_start(&mut state));
                Answer::Now(Ok(credentials))
            }
            (Action::Fail, _, Some(error)) => Answer::Now(Err(state.until_next_attempt(error.clone(), now))),
            _ => Answer::Later(self.join_or_start(&mut state)),
        }
    }

    fn join_or_start(self: &Arc<Self>, state: &mut State) -> Flight {
        if let Some(flight) = &state.flight
            && !flight.is_over()
        {
            return flight.clone();
        }
        let flight = Flight::start(
            Arc::clone(self),
            state.epoch,
            state.schedule.settings().attempt_timeout,
        );
        state.flight = Some(flight.clone());
        flight
    }

    /// Takes in what a flight brought, unless everything was forgotten since it began.
    fn landed(&self, epoch: u64, answer: Result<Credentials, Error>) -> Result<Credentials, Error> {
        let (now, jitter) = (self.clock.now(), self.jitter.draw());
        let mut state = self.state();
        if state.epoch != epoch {
            return answer;
        }
        state.flight = None;
        if let Err(error) = &answer {
            state
                .schedule
                .failed(now, error.kind(), error.retry_after(), jitter);
        }
        let answer = answer.and_then(|credentials| {
            if state.schedule.renewed(now, credentials.expiry(), jitter) {
                return Ok(credentials);
            }
            Err(Error::new(
                ErrorKind::ClockSkew,
                "the credentials that came have expired already",
            )
            .with_remedy("correct this machine's clock, and look at what hands out the credentials"))
        });
        match &answer {
            Ok(credentials) => {
                state.credentials = Some(credentials.clone());
                state.last_error = None;
            }
            Err(error) => state.last_error = Some(error.clone()),
        }
        self.fresh.store(state.fresh().map(Arc::new));
        answer.map_err(|error| state.until_next_attempt(error, now))
    }

    fn forget(&self, state: &mut State) {
        state.forget();
        self.fresh.store(None);
    }

    fn usable(&self) -> Option<Credentials> {
        let now = self.clock.now();
        let state = self.state();
        state
            .credentials
            .clone()
            .filter(|_| state.schedule.is_usable(now))
    }

    /// A panic elsewhere while the lock was held cannot leave this state half changed in a way that matters.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The error with the pause that this cache makes: whoever waits for it adds no pause of its own.
    fn until_next_attempt(&self, error: Error, now: SystemTime) -> Error {
        let pause = self
            .schedule
            .retry_at()
            .and_then(|at| at.duration_since(now).ok());
        match pause {
            Some(pause) => error.with_retry_after(pause),
            None => error,
        }
    }

    fn fresh(&self) -> Option<Fresh> {
        Some(Fresh {
            credentials: self.credentials.clone()?,
            until: self.schedule.serves_until()?,
        })
    }

    fn forget(&mut self) {
        self.schedule.forget();
        self.credentials = None;
        self.last_error = None;
        self.flight = None;
        self.epoch = self.epoch.wrapping_add(1);
    }
}

impl<P: ProvideCredentials + 'static> ProvideCredentials for Cached<P> {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async { self.credentials().await.map_err(CredentialsError::from) })
    }

    /// Where the SDK runs out of time waiting for us: what is held, if it is valid.
    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.shared.usable()
    }
}

impl<P> Clone for Cached<P> {
    fn clone(&self) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
        }
    }
}

impl<P: fmt::Debug> fmt::Debug for Cached<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached")
            .field("provider", &self.shared.provider)
            .finish_non_exhaustive()
    }
}
