//! Which calls meet which fault. It must not carry a fault out.

use std::time::Duration;

use crate::{Effect, EncryptionSeen, ErrorKind, Operation};

/// What a call meets.
#[derive(Debug, Clone)]
pub(super) enum Action {
    Fail(ErrorKind, Effect),
    ReplyLost,
    Late,
    Echo(EncryptionSeen),
    Slow(Duration),
}

/// A fault, and the calls that meet it: all of them unless narrowed.
///
/// ```
/// use bucketline_sink::fault::Fault;
/// use bucketline_sink::{ErrorKind, Operation};
///
/// // The third put below `acme/`, and the two after it.
/// let fault = Fault::fail(ErrorKind::Throttled).on(Operation::Put).prefix("acme/").after(2).times(3);
/// # let _ = fault;
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Fault {
    action: Action,
    operation: Option<Operation>,
    prefix: String,
    skip: u64,
    left: Option<u64>,
    chance: Option<Chance>,
}

#[derive(Debug, Clone)]
struct Chance {
    per_mille: u16,
    state: u64,
}

impl Fault {
    /// The store is not reached, or refuses: nothing is done. The effect that the error tells is the one that
    /// this kind has from S3: unknown for `Busy`, `Throttled`, `Server`, `TimedOut`, `Connection` and
    /// `Unexpected`, else `NotApplied`.
    pub fn fail(kind: ErrorKind) -> Self {
        let unknown = matches!(
            kind,
            ErrorKind::Busy
                | ErrorKind::Throttled
                | ErrorKind::Server
                | ErrorKind::TimedOut
                | ErrorKind::Connection
                | ErrorKind::Unexpected
        );
        let effect = if unknown {
            Effect::Unknown
        } else {
            Effect::NotApplied
        };
        Self::of(Action::Fail(kind, effect))
    }

    /// As [`fail`](Self::fail), with the effect given. Either way nothing is done.
    pub fn fail_with(kind: ErrorKind, effect: Effect) -> Self {
        Self::of(Action::Fail(kind, effect))
    }

    /// The call is carried out, and its answer is lost: `TimedOut`, `Unknown`.
    pub fn reply_lost() -> Self {
        Self::of(Action::ReplyLost)
    }

    /// The call is `TimedOut`, `Unknown`, and its request is held until
    /// [`FaultSink::deliver_late`](crate::fault::FaultSink::deliver_late). A read has nothing to arrive late
    /// and just gets no answer.
    pub fn late() -> Self {
        Self::of(Action::Late)
    }

    /// The store drops the encryption that it was asked for, and says nothing of one.
    pub fn wrong_encryption() -> Self {
        Self::of(Action::Echo(super::DROPPED))
    }

    /// The answer tells of this encryption, whatever was asked for.
    pub fn encryption_echo(seen: EncryptionSeen) -> Self {
        Self::of(Action::Echo(seen))
    }

    /// The call takes so much longer, by Tokio's clock (which tests may pause).
    pub fn slow(by: Duration) -> Self {
        Self::of(Action::Slow(by))
    }

    fn of(action: Action) -> Self {
        Self {
            action,
            operation: None,
            prefix: String::new(),
            skip: 0,
            left: None,
            chance: None,
        }
    }

    /// Only calls of this operation.
    pub fn on(mut self, operation: Operation) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Only calls whose key, or whose prefix to list, begins so.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Not the first `calls` that fit.
    pub fn after(mut self, calls: u64) -> Self {
        self.skip = calls;
        self
    }

    /// Only so many calls, then it is used up.
    pub fn times(mut self, calls: u64) -> Self {
        self.left = Some(calls);
        self
    }

    /// Each call that fits meets it with this chance of 1,000, drawn from `seed`: the same seed and the same
    /// calls, the same faults.
    pub fn chance(mut self, per_mille: u16, seed: u64) -> Self {
        self.chance = Some(Chance {
            per_mille,
            state: seed,
        });
        self
    }
}

/// All faults, in the order in which they were added.
#[derive(Debug, Default)]
pub(super) struct Plan(Vec<Fault>);

impl Plan {
    pub(super) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// What this call meets.
    pub(super) fn next(&mut self, operation: Operation, key: &str) -> Option<Action> {
        self.0.iter_mut().find_map(|fault| fault.meet(operation, key))
    }
}

impl Fault {
    fn meet(&mut self, operation: Operation, key: &str) -> Option<Action> {
        let fits = self.operation.is_none_or(|only| only == operation) && key.starts_with(&self.prefix);
        if !fits || self.left == Some(0) {
            return None;
        }
        if let Some(chance) = &mut self.chance
            && !chance.draw()
        {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.left = self.left.map(|left| left - 1);
        Some(self.action.clone())
    }
}

impl Chance {
    /// SplitMix64: small, and the same on every machine.
    fn draw(&mut self) -> bool {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % 1000 < u64::from(self.per_mille)
    }
}
