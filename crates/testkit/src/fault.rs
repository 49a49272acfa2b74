//! Faults on demand: which request fails, how, and how often.
//!
//! Only decides; the front door carries it out.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::operation::Operation;

/// One scripted fault. As JSON (`POST /_testkit/faults`) every field but `effect` may be left out.
///
/// ```
/// use bucketline_testkit::{FaultEffect, Fault, Operation, Times};
///
/// let fault = Fault::new(FaultEffect::ReplyLost).operation(Operation::PutObject).key_prefix("currents/").times(2);
/// let same: Fault = serde_json::from_str(
///     r#"{"operation": "PutObject", "key_prefix": "currents/", "effect": "reply_lost", "times": 2}"#,
/// )?;
/// assert_eq!(fault, same);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    operation: Option<Operation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bucket: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_prefix: Option<String>,
    effect: FaultEffect,
    #[serde(default)]
    skip: u64,
    #[serde(default)]
    times: Times,
    #[serde(default = "certain")]
    probability: f64,
    #[serde(default)]
    seed: u64,
}

/// What a fault does to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultEffect {
    /// Answers with this error of AWS's and does nothing else.
    Error {
        /// The code, e.g. `SlowDown`.
        code: String,
        /// The HTTP status, e.g. 503.
        status: u16,
        /// The message; the code unless given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// Serves the request after this many milliseconds.
    DelayMs(u64),
    /// Serves the request, then closes the connection without an answer.
    ReplyLost,
    /// Closes the connection at once, and serves the request this many milliseconds later.
    LateMs(u64),
    /// Closes the connection and does nothing else.
    ConnectionClosed,
    /// Answers with the headers and half of the body, then closes the connection.
    ReplyCut,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TimesForm", into = "TimesForm")]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum Times {
    /// This many times.
    Count(u64),
    /// Every time, until it is removed. In JSON: `"always"`.
    Always,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "a number or \"always\"")]
enum TimesForm {
    Count(u64),
    Word(Always),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Always {
    Always,
}

impl From<TimesForm> for Times {
    fn from(form: TimesForm) -> Self {
        match form {
            TimesForm::Count(count) => Self::Count(count),
            TimesForm::Word(Always::Always) => Self::Always,
        }
    }
}

impl From<Times> for TimesForm {
    fn from(times: Times) -> Self {
        match times {
            Times::Count(count) => Self::Count(count),
            Times::Always => Self::Word(Always::Always),
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self::Count(1)
    }
}

impl Fault {
    /// A fault that strikes the next request, whatever it is.
    #[must_use]
    pub fn new(effect: FaultEffect) -> Self {
        Self {
            operation: None,
            bucket: None,
            key_prefix: None,
            effect,
            skip: 0,
            times: Times::default(),
            probability: 1.0,
            seed: 0,
        }
    }

    /// Answers with an error of AWS's.
    #[must_use]
    pub fn error(status: u16, code: impl Into<String>) -> Self {
        Self::new(FaultEffect::Error {
            code: code.into(),
            status,
            message: None,
        })
    }

    /// Strikes this operation alone.
    #[must_use]
    pub fn operation(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Strikes requests for this bucket alone.
    #[must_use]
    pub fn bucket(mut self, bucket: impl Into<String>) -> Self {
        self.bucket = Some(bucket.into());
        self
    }

    /// Strikes requests for keys that begin with this.
    #[must_use]
    pub fn key_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.key_prefix = Some(prefix.into());
        self
    }

    /// Lets the first `count` requests that it matches pass.
    #[must_use]
    pub fn skip(mut self, count: u64) -> Self {
        self.skip = count;
        self
    }

    /// Strikes this many times.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.times = Times::Count(count);
        self
    }

    /// Strikes every time.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = Times::Always;
        self
    }

    /// Strikes with this probability, 0 to 1, drawn from the seed.
    #[must_use]
    pub fn probability(mut self, probability: f64, seed: u64) -> Self {
        self.probability = probability;
        self.seed = seed;
        self
    }

