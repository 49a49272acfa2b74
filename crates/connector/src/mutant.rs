//! Ways to bend the engine, each of which the simulation has to notice. They exist in this crate's own tests alone.

use std::cell::Cell;

/// A rule that is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mutant {
    /// A refusal after an unanswered attempt counts as known.
    RefusalClearsUnknown,
    /// A restart forgets that a seal may have been tried.
    RestartForgetsUnknown,
    /// An object that was seen and is gone leaves no doubt.
    AbsenceLeavesNoUnknown,
    /// What an adopted object left over is no longer in doubt.
    AdoptionEndsTheDoubt,
    /// Nobody is woken.
    WakeDoesNothing,
    /// A lane that waits for a moment sets no timer.
    TimersAreLost,
    /// Another zone makes no new generation.
    ZoneMakesNoGeneration,
    /// What lies at a taken key is believed to be ours, whatever its digest.
    VerifyWithoutTheDigest,
    /// Batches behind one that was lost are written.
    AcceptanceOverALostBatch,
    /// A batch need not begin where its source stands.
    AcceptanceOutOfOrder,
    /// An object's key names the first event that is held, and not the frontier.
    KeyNamesTheFirstEventHeld,
    /// The hour of admission follows the clock back.
    HourGoesBack,
    /// A connector in trouble takes the slots of the others.
    NoSlotsApart,
    /// A seal that an earlier run left is forgotten.
    RestartForgetsSeals,
    /// A lane's conflict is not told as a change of its connector's state.
    ConflictsAreNotTold,
    /// What is told of a log before it is freed are its counts, and not what is held.
    CarryOfTotalsAlone,
    /// Events are given up while an attempt at them is under way.
    DropDuringAnAttempt,
    /// Giving up moves the frontier.
    DropMovesTheFrontier,
    /// What may have been delivered is given up as what was not.
    DropOfWhatIsUnknown,
    /// What was given up in doubt counts as not delivered when its object is not there at once.
    AbsenceBelievedAtOnce,
    /// An object that turns up of what was given up does not move the frontier.
    SettleKeepsTheFrontier,
    /// What is over a quota is given up while an attempt at it is under way.
    QuotaDuringAnAttempt,
    /// What is told of a log before it is freed lacks what was given up in doubt.
    CarryForgetsDoubt,
}

impl Mutant {
    /// All that histories notice.
    pub(crate) const OF_HISTORIES: [Self; 21] = [
        Self::RefusalClearsUnknown,
        Self::RestartForgetsUnknown,
        Self::AdoptionEndsTheDoubt,
        Self::WakeDoesNothing,
        Self::TimersAreLost,
        Self::ZoneMakesNoGeneration,
        Self::VerifyWithoutTheDigest,
        Self::AcceptanceOverALostBatch,
        Self::AcceptanceOutOfOrder,
        Self::KeyNamesTheFirstEventHeld,
        Self::HourGoesBack,
        Self::RestartForgetsSeals,
        Self::ConflictsAreNotTold,
        Self::CarryOfTotalsAlone,
        Self::DropDuringAnAttempt,
        Self::DropMovesTheFrontier,
        Self::DropOfWhatIsUnknown,
        Self::AbsenceBelievedAtOnce,
        Self::SettleKeepsTheFrontier,
        Self::QuotaDuringAnAttempt,
        Self::CarryForgetsDoubt,
    ];
}

thread_local! {
    static BENT: Cell<Option<Mutant>> = const { Cell::new(None) };
}

/// Whether the engine is bent in this way, on this thread.
pub(crate) fn is(mutant: Mutant) -> bool {
    BENT.get() == Some(mutant)
}

/// Bends the engine, on this thread, until it is bent otherwise.
pub(crate) fn bend(mutant: Option<Mutant>) {
    BENT.set(mutant);
}
