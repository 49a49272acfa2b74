//! Makes the changes of a plan, one at a time, and waits until they are seen.
//!
//! Each change may be repeated, so that a run which was stopped is started again and goes on. A change that fails for good
//! takes back what this run made, in reverse order.

mod failure;
mod hand;
mod undo;

pub use failure::{ApplyError, Failed};

use std::ops::ControlFlow;
use std::time::Duration;

use bucketline_auth::{Error, ErrorKind};

use crate::administrator::Administrator;
use crate::change::Change;
use crate::driver::pause;
use crate::observed::{KeyFileState, Observed};
use crate::plan::{Plan, plan, plan_removal};
use crate::setup::Setup;
use hand::Hand;

/// How long to wait for what was changed to be seen.
///
/// IAM names no bound. Seconds are usual, and Terraform's provider waits two minutes too.
const PROPAGATION: Duration = Duration::from_secs(120);
/// IAM's replicas may disagree: one that has not heard yet can answer after one that has.
const SETTLED_IN_A_ROW: u32 = 2;

/// What is told of each change that was made. [`Break`](ControlFlow::Break) stops there: nothing is taken back, and the
/// next run goes on.
pub type Progress<'a> = &'a mut (dyn FnMut(&Change) -> ControlFlow<()> + Send);

/// What stands when all is done.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Applied {
    /// What was looked at, and done.
    pub plan: Plan,
    /// What is there now.
    pub observed: Observed,
}

impl Administrator {
    /// Makes what is there be as the set-up says.
    ///
    /// # Errors
    ///
    /// [`ApplyError::Problems`] where something stands in the way: nothing was changed. [`ApplyError::Failed`] where a
    /// change failed: what this run had made was taken back, as far as the error says. [`ApplyError::Stopped`] where
    /// `progress` said so. [`ApplyError::NotSeen`] where what was made is not seen after two minutes: it stays.
    ///
    /// # Cancel safety
    ///
    /// A run that is dropped is started again and goes on where it was.
    pub async fn apply(&self, setup: &Setup, progress: Progress<'_>) -> Result<Applied, ApplyError> {
        let before = self.observe(setup).await.map_err(ApplyError::looking)?;
        let planned = self.without_a_file(plan(setup, &before));
        if !planned.problems.is_empty() {
            return Err(ApplyError::Problems(planned.problems));
        }
        self.make(setup, &before, &planned, progress, OnFailure::TakeBack)
            .await?;
        let observed = match planned.is_settled() {
            true => before,
            false => self.seen(setup, plan).await?,
        };
        Ok(Applied {
            plan: planned,
            observed,
        })
    }

    /// Takes a set-up away: what bears our tag, and a bucket only while it is empty. A run that was stopped is started
    /// again and goes on.
    ///
    /// # Errors
    ///
    /// As [`apply`](Self::apply); nothing that was deleted is made again.
    ///
    /// # Cancel safety
    ///
    /// A run that is dropped is started again and goes on where it was.
    pub async fn destroy(&self, setup: &Setup, progress: Progress<'_>) -> Result<Plan, ApplyError> {
        let before = self.observe(setup).await.map_err(ApplyError::looking)?;
        let planned = plan_removal(setup, &before);
        self.make(setup, &before, &planned, progress, OnFailure::Leave)
            .await?;
        if !planned.is_settled() {
            self.seen(setup, plan_removal).await?;
        }
        Ok(planned)
    }

    async fn make(
        &self,
        setup: &Setup,
        before: &Observed,
        planned: &Plan,
        progress: Progress<'_>,
        on_failure: OnFailure,
    ) -> Result<(), ApplyError> {
        let hand = Hand::new(self, setup, before);
        let mut made: Vec<Change> = Vec::new();
        for change in planned.pending() {
            if let Err(error) = hand.make(change).await {
                let mut failed = Failed::new(change.clone(), error);
                if on_failure == OnFailure::TakeBack {
                    hand.take_back(&made, &mut failed).await;
                }
                return Err(ApplyError::Failed(Box::new(failed)));
            }
            made.push(change.clone());
            if progress(change).is_break() {
                return Err(ApplyError::Stopped);
            }
        }
        Ok(())
    }

    /// Waits until a plan has nothing more to do, several times in a row.
    async fn seen(
        &self,
        setup: &Setup,
        planner: fn(&Setup, &Observed) -> Plan,
    ) -> Result<Observed, ApplyError> {
        let mut waited = Duration::ZERO;
        let mut wait = Duration::from_millis(100);
        let mut in_a_row = 0;
        loop {
            let (settled, open) = match self.observe(setup).await {
                Ok(observed) => {
                    let mut planned = self.without_a_file(planner(setup, &observed));
                    // What is told once has been told.
                    planned.problems.clear();
                    if planned.is_settled() {
                        (Some(observed), Vec::new())
                    } else {
                        (None, planned.pending().map(ToString::to_string).collect())
                    }
                }
                Err(error) if error.is_transient() => (None, vec![error.to_string()]),
                Err(error) => return Err(ApplyError::looking(error)),
            };
            match settled {
                Some(observed) => {
                    in_a_row += 1;
                    if in_a_row >= SETTLED_IN_A_ROW {
                        return Ok(observed);
                    }
                }
                None if waited >= PROPAGATION => return Err(ApplyError::NotSeen(open)),
                None => in_a_row = 0,
            }
            pause(wait).await;
            waited += wait;
            wait = (wait * 2).min(Duration::from_secs(15));
        }
    }

    /// A key needs a file to be handed over in.
    fn without_a_file(&self, mut planned: Plan) -> Plan {
        if self.key_file.is_none() {
            planned
                .changes
                .retain(|change| change.kind != crate::change::Kind::AccessKey);
        }
        planned
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OnFailure {
    TakeBack,
    Leave,
}

/// Whether the same call may do better a little later.
fn worth_another(error: &Error) -> bool {
    error.is_transient() && error.code() != Some("DeleteConflict") && error.code() != Some("BucketNotEmpty")
}

/// What has just been made is not seen everywhere yet.
fn not_seen_yet(error: &Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

/// The keys that there were before one is made.
fn keys_before(observed: &Observed) -> Vec<String> {
    let known = |id: &str| match &observed.key_file {
        // Those that are not among them are deleted first.
        KeyFileState::Pending { had } => had.iter().any(|had| had == id),
        _ => true,
    };
    let keys = observed.holder.iter().flat_map(|holder| holder.keys.iter());
    let ids = keys.map(|key| key.id.as_str()).filter(|id| known(id));
    ids.map(str::to_owned).collect()
}