    fn matches(&self, call: &Call) -> bool {
        self.operation.is_none_or(|operation| operation == call.operation)
            && self
                .bucket
                .as_deref()
                .is_none_or(|bucket| call.bucket.as_deref() == Some(bucket))
            && self
                .key_prefix
                .as_deref()
                .is_none_or(|prefix| call.key.as_deref().is_some_and(|key| key.starts_with(prefix)))
    }
}

/// The faults of a running testkit: a cheap handle.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    armed: Arc<Mutex<Vec<Armed>>>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    seen: u64,
    struck: u64,
}

impl Faults {
    /// Adds a fault. Of several that match a request, the one added first strikes.
    pub fn add(&self, fault: Fault) {
        self.lock().push(Armed {
            fault,
            seen: 0,
            struck: 0,
        });
    }

    /// Removes all faults; how many there were that could still strike.
    pub fn clear(&self) -> usize {
        let armed = std::mem::take(&mut *self.lock());
        armed.iter().filter(|armed| !armed.is_spent()).count()
    }

    /// How often faults have struck, all together, since the last [`clear`](Self::clear).
    #[must_use]
    pub fn struck(&self) -> u64 {
        self.lock().iter().map(|armed| armed.struck).sum()
    }

    /// What happens to this request.
    pub(crate) fn strike(&self, call: &Call) -> Option<FaultEffect> {
        let mut armed = self.lock();
        armed
            .iter_mut()
            .filter(|armed| armed.fault.matches(call))
            .find_map(Armed::strikes)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Armed {
    fn is_spent(&self) -> bool {
        matches!(self.fault.times, Times::Count(count) if self.struck >= count)
    }

    fn strikes(&mut self) -> Option<FaultEffect> {
        if self.is_spent() {
            return None;
        }
        self.seen += 1;
        let strikes =
            self.seen > self.fault.skip && chance(self.fault.seed, self.seen) < self.fault.probability;
        self.struck += u64::from(strikes);
        strikes.then(|| self.fault.effect.clone())
    }
}

/// A number from 0 up to 1, the same for the same seed and draw (SplitMix64).
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn chance(seed: u64, draw: u64) -> f64 {
    let mut bits = seed.wrapping_add(draw.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

fn certain() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(key: &str) -> Call {
        Call {
            operation: Operation::PutObject,
            bucket: Some("b".into()),
            key: Some(key.into()),
            service: crate::service::Service::S3,
        }
    }

    #[test]
    fn strikes_what_it_names_and_no_more_often_than_told() {
        let faults = Faults::default();
        faults.add(
            Fault::error(503, "SlowDown")
                .operation(Operation::PutObject)
                .key_prefix("a/")
                .skip(1)
                .times(2),
        );
        let struck: Vec<bool> = (0..5).map(|_| faults.strike(&put("a/x")).is_some()).collect();
        assert_eq!(struck, [false, true, true, false, false]);
        assert_eq!(faults.strike(&put("b/x")), None);
        assert_eq!(faults.struck(), 2);
        assert_eq!(faults.clear(), 0);
    }

    #[test]
    fn a_probability_is_kept_and_repeats_with_its_seed() {
        let run = |seed| {
            let faults = Faults::default();
            faults.add(Fault::new(FaultEffect::ReplyLost).always().probability(0.3, seed));
            (0..1000)
                .map(|_| faults.strike(&put("k")).is_some())
                .collect::<Vec<bool>>()
        };
        let struck = run(7);
        let count = struck.iter().filter(|struck| **struck).count();
        assert!((250..350).contains(&count), "{count}");
        assert_eq!(run(7), struck);
        assert_ne!(run(8), struck);
    }

    #[test]
    fn faults_are_read_from_json() {
        let fault: Fault = serde_json::from_str(
            r#"{"effect": {"error": {"code": "SlowDown", "status": 503}}, "times": "always", "probability": 0.5}"#,
        )
        .unwrap();
        assert_eq!(fault, Fault::error(503, "SlowDown").always().probability(0.5, 0));
        assert!(serde_json::from_str::<Fault>(r#"{"effect": "reply_lost", "keyprefix": "x"}"#).is_err());
        assert!(
            serde_json::from_str::<Fault>(r#"{"effect": {"late_ms": 5}, "times": "sometimes"}"#).is_err()
        );
    }
}
